import HydrogenCore
import Synchronization

/// Hears what is notified on one channel, over a connection of its own that comes back after each loss.
///
/// Notifications are hints: what was notified while there was no connection is not heard, and nobody is told of the loss.
package final class NotificationListener: Sendable {
    /// A connection that hears a channel. Confined to one thread.
    package protocol Session {
        /// Waits until something was notified, or the signal is raised. Returns whether something was notified. Blocks.
        func wait(for signal: WakeupSignal, atMost limit: Duration) throws(DatabaseError) -> Bool
        func close()
    }

    /// How long one wait lasts.
    private static let patience = Duration.seconds(60)

    private let open: @Sendable (AbortSignal) throws(DatabaseError) -> any Session
    private let onNotification: @Sendable () -> Void
    private let wakeup: WakeupSignal
    private let isStopping = Mutex(false)

    init(
        open: @escaping @Sendable (AbortSignal) throws(DatabaseError) -> any Session,
        onNotification: @escaping @Sendable () -> Void
    ) throws(DatabaseError) {
        self.open = open
        self.onNotification = onNotification
        wakeup = try WakeupSignal()
    }

    /// Listens until the task is cancelled; the connection is closed then.
    func run(named name: String) async throws(DatabaseError) {
        let failure: DatabaseError? = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                do throws(DatabaseError) {
                    try WorkerThread.start(named: name) { [self] in
                        listen()
                        continuation.resume(returning: nil)
                    }
                } catch {
                    continuation.resume(returning: error)
                }
            }
        } onCancel: {
            isStopping.withLock { $0 = true }
            wakeup.raise()
        }
        if let failure { throw failure }
    }

    private var mustStop: Bool { isStopping.withLock { $0 } }

    private func listen() {
        var backoff = Backoff()
        var random = SystemRandomNumberGenerator()
        while !mustStop {
            do throws(DatabaseError) {
                let session = try open(AbortSignal { [self] in mustStop })
                defer { session.close() }
                backoff.reset()
                // What was notified before is not known.
                onNotification()
                while !mustStop {
                    if try session.wait(for: wakeup, atMost: Self.patience) { onNotification() }
                }
            } catch {
                guard !mustStop else { return }
                wakeup.wait(atMost: backoff.next(using: &random))
            }
        }
    }
}
