import Glibc

@testable import DatabaseSubsystem

/// What listens where a server of another kind is looked for: it answers what a client says with something of its own, or nothing at all.
///
/// Unsafe 1: the descriptor is only passed to system calls.
final class ForeignServer: @unchecked Sendable {
    /// Where it listens, on 127.0.0.1.
    let port: Int

    private let listener: CInt

    /// - Parameter greeting: What it says once a client has spoken, as an HTTP client may miss what comes before; `nil` for nothing, ever.
    init(greeting: [UInt8]?) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).byteSwapped
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else { throw DatabaseError(.unavailable, "no port for a test") }
        port = Int(address.sin_port.byteSwapped)
        // The kernel lets clients connect to what nobody accepts.
        guard let greeting else { return }
        // A descriptor of the thread's own: the number of the other may be somebody else's socket by the time that it is used again.
        let entrance = dup(listener)
        try WorkerThread.start(named: "foreign") {
            var clients: [CInt] = []
            while true {
                let client = accept(entrance, nil, nil)
                if client < 0, errno == EINTR { continue }
                guard client >= 0 else { break }
                var first: UInt8 = 0
                _ = recv(client, &first, 1, Int32(MSG_PEEK))
                _ = greeting.withUnsafeBytes { send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                clients.append(client)
            }
            for client in clients { close(client) }
            close(entrance)
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }
}
