import NIOCore
import NIOPosix

/// Where the server listens: the configured host, resolved to one address.
struct ListeningAddress: Sendable {
    /// What the configuration says.
    let host: String
    /// What it means.
    let address: SocketAddress

    /// Resolves a host.
    ///
    /// A name is looked up on a thread of its own: that may take long.
    ///
    /// - Throws: ``ListeningFault`` when it is no address and no name of one.
    static func resolve(host: String, port: Int) async throws(ListeningFault) -> ListeningAddress {
        if let address = try? SocketAddress(ipAddress: host, port: port) {
            return ListeningAddress(host: host, address: address)
        }
        let address = try? await NIOThreadPool.singleton.runIfActive {
            try SocketAddress.makeAddressResolvingHost(host, port: port)
        }
        guard let address else {
            throw ListeningFault(
                "WebServer.Host \(host) is no address and no name that can be resolved; "
                    + "give an address of this machine, or 0.0.0.0 for all"
            )
        }
        return ListeningAddress(host: host, address: address)
    }

    /// The port of the configuration.
    var port: Int { address.port ?? 0 }

    /// The address as text: `127.0.0.1`.
    var ip: String { address.ipAddress ?? host }

    /// Whether only this machine reaches the address.
    var isLoopback: Bool { ip.hasPrefix("127.") || ip == "::1" }

    /// How clients write the server with this port: `http://127.0.0.1:5000`.
    func url(port: Int, isSecure: Bool) -> String {
        let host = host.contains(":") ? "[\(host)]" : host
        return "\(isSecure ? "https" : "http")://\(host):\(port)"
    }
}

/// Why the server cannot listen: what is wrong, and how to mend it.
struct ListeningFault: Error, Sendable, Hashable, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
