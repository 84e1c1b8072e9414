import CDatabaseClients
import Glibc
import HydrogenCore

/// Opens a connection to the first server that answers, each within its time.
struct MySQLConnector {
    /// Where one attempt leads.
    struct Target {
        /// The name or address; `nil` for the local socket.
        let host: String?
        let port: Int
        /// Whether the certificate is to be for `host`. An address that was proven by its name is not proven again.
        var checksName = true
    }

    private let settings: MySQLSettings
    private let library: MySQLLibrary
    private let abort: AbortSignal

    init(_ settings: MySQLSettings, library: MySQLLibrary, abort: AbortSignal) {
        self.settings = settings
        self.library = library
        self.abort = abort
    }

    private var functions: HydrogenMySQLFunctions { library.functions }

    /// The servers, in the order in which they are tried.
    var targets: [Target] {
        guard settings.socket == nil else { return [Target(host: nil, port: 0)] }
        return settings.servers.map { Target(host: $0.host, port: $0.port) }
    }

    /// The very server that a connection leads to: another address of its name may be another server.
    func target(of handle: MySQLHandle, _ target: Target) -> Target {
        let address = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { text -> String? in
            guard let start = text.baseAddress else { return nil }
            let isThere = hydrogen_socket_peer(handle.socket, start, CInt(text.count)) != 0
            return isThere ? String(cString: start) : nil
        }
        guard target.host != nil, let address else { return target }
        return Target(host: address, port: target.port, checksName: false)
    }

    /// Connects to one server. Blocks the calling thread, for a name's look-up as long as the system's resolver takes.
    ///
    /// - Parameter limit: How long it may take; `nil` for what is configured.
    func connect(to target: Target, as label: String, within limit: Duration? = nil) throws(DatabaseError)
        -> MySQLHandle
    {
        let limit = limit ?? settings.connectTimeout
        let handle = try MySQLHandle(library)
        setOptions(of: handle, target, label: label, limit)
        let texts = [target.host, settings.user, settings.password?.reveal(), settings.database, settings.socket]
            .map { text in text.map { strdup($0) } }
        defer { for case let text? in texts { free(text) } }
        var patience = MySQLPatience(silence: nil, within: limit, abort)
        let connected: OpaquePointer?
        var hasGreeted = !demandsTLS || target.host == nil
        do throws(DatabaseError) {
            connected = try handle.complete(nil, &patience) {
                if hasGreeted { return .success(()) }
                switch handle.greeting {
                case .incomplete?: return nil
                case .withoutTLS?: return .failure(Self.noTLS)
                case .withTLS?, .other?: hasGreeted = true
                // Still being connected; or the library finds out why not.
                case nil: break
                }
                return .success(())
            } start: { result in
                functions.real_connect_start(
                    &result,
                    handle.pointer,
                    texts[0] ?? nil,
                    texts[1] ?? nil,
                    texts[2] ?? nil,
                    texts[3] ?? nil,
                    UInt32(target.port),
                    target.host == nil ? texts[4] ?? nil : nil,
                    Self.clientFlags
                )
            } resume: { result, events in
                functions.real_connect_cont(&result, handle.pointer, events)
            }
        } catch {
            throw error.code == .landing || error == Self.noTLS ? error : timeout(target, limit)
        }
        guard connected != nil else { throw failure(handle, target) }
        handle.wasOpened()
        // Over a local socket nobody has looked before.
        guard !demandsTLS || functions.get_ssl_cipher(handle.pointer) != nil else { throw Self.noTLS }
        return handle
    }

    /// Whether to log in under TLS alone. The library would log in without it where the server has none, or who stands between says so:
    /// therefore the server's greeting is read first.
    private var demandsTLS: Bool { ![.disable, .allow, .prefer].contains(settings.tlsMode) }

    private static let noTLS = DatabaseError(
        .unavailable,
        "TLS failed: the server has none; mend SSLMode, or the server",
        sqlState: SQLState.connectionFailure.rawValue
    )

    /// `CLIENT_FOUND_ROWS`, so that an UPDATE counts the rows that it met, as other engines do; `CLIENT_MULTI_RESULTS`, for procedures.
    private static let clientFlags: UInt = 2 | 1 << 17

    /// The options of Connector/C that are used. Source: mysql.h, `enum mysql_option`.
    private enum Option: CInt {
        case connectTimeout = 0
        case characterSet = 7
        case localFiles = 8
        case protocolKind = 9
        case writeTimeout = 12
        case reconnect = 20
        case verifyServer = 21
        case tlsKey = 25
        case tlsCertificate = 26
        case tlsAuthorities = 27
        case tlsAuthorityFolder = 28
        case addAttribute = 33
        case enforceTLS = 38
        case nonBlocking = 6000
    }

    private func setOptions(of handle: MySQLHandle, _ target: Target, label: String, _ limit: Duration) {
        func set<Value>(_ option: Option, _ value: Value) {
            _ = withUnsafePointer(to: value) { functions.options(handle.pointer, option.rawValue, $0) }
        }
        func set(_ option: Option, text: String) {
            _ = functions.options(handle.pointer, option.rawValue, text)
        }
        set(.nonBlocking, Self.stackBytes)
        set(.characterSet, text: "utf8mb4")
        set(.localFiles, UInt32(0))
        set(.protocolKind, UInt32(target.host == nil ? 2 : 1))
        // What the library waits for itself, in a TLS handshake or to write under TLS.
        set(.connectTimeout, UInt32(max(1, limit.seconds.rounded(.up))))
        set(.writeTimeout, UInt32(max(1, settings.connectTimeout.seconds.rounded(.up))))
        set(.reconnect, CChar(0))
        set(.enforceTLS, CChar(settings.tlsMode == .disable ? 0 : 1))
        set(.verifyServer, CChar(settings.tlsMode == .verifyFull && target.checksName ? 1 : 0))
        if settings.tlsMode != .disable {
            if let path = settings.rootCertificate {
                if path == "system" {
                    set(.tlsAuthorityFolder, text: "/etc/ssl/certs")
                } else {
                    set(.tlsAuthorities, text: path)
                }
            }
            if let path = settings.certificate { set(.tlsCertificate, text: path) }
            if let path = settings.key { set(.tlsKey, text: path) }
        }
        _ = functions.options4(handle.pointer, Option.addAttribute.rawValue, "program_name", label)
    }

    /// The stack on which calls run that do not block: large enough for a TLS handshake.
    private static let stackBytes = 256 << 10

    private func place(_ target: Target) -> String {
        target.host.map { MySQLSettings.Server(host: $0, port: target.port).place } ?? settings.socket ?? "the socket"
    }

    private func timeout(_ target: Target, _ limit: Duration) -> DatabaseError {
        DatabaseError(
            .unavailable,
            "the server did not answer within \(limit.report)",
            detail: settings.showsPlaces ? place(target) : nil,
            sqlState: SQLState.connectionFailure.rawValue
        )
    }

    private func failure(_ handle: MySQLHandle, _ target: Target) -> DatabaseError {
        let number = handle.lastError
        let refusal = MySQLRefusal(number)
        let words = "\(number.rawValue): \(handle.lastReason)"
        return DatabaseError(
            .unavailable,
            refusal.message,
            // The library's own words quote what it took for a host.
            detail: settings.showsPlaces ? "\(place(target)): \(words)" : number.isOfClient ? nil : words,
            sqlState: refusal.state.rawValue
        )
    }
}
