import Glibc
import HydrogenCore

/// How often, and after which waits, a query is tried again that lost a deadlock or a serialization conflict: its engine has rolled it
/// back, and nothing of it is with its caller.
enum ConflictPatience {
    /// The most attempts in all.
    static let maximumAttempts = 4
    /// The longest first wait, which doubles.
    private static let firstWait = Duration.milliseconds(20)
    private static let pauseMicroseconds: UInt32 = 1000

    /// Waits, if another attempt makes sense.
    ///
    /// - Parameter attempts: How many there were.
    /// - Returns: Whether to try again. Not for other failures, nor when the query is stopped, or due.
    static func wait(_ query: QueuedQuery, after error: DatabaseError, attempts: Int) -> Bool {
        guard error.code == .busy, !error.isOutcomeUnknown, attempts < maximumAttempts else { return false }
        var backoff = Backoff(first: firstWait)
        var generator = SystemRandomNumberGenerator()
        var wait = Duration.zero
        for _ in 0..<attempts { wait = backoff.next(using: &generator) }
        let until = ContinuousClock.now + wait
        guard until < query.deadline else { return false }
        while ContinuousClock.now < until {
            guard query.stopReason == nil else { return false }
            usleep(pauseMicroseconds)
        }
        return query.stopReason == nil
    }
}
