import CDatabaseClients
import Glibc
import HydrogenCore

/// Wakes the one thread that waits for it: an eventfd(2), which can be watched together with a connection's socket.
package final class WakeupSignal: Sendable {
    private let descriptor: CInt

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

    /// Waits until the signal is raised, and lowers it; or until another descriptor is readable.
    ///
    /// - Returns: Whether the other descriptor is readable.
    func wait(orReadable other: CInt? = nil) -> Bool {
        hydrogen_wakeup_wait(descriptor, other ?? -1, -1) != 0
    }

    /// Waits until the signal is raised, and lowers it; or until another descriptor is readable; but no longer than `limit`.
    ///
    /// - Returns: Whether the other descriptor is readable.
    func wait(orReadable other: CInt?, atMost limit: Duration) -> Bool {
        hydrogen_wakeup_wait(descriptor, other ?? -1, limit.pollMilliseconds) != 0
    }

    /// Waits until the signal is raised, and lowers it.
    package func waitUntilRaised() {
        _ = hydrogen_wakeup_wait(descriptor, -1, -1)
    }

    /// Waits until the signal is raised, and lowers it, but no longer than `limit`.
    package func wait(atMost limit: Duration) {
        _ = hydrogen_wakeup_wait(descriptor, -1, limit.pollMilliseconds)
    }
}

extension Duration {
    /// The duration as poll(2) takes it: whole milliseconds, rounded up, at most an hour.
    var pollMilliseconds: CInt {
        CInt(clamping: Int64(Swift.max(0, Swift.min(3_600_000, (seconds * 1000).rounded(.up)))))
    }
}
