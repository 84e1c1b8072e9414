import Glibc
import NIOCore

/// Finds out whether a port can be listened on, by listening on it for a moment.
struct PortProbe: Sendable {
    private let address: ListeningAddress

    init(_ address: ListeningAddress) {
        self.address = address
    }

    /// Tries.
    ///
    /// - Throws: ``ListeningFault`` with the reason and how to mend it.
    func run() throws(ListeningFault) {
        let family: CInt = address.address.protocol == .inet6 ? AF_INET6 : AF_INET
        let descriptor = socket(family, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw fault(errno) }
        defer { close(descriptor) }
        // The server sets it as well: without it a port is taken for a minute after its last owner.
        var on: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<CInt>.size))
        let bound = address.address.withSockAddr { bind(descriptor, $0, socklen_t($1)) }
        guard bound == 0, listen(descriptor, 1) == 0 else { throw fault(errno) }
    }

    private func fault(_ code: CInt) -> ListeningFault {
        let place = "port \(address.port) on \(address.host)"
        return switch code {
        case EADDRINUSE:
            ListeningFault(
                "\(place) is taken (\(Self.text(code))); change WebServer.Port or end the process that has it"
            )
        case EACCES:
            ListeningFault(
                "\(place) needs the right to use ports below 1024 (\(Self.text(code))); "
                    + "change WebServer.Port to 1024 or more, or grant CAP_NET_BIND_SERVICE"
            )
        case EADDRNOTAVAIL:
            ListeningFault(
                "\(address.ip) is no address of this machine (\(Self.text(code))); "
                    + "change WebServer.Host to one that is, or to 0.0.0.0 for all"
            )
        default:
            ListeningFault(
                "\(place) cannot be listened on (\(Self.text(code))); change WebServer.Host or WebServer.Port"
            )
        }
    }

    private static func text(_ code: CInt) -> String {
        strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }
}
