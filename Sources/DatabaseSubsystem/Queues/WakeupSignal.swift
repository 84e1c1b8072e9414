import CDatabaseClients
import Glibc

/// Wakes the one thread that waits for it: an eventfd(2), which can be watched together with a connection's socket.
package final class WakeupSignal: Sendable {
    /// Readable while the signal is raised and nobody has waited for it.
    package let descriptor: CInt

    /// - Throws: `unavailable` when the process has no descriptor left.
    package init() throws(DatabaseError) {
        descriptor = hydrogen_wakeup_create()
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno))
            throw DatabaseError(
                .unavailable,
                "no file descriptor for a worker thread: \(reason); raise the limit (ulimit -n)"
            )
        }
    }

    deinit {
        close(descriptor)
    }

    /// Raises the signal. Never blocks; any thread may call it.
    package func raise() {
        hydrogen_wakeup_signal(descriptor)
    }

    /// Waits until the signal is raised, and lowers it.
    package func wait() {
        hydrogen_wakeup_wait(descriptor)
    }
}
