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

    /// Why another queue is to take the query.
    package enum Detour: Sendable {
        /// It took longer than its connection gives.
        case outgrown
        /// It waited for a connection that was lost.
        case orphaned(DatabaseError)

        /// What the caller is told where no other queue can take the query.
        fileprivate var error: DatabaseError {
            switch self {
            case .outgrown: .outgrown
            case .orphaned(let reason): reason
            }
        }
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
    /// The largest result that is held in memory, in encoded bytes.
    package let maximumBytes: Int
    /// How the result is written.
    package let form: ResultForm
    /// Where a large result goes while it is read; `nil` for a caller that takes it whole.
    package let stream: ResultStream?
    /// The statements that run in its place, in one transaction; `nil` for one statement.
    let batch: AtomicBatch?

    private let onDetour: (@Sendable (QueuedQuery, Detour) -> Void)?
    private let onStalePlan: (@Sendable () -> Void)?
    private let completion: @Sendable (Result<QueryAnswer, DatabaseError>) -> Void
    private let stop = Atomic<UInt8>(0)
    private let callerLeft = Atomic<Bool>(false)
    private let place: Mutex<Place>

    /// Where the query is.
    private struct Place {
        /// The tag under which it was handed to its queue.
        var tag: QueueTag
        /// The queue that has it; `nil` before the first.
        var queue: WorkerQueue?
    }

    /// A query.
    ///
    /// - Parameters:
    ///   - batch: The statements that run in the place of `statement`, which is the first of them.
    ///   - onDetour: Gives the query to another queue; without it the reason is its outcome.
    ///   - onStalePlan: Called when the engine found that the columns of the result have changed, and prepared the query anew.
    ///   - completion: Takes the answer, once, on the worker's thread or on the caller's. It must not block.
    package init(
        tag: QueueTag = .fast,
        statement: EngineStatement,
        values: [ParameterValue],
        isReadOnly: Bool,
        submittedAt: ContinuousClock.Instant,
        deadline: ContinuousClock.Instant,
        maximumBytes: Int,
        form: ResultForm = ResultForm(),
        stream: ResultStream? = nil,
        batch: AtomicBatch? = nil,
        onDetour: (@Sendable (QueuedQuery, Detour) -> Void)? = nil,
        onStalePlan: (@Sendable () -> Void)? = nil,
        completion: @escaping @Sendable (Result<QueryAnswer, DatabaseError>) -> Void
    ) {
        self.place = Mutex(Place(tag: tag))
        self.statement = statement
        self.values = values
        self.isReadOnly = isReadOnly
        self.submittedAt = submittedAt
        self.deadline = deadline
        self.maximumBytes = maximumBytes
        self.form = form
        self.stream = stream
        self.batch = batch
        self.onStalePlan = onStalePlan
        self.onDetour = onDetour
        self.completion = completion
    }

    /// A batch that is one transaction.
    convenience init(
        tag: QueueTag,
        batch: AtomicBatch,
        submittedAt: ContinuousClock.Instant,
        deadline: ContinuousClock.Instant,
        maximumBytes: Int,
        onDetour: @escaping @Sendable (QueuedQuery, Detour) -> Void,
        onStalePlan: (@Sendable () -> Void)? = nil,
        completion: @escaping @Sendable (Result<QueryAnswer, DatabaseError>) -> Void
    ) {
        self.init(
            tag: tag,
            statement: batch.steps[0].statement,
            values: batch.steps[0].values,
            isReadOnly: batch.isReadOnly,
            submittedAt: submittedAt,
            deadline: deadline,
            maximumBytes: maximumBytes,
            batch: batch,
            onDetour: onDetour,
            onStalePlan: onStalePlan,
            completion: completion
        )
    }

    /// Why the query is to be stopped, once somebody asked for it. Cheap: engines look at it while they wait.
    package var stopReason: StopReason? {
        StopReason(rawValue: stop.load(ordering: .relaxed))
    }

    /// Asks for a stop. The first reason stays.
    func requestStop(_ reason: StopReason) {
        _ = stop.compareExchange(expected: 0, desired: reason.rawValue, ordering: .relaxed)
        stream?.wake()
    }

    /// The tag under which the query is in its queue: what was asked for, or what the template, the engine or its slowness made of it.
    package var tag: QueueTag { place.withLock { $0.tag } }

    /// Hands the query to a queue, under a tag.
    ///
    /// - Returns: Whether the queue took or answered it; `false` when the queue is being given up.
    func enter(_ queue: WorkerQueue, as tag: QueueTag) -> Bool {
        place.withLock { $0 = Place(tag: tag, queue: queue) }
        let isTaken = queue.submit(self)
        // A caller that left while the query was between two queues found it in neither.
        if isTaken, callerLeft.load(ordering: .sequentiallyConsistent) { queue.withdraw(self, .callerLeft) }
        return isTaken
    }

    /// Takes the query out of its queue, or stops it. Without effect on one that has been answered.
    func cancel() {
        callerLeft.store(true, ordering: .sequentiallyConsistent)
        place.withLock { $0.queue }?.withdraw(self, .callerLeft)
    }

    /// The columns of the result are others than when the query was prepared.
    func planWasStale() {
        onStalePlan?()
    }

    /// Lets another queue run the query.
    func leave(_ detour: Detour) {
        if let onDetour { onDetour(self, detour) } else { complete(.failure(detour.error)) }
    }

    func complete(_ result: Result<QueryAnswer, DatabaseError>) {
        completion(result)
    }
}

/// The rows of a query, with where and how long it ran.
package struct QueryAnswer: Sendable {
    /// The rows.
    package var rows: QueryRows
    /// The DQM that ran the query.
    package let queue: QueueLabel
    /// How long the engine took, without the wait in the queue.
    package let executionTime: Duration
    /// How the answer to a cacheable query came about; `nil` for any other.
    package var cache: CacheNote?
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
