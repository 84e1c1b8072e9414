import Synchronization

/// One query on its way through a DQM: what to run, until when, and who waits for the answer.
///
/// ``complete(_:)`` is called exactly once for each query, by whoever takes it out of its queue or finishes it.
package final class QueuedQuery: Sendable {
    /// Why a query is to be stopped before its end.
    package enum StopReason: UInt8, Sendable, CaseIterable {
        /// The caller left.
        case callerLeft = 1
        /// Its deadline passed.
        case deadline = 2
        /// The database lands.
        case landing = 3
    }

    /// What to run.
    package let statement: EngineStatement
    /// The values of the statement's parameters, in the order of the template's names.
    package let values: [ParameterValue]
    /// Whether the statement may only read; the engine enforces it.
    package let isReadOnly: Bool
    /// When the query was handed in.
    package let submittedAt: ContinuousClock.Instant
    /// When the answer is due: it bounds the wait in the queue and the run.
    package let deadline: ContinuousClock.Instant
    /// The largest result, in encoded bytes.
    package let maximumBytes: Int

    private let completion: @Sendable (Result<QueryAnswer, DatabaseError>) -> Void
    private let stop = Atomic<UInt8>(0)

    /// - Parameter completion: Takes the answer, once, on the worker's thread or on the caller's. It must not block.
    package init(
        statement: EngineStatement,
        values: [ParameterValue],
        isReadOnly: Bool,
        submittedAt: ContinuousClock.Instant,
        deadline: ContinuousClock.Instant,
        maximumBytes: Int,
        completion: @escaping @Sendable (Result<QueryAnswer, DatabaseError>) -> Void
    ) {
        self.statement = statement
        self.values = values
        self.isReadOnly = isReadOnly
        self.submittedAt = submittedAt
        self.deadline = deadline
        self.maximumBytes = maximumBytes
        self.completion = completion
    }

    /// Why the query is to be stopped, once somebody asked for it. Cheap: engines look at it while they wait.
    package var stopReason: StopReason? {
        StopReason(rawValue: stop.load(ordering: .relaxed))
    }

    /// Asks for a stop. The first reason stays.
    func requestStop(_ reason: StopReason) {
        _ = stop.compareExchange(expected: 0, desired: reason.rawValue, ordering: .relaxed)
    }

    func complete(_ result: Result<QueryAnswer, DatabaseError>) {
        completion(result)
    }
}

/// The rows of a query, with where and how long it ran.
package struct QueryAnswer: Sendable {
    /// The rows as JSON.
    package var rows: QueryRows
    /// The DQM that ran the query.
    package let queue: QueueLabel
    /// How long the engine took, without the wait in the queue.
    package let executionTime: Duration
}

extension DatabaseError {
    /// The answer for a query that was stopped.
    init(stopped reason: QueuedQuery.StopReason, whileRunning: Bool) {
        switch reason {
        case .callerLeft:
            self.init(.cancelled, "the caller left before the answer was ready")
        case .deadline where whileRunning:
            self.init(
                .deadlineExceeded,
                "the query ran into its deadline and was stopped; raise its timeout or make it faster"
            )
        case .deadline:
            self.init(.deadlineExceeded, "the query waited in its queue until its deadline; it did not run")
        case .landing:
            self.init(
                .landing,
                "the server is landing and stopped the query; send it to another server",
                retryAfter: .seconds(1)
            )
        }
    }
}
