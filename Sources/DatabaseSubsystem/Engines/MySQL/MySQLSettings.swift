import HydrogenCore

/// Where a MySQL or MariaDB server is and how to talk to it: what the configuration says.
struct MySQLSettings: Sendable {
    /// One server of the list.
    struct Server: Sendable, Hashable {
        var host: String
        var port: Int

        /// For logs.
        var place: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    /// How a connection is encrypted.
    enum TLSMode: String, CaseIterable, Sendable {
        /// As `prefer`: the protocol does not know in time whether the server insists.
        case allow
        case disable
        /// When the server can.
        case prefer
        /// Always.
        case require
        /// And the certificate must come from a known authority.
        case verifyCA = "verify-ca"
        /// And it must be for the name that was connected to.
        case verifyFull = "verify-full"

        /// Whether the server must prove who it is.
        var verifies: Bool { self == .verifyCA || self == .verifyFull }
    }

    /// The port of a server that names none.
    static let defaultPort = 3306
    /// The server where nothing else is said. A name, `localhost` say, means TCP as well: a local socket has its own key.
    static let defaultHost = "127.0.0.1"

    /// The servers, tried in this order.
    var servers = [Server(host: Self.defaultHost, port: Self.defaultPort)]
    /// The path of a local socket, in place of servers.
    var socket: String?
    /// The database that every session begins in.
    var database: String?
    /// The user; `nil` for the system's.
    var user: String?
    /// The password.
    var password: Secret?
    /// How connections are encrypted.
    var tlsMode = TLSMode.prefer
    /// The certificates of authorities, as a PEM file; `system` for those of the machine.
    var rootCertificate: String?
    /// What Hydrogen shows to the server.
    var certificate: String?
    /// Its private key.
    var key: String?
    /// How long each server may take to be connected.
    var connectTimeout = Duration.seconds(5)
    /// The isolation of transactions where nobody asks for another; `nil` for the server's own.
    var isolation: TransactionIsolation?
    /// Whether places may be named in logs: those of a connection string are a secret, of one with a slip perhaps a part of the password.
    var showsPlaces = true

    /// Whether there is another server to go to when one takes no writes.
    var hasSeveralServers: Bool { socket == nil && servers.count > 1 }

    /// Where the server is, for reports; never a secret.
    var place: String {
        guard showsPlaces else { return "server of ConnectionString" }
        let server = socket.map { "socket \($0)" } ?? "server \(servers.map(\.place).joined(separator: ", "))"
        return server + (database.map { ", database \($0)" } ?? "")
    }

    /// The servers of a list of names or addresses with one port.
    static func servers(_ list: String, port: Int) -> [Server] {
        list.split(separator: ",").map { Server(host: $0.trimmingSQLSpace, port: port) }
    }
}
