import HydrogenCore

/// A URL that says where a server is and how to log in: `mysql://user:password@host:3306,other/database?ssl-mode=require`.
///
/// The user, the password, the database and the values behind the `?` may be percent-encoded.
struct MySQLConnectionString {
    /// What the URL says.
    private(set) var settings = MySQLSettings()

    private static let schemes = ["mysql://", "mariadb://"]

    /// Reads a URL; `nil` when it is none, or says what is not known.
    init?(_ text: String) {
        guard let scheme = Self.schemes.first(where: { text.hasPrefix($0) }) else { return nil }
        settings.showsPlaces = false
        let parts = text.dropFirst(scheme.count).split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts[0].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard readAuthority(path[0]) else { return nil }
        if path.count > 1, !path[1].isEmpty {
            guard let database = Self.decoded(path[1]) else { return nil }
            settings.database = database
        }
        for option in parts.dropFirst().flatMap({ $0.split(separator: "&") }) {
            guard read(option: option) else { return nil }
        }
    }

    private mutating func readAuthority(_ text: Substring) -> Bool {
        var hosts = text
        // A password may hold an @ that nobody encoded.
        if let at = text.lastIndex(of: "@") {
            let login = text[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let user = Self.decoded(login[0]) else { return false }
            settings.user = user.isEmpty ? nil : user
            if login.count > 1 {
                guard let password = Self.decoded(login[1]) else { return false }
                settings.password = Secret(password)
            }
            hosts = text[text.index(after: at)...]
        }
        guard !hosts.isEmpty else { return true }
        let servers = hosts.split(separator: ",", omittingEmptySubsequences: false).map(Self.server)
        guard !servers.contains(nil) else { return false }
        settings.servers = servers.compactMap(\.self)
        return true
    }

    /// `host`, `host:port`, `[::1]:port`.
    private static func server(_ text: Substring) -> MySQLSettings.Server? {
        var (host, rest) = (text, Substring())
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<end]
            rest = text[text.index(after: end)...]
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            rest = text[colon...]
        }
        guard !host.isEmpty, let name = decoded(host) else { return nil }
        guard !rest.isEmpty else { return MySQLSettings.Server(host: name, port: MySQLSettings.defaultPort) }
        guard rest.hasPrefix(":"), let port = Int(rest.dropFirst()), (1...65_535).contains(port) else { return nil }
        return MySQLSettings.Server(host: name, port: port)
    }

    private mutating func read(option: Substring) -> Bool {
        let pair = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard pair.count == 2, let value = Self.decoded(pair[1]) else { return false }
        switch pair[0].lowercased() {
        case "ssl-mode", "sslmode":
            guard let mode = Self.tlsMode(value) else { return false }
            settings.tlsMode = mode
        case "ssl-ca": settings.rootCertificate = value
        case "ssl-cert": settings.certificate = value
        case "ssl-key": settings.key = value
        case "socket": settings.socket = value
        default: return false
        }
        return true
    }

    /// The words of Hydrogen, and those of MySQL's own clients.
    private static func tlsMode(_ word: String) -> MySQLSettings.TLSMode? {
        let word = word.lowercased()
        let synonyms = [
            "disabled": "disable", "preferred": "prefer", "required": "require", "verify_ca": "verify-ca",
            "verify_identity": "verify-full",
        ]
        return MySQLSettings.TLSMode(rawValue: synonyms[word] ?? word)
    }

    private static func decoded(_ text: Substring) -> String? {
        PercentDecoding.text(Array(text.utf8).span, plusIsSpace: false)
    }
}
