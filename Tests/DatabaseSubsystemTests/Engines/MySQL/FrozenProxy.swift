import Glibc
import Synchronization

/// A relay to a server, which can fall silent as a cut cable does: connections stay open, and nothing passes any more.
///
/// Unsafe 1: the descriptors are only passed to system calls; what threads share is in atomics.
final class FrozenProxy: @unchecked Sendable {
    /// Where it listens, on 127.0.0.1.
    let port: Int

    private let listener: CInt
    private let server: Int
    private let isFrozen = Atomic<Bool>(false)
    private let isClosed = Atomic<Bool>(false)

    /// A relay to a port of 127.0.0.1.
    init(to server: Int) throws {
        self.server = server
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = Self.address(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else { throw ProxyError.noPort }
        port = Int(address.sin_port.byteSwapped)
        startThread { [self] in accept() }
    }

    enum ProxyError: Error {
        case noPort
    }

    deinit {
        Glibc.close(listener)
    }

    /// Nothing passes any more, in both directions.
    func freeze() {
        isFrozen.store(true, ordering: .releasing)
    }

    /// Ends all connections, and accepts none any more.
    func close() {
        isClosed.store(true, ordering: .releasing)
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private static func address(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).byteSwapped
        address.sin_addr.s_addr = UInt32(0x7F00_0001).byteSwapped
        return address
    }

    private func accept() {
        while !isClosed.load(ordering: .acquiring) {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { continue }
            startThread { [self] in relay(client) }
        }
    }

    private func relay(_ client: CInt) {
        defer { Glibc.close(client) }
        let upstream = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { Glibc.close(upstream) }
        var address = Self.address(server)
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(upstream, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { return }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while !isClosed.load(ordering: .acquiring) {
            var watched = [
                pollfd(fd: client, events: Int16(POLLIN), revents: 0),
                pollfd(fd: upstream, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&watched, 2, 10) > 0, !isFrozen.load(ordering: .acquiring) else { continue }
            for (source, target) in [(0, upstream), (1, client)] where watched[source].revents != 0 {
                let count = recv(watched[source].fd, &buffer, buffer.count, 0)
                guard count > 0 else { return }
                var sent = 0
                while sent < count {
                    let step = buffer[sent..<count].withUnsafeBytes {
                        send(target, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                    }
                    guard step > 0 else { return }
                    sent += step
                }
            }
        }
    }

    private func startThread(_ body: @escaping @Sendable () -> Void) {
        final class Body: Sendable {
            let run: @Sendable () -> Void
            init(_ run: @escaping @Sendable () -> Void) { self.run = run }
        }
        var thread = pthread_t()
        let context = Unmanaged.passRetained(Body(body)).toOpaque()
        let code = pthread_create(
            &thread,
            nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
                return nil
            },
            context
        )
        if code == 0 { pthread_detach(thread) } else { Unmanaged<Body>.fromOpaque(context).release() }
    }
}
