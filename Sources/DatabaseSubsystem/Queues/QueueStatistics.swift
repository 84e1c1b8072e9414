/// What a DQM has done since it was spawned, and what it has to do now.
package struct QueueStatistics: Sendable, Hashable {
    /// Queries that wait.
    package var depth = 0
    /// Queries that run.
    package var running = 0
    /// Queries answered with rows.
    package var processed = 0
    /// Queries that the database refused or that failed with it.
    package var failed = 0
    /// Queries whose deadline passed, waiting or running.
    package var timedOut = 0
    /// Queries whose callers left.
    package var cancelled = 0
    /// Queries never taken: the queue was full, the database down or landing.
    package var rejected = 0
    /// Time spent running queries.
    package var busyTime: Duration = .zero

    /// Nothing done.
    package init() {}

    /// Sums the statistics of several DQMs.
    package static func + (left: QueueStatistics, right: QueueStatistics) -> QueueStatistics {
        var sum = left
        sum.depth += right.depth
        sum.running += right.running
        sum.processed += right.processed
        sum.failed += right.failed
        sum.timedOut += right.timedOut
        sum.cancelled += right.cancelled
        sum.rejected += right.rejected
        sum.busyTime += right.busyTime
        return sum
    }

    /// What was done, without what is to be done.
    var past: QueueStatistics {
        var past = self
        past.depth = 0
        past.running = 0
        return past
    }

    /// Counts one answer.
    mutating func count(_ error: DatabaseError?) {
        switch error?.code {
        case nil: processed += 1
        case .deadlineExceeded: timedOut += 1
        case .cancelled: cancelled += 1
        // It goes on elsewhere.
        case .outgrown: break
        case .queueFull, .landing, .starting: rejected += 1
        case .libraryMissing, .unavailable, .refused, .busy, .readOnly, .resultTooLarge, .migration: failed += 1
        }
    }
}
