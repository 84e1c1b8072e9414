import CDatabaseClients
import Glibc
import Synchronization

/// The socket of one connection, for other threads: they can do no more than cut it.
///
/// A second descriptor of the same socket: the library may close its own at any time, and the system give its number away.
final class MySQLWire: Sendable {
    /// The descriptor; -1 before the connection is open, and when it has been closed.
    private let descriptor = Mutex<CInt>(-1)

    deinit { release() }

    /// Takes note of the socket of a connection that is open now.
    func attach(_ socket: CInt) {
        let copy = socket < 0 ? -1 : fcntl(socket, F_DUPFD_CLOEXEC, 0)
        exchange(copy)
    }

    /// Ends the connection under whoever reads or writes it; without effect on one that is closed.
    func cut() {
        descriptor.withLock { if $0 >= 0 { hydrogen_socket_cut($0) } }
    }

    /// The connection has been closed.
    func release() { exchange(-1) }

    private func exchange(_ new: CInt) {
        descriptor.withLock { descriptor in
            if descriptor >= 0 { Glibc.close(descriptor) }
            descriptor = new
        }
    }
}
