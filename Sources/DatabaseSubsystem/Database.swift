package import CoreMetrics
package import HydrogenCore
import Synchronization

/// One database of the configuration in flight: its DQMs, its query table, and where it stands.
///
/// Callers hand queries in from any thread; the ``Lead`` keeps the database alive.
package final class Database: Sendable {
    /// Where a database stands.
    package enum Phase: Sendable, Hashable {
        /// The first start sequence runs, or waits for its next attempt. Goes to `ready` or `landing`.
        case starting(reason: String?)
        /// Queries are served. Goes to `recovering` or `landing`.
        case ready
        /// The connection was lost and is being replaced. Goes to `ready` or `landing`.
        case recovering(reason: String)
        /// No more queries are taken. Goes to `landed`.
        case landing
        /// Everything is freed. The last phase.
        case landed
    }

    /// What the configuration says of it.
    package let configuration: ConnectionConfiguration

    /// The losses of connections; of those that come while the Lead is at work it sees the latest.
    let losses: AsyncStream<DatabaseError>
    /// Opened when the first start sequence has succeeded.
    let reachedReady = Latch()
    let deadlines = DeadlineWatch()
    let clock: any MonotonicClock

    private struct State {
        var phase = Phase.starting(reason: nil)
        var table = QueryTable.empty
        var definitions = TemplateSources()
    }

    private let lost: AsyncStream<DatabaseError>.Continuation
    private let state = Mutex(State())
    private let roster: Mutex<QueueRoster<WorkerQueue>>
    private let metrics: DatabaseMetrics

    /// Makes the database and its Lead's queue; nothing is started.
    package init(
        _ configuration: ConnectionConfiguration,
        clock: any MonotonicClock,
        metrics: any MetricsFactory
    ) throws(DatabaseError) {
        let (losses, lost) = AsyncStream<DatabaseError>.makeStream(bufferingPolicy: .bufferingNewest(1))
        self.configuration = configuration
        self.clock = clock
        self.losses = losses
        self.lost = lost
        self.metrics = DatabaseMetrics(database: configuration.name, factory: metrics)
        let label = QueueLabel(database: configuration.name, number: 0, tags: .all)
        let lead = try WorkerQueue(
            label: label,
            engine: configuration.engine,
            capacity: configuration.maximumQueueDepth,
            clock: clock,
            onLost: { lost.yield($0) }
        )
        self.roster = Mutex(QueueRoster(lead: lead))
    }

    /// The database's name.
    package var name: String { configuration.name }

    /// Where the database stands.
    package var phase: Phase { state.withLock { $0.phase } }

    /// The query templates of this moment.
    package var table: QueryTable { state.withLock { $0.table } }

    /// The query of a number, if the database has it.
    package func query(_ id: QueryID) -> QueryTable.Entry? {
        state.withLock { $0.table[id] }
    }

    // MARK: Queries

    /// Hands a query in. `completion` is called exactly once, on any thread, also for a query that is not taken; it must not block.
    ///
    /// - Parameters:
    ///   - prepared: The query, from ``query(_:)``.
    ///   - values: Its parameters, from the template's `bind`.
    ///   - queue: The queue that the caller asked for; a slower one that the template names wins.
    ///   - timeLimit: The longest that the caller waits; the template's or the connection's timeout may be shorter.
    /// - Returns: What takes the query back, for callers that leave.
    @discardableResult
    package func submit(
        _ prepared: PreparedQuery,
        values: [ParameterValue],
        queue: QueueTag,
        timeLimit: Duration,
        completion: @escaping @Sendable (Result<QueryAnswer, DatabaseError>) -> Void
    ) -> QueryTicket {
        let now = clock.now
        let tag = queue.limited(by: prepared.template.queue)
        let timeout = min(prepared.template.timeout ?? configuration.queryTimeout, timeLimit)
        let query = QueuedQuery(
            statement: prepared.statement,
            values: values,
            isReadOnly: prepared.facts.isReadOnly,
            submittedAt: now,
            deadline: now + timeout,
            maximumBytes: configuration.maximumResultBytes
        ) { [metrics, clock] result in
            metrics.record(result, of: prepared, tag: tag, elapsed: now.duration(to: clock.now))
            completion(result)
        }
        let worker = roster.withLock { roster in roster.queue(for: tag) { $0.rank } }
        worker.submit(query)
        deadlines.queryArrived()
        return QueryTicket(query: query, queue: worker)
    }

    /// Runs a query and waits for its answer. When the task is cancelled, the query is taken back or stopped.
    package func run(
        _ prepared: PreparedQuery,
        values: [ParameterValue],
        queue: QueueTag,
        timeLimit: Duration
    ) async throws(DatabaseError) -> QueryAnswer {
        let ticket = Mutex<QueryTicket?>(nil)
        let result: Result<QueryAnswer, DatabaseError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let submitted = submit(prepared, values: values, queue: queue, timeLimit: timeLimit) { result in
                    continuation.resume(returning: result)
                }
                ticket.withLock { $0 = submitted }
                // The handler below may have run before there was a ticket.
                if Task.isCancelled { submitted.cancel() }
            }
        } onCancel: {
            ticket.withLock { $0 }?.cancel()
        }
        return try result.get()
    }

    // MARK: The Lead's side

    var lead: WorkerQueue { roster.withLock { $0.lead } }

    /// All DQMs, the Lead first, then the children in the order in which they were spawned.
    package var queues: [WorkerQueue] { roster.withLock { $0.queues } }

    func enter(_ phase: Phase) {
        state.withLock { state in
            switch state.phase {
            case .landed: break
            case .landing where phase != .landed: break
            case .starting, .ready, .recovering, .landing: state.phase = phase
            }
        }
        if phase == .ready { reachedReady.open() }
    }

    /// The templates that files define; those of a bootstrap come with the connection.
    var definitions: TemplateSources { state.withLock { $0.definitions } }

    /// Reads the files that define templates.
    func loadDefinitions() {
        var sources = TemplateSources()
        if let folder = configuration.queries.folder {
            sources.add(QueriesFolder.load(folder, files: configuration.files))
        }
        state.withLock { $0.definitions = sources }
    }

    /// A query table made anew from all sources; the present one stays in use.
    func rebuiltTable() async throws(DatabaseError) -> QueryTable {
        loadDefinitions()
        return try await StartSequence(self).buildTable()
    }

    /// Completes a template that the engine has accepted.
    func prepared(_ template: QueryTemplate, statement: EngineStatement, facts: StatementFacts) -> PreparedQuery {
        PreparedQuery(template, statement: statement, facts: facts, database: name, metrics: metrics.factory)
    }

    func publish(_ table: QueryTable) {
        state.withLock { $0.table = table }
    }

    /// How many children of a type there are.
    func childCount(of tag: QueueTag) -> Int {
        roster.withLock { $0.count(of: tag) }
    }

    /// A child for a tag, not yet part of the database: started and connected first, then given to ``adopt(_:tag:)``.
    func makeChild(for tag: QueueTag) throws(DatabaseError) -> WorkerQueue {
        let number = roster.withLock { $0.nextNumber }
        return try WorkerQueue(
            label: QueueLabel(database: name, number: number, tags: TagSet(tag)),
            engine: configuration.engine,
            capacity: configuration.maximumQueueDepth,
            clock: clock,
            onLost: { [lost] in lost.yield($0) }
        )
    }

    /// Gives a child its tag; the first one takes it from the Lead.
    func adopt(_ child: WorkerQueue, tag: QueueTag) {
        roster.withLock { roster in
            roster.add(child, number: child.number, tag: tag)
            roster.lead.setTags(roster.leadTags)
        }
    }

    /// Gives up a child; the tag of the last one comes home to the Lead.
    func release(_ child: WorkerQueue) {
        roster.withLock { roster in
            _ = roster.remove(number: child.number)
            roster.lead.setTags(roster.leadTags)
        }
    }

    /// Stops what is past its deadline. Returns whether any query is left.
    func expire() -> Bool {
        queues.reduce(false) { $1.expire() || $0 }
    }
}

/// What takes a query back.
package struct QueryTicket: Sendable {
    let query: QueuedQuery
    let queue: WorkerQueue

    /// Takes the query out of its queue, or stops it. Without effect on one that has been answered.
    package func cancel() {
        queue.withdraw(query, .callerLeft)
    }
}
