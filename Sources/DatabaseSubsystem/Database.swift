package import CoreMetrics
package import HydrogenCore
import Synchronization

/// One database of the configuration in flight: its DQMs, its query table, and where it stands.
///
/// Callers hand queries in from any thread; the ``Lead`` keeps the database alive.
package final class Database: Sendable {
    /// Where a database stands.
    package enum Phase: Sendable, Hashable {
        /// The first start sequence runs, or waits for its next attempt. Goes to `ready`, `grounded` or `landing`.
        case starting(reason: String?)
        /// Queries are served. Goes to `recovering`, `grounded` or `landing`.
        case ready
        /// The connection was lost and is being replaced. Goes to `ready`, `grounded` or `landing`.
        case recovering(reason: String)
        /// Given up until the next launch. Goes to `landing`.
        case grounded(reason: String)
        /// No more queries are taken. Goes to `landed`.
        case landing
        /// Everything is freed. The last phase.
        case landed

        /// Whether the database does not serve yet, or not at present.
        fileprivate var mayBecomeReady: Bool {
            switch self {
            case .starting, .recovering: true
            case .ready, .grounded, .landing, .landed: false
            }
        }
    }

    /// What the configuration says of it.
    package let configuration: ConnectionConfiguration

    /// That connections were lost; the Lead then looks which.
    let losses: AsyncStream<DatabaseError>
    /// Opened when the first start sequence has succeeded.
    let reachedReady = Latch()
    /// Opened when it has succeeded or will never: databases that need this one wait for it.
    let settled = Latch()
    /// Opened when the first attempt has failed, waits for another database, or has settled the matter.
    let tried = Latch()
    /// The database whose query gives this one its queries.
    let host: Database?
    let deadlines = DeadlineWatch()
    let clock: any MonotonicClock

    private struct State {
        var phase = Phase.starting(reason: nil)
        var ledger = QueryLedger()
        var definitions = TemplateSources()
        /// The rows that the host gave last.
        var hostRows: [DatabaseRow]?
        var isWaitingForHost = false
        /// Opened when the database serves, or never will again.
        var serving = Latch()
        var connectionLimit: ConnectionLimit?
    }

    /// That queries may not be what callers rely on; the Lead then looks.
    let doubts: ContractDoubts

    private let lost: AsyncStream<DatabaseError>.Continuation
    /// What keeps contracts from launch to launch; `nil` where no file is named.
    private let contractKeeper: ContractKeeper?
    private let state = Mutex(State())
    private let roster: Mutex<QueueRoster<WorkerQueue>>
    private let metrics: DatabaseMetrics
    private let epochs: TableEpochs
    private let cache: ResultCache?
    /// What tells the changes of tables; `nil` where none are named.
    let feed: ChangeFeed?

    /// Makes the database and its Lead's queue; nothing is started.
    package init(
        _ configuration: ConnectionConfiguration,
        host: Database? = nil,
        clock: any MonotonicClock,
        metrics: any MetricsFactory,
        epochs: TableEpochs = TableEpochs()
    ) throws(DatabaseError) {
        let doubts = ContractDoubts()
        self.doubts = doubts
        feed =
            configuration.feed.connections == 0
            ? nil
            : try ChangeFeed(
                configuration.feed,
                label: QueueLabel(database: configuration.name, number: 0, tags: TagSet(.lead)),
                engine: configuration.engine,
                epochs: epochs,
                onSchemaChange: { doubts.raise(.schema) }
            )
        let (losses, lost) = AsyncStream<DatabaseError>.makeStream(bufferingPolicy: .bufferingNewest(1))
        self.configuration = configuration
        self.host = host
        self.clock = clock
        self.losses = losses
        self.lost = lost
        self.contractKeeper = configuration.contractFile.map { ContractKeeper($0) }
        self.metrics = DatabaseMetrics(database: configuration.name, factory: metrics)
        self.epochs = epochs
        let cacheBytes = configuration.cache.maximumBytes
        self.cache = cacheBytes > 0 ? ResultCache(maximumBytes: cacheBytes, clock: clock) : nil
        let lead = try WorkerQueue(
            label: QueueLabel(database: configuration.name, number: 0, tags: .all),
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
    package var phase: Phase {
        let (phase, isWaiting) = state.withLock { ($0.phase, $0.isWaitingForHost) }
        guard isWaiting, case .starting = phase, let obstacle = host?.obstacle else { return phase }
        return .starting(reason: obstacle.message)
    }

    /// Whether the database is given up until the next launch.
    var isGrounded: Bool { if case .grounded = phase { true } else { false } }

    /// The query templates of this moment.
    package var table: QueryTable { state.withLock { $0.ledger.table } }

    /// The query of a number, if the database has it.
    package func query(_ id: QueryID) -> QueryTable.Entry? {
        state.withLock { $0.ledger.table[id] }
    }

    /// The same with the version of the query table that was looked into.
    ///
    /// `nil` before there is one.
    package func lookUp(_ id: QueryID) -> (entry: QueryTable.Entry?, tableVersion: String?) {
        let found = state.withLock { state in
            (state.ledger.table[id], state.ledger.publishedDraft > 0 ? state.ledger.table.versionText : nil)
        }
        // Perhaps it is mended meanwhile: who asks for it need not wait for the next heartbeat.
        if case .noGo? = found.0 { doubts.raise(.noGo) }
        return found
    }

    // MARK: Queries

    /// The answer to a query whose result is kept and fresh; `nil` when the query has to be submitted.
    package func cached(
        _ prepared: PreparedQuery,
        values: [ParameterValue],
        format: RowFormat = .json
    ) -> QueryAnswer? {
        guard let cache, let policy = prepared.cachePolicy, !prepared.isBlind else { return nil }
        return cache.fresh(prepared, policy, values, format)
    }

    /// What the result cache has done and holds; `nil` without one.
    package var cacheStatistics: ResultCache.Statistics? { cache?.statistics }

    /// Hands a query in. `completion` is called exactly once, on any thread, also for a query that is not taken; it must not block.
    ///
    /// - Parameters:
    ///   - prepared: The query, from ``query(_:)``.
    ///   - values: Its parameters, from the template's `bind`.
    ///   - queue: The queue that the caller asked for; a slower one that the template names, or that the query needs, wins.
    ///   - format: How the rows are written.
    ///   - timeLimit: The longest that the caller waits; the template's or the connection's timeout may be shorter.
    ///   - cacheUse: What the caller wishes of the result cache, if the query is cacheable.
    ///   - stream: Where a large result goes piece by piece, of a read on the slow and medium queues; without it a result is held
    ///     whole. What a write returns is told once it is committed.
    /// - Returns: What takes the query back, for callers that leave.
    @discardableResult
    package func submit(
        _ prepared: PreparedQuery,
        values: [ParameterValue],
        queue: QueueTag,
        format: RowFormat = .json,
        timeLimit: Duration,
        cacheUse: CacheUse = .allowed,
        stream: ResultStream.Deliver? = nil,
        completion: @escaping @Sendable (Result<QueryAnswer, DatabaseError>) -> Void
    ) -> QueryTicket {
        let timeout = prepared.template.timeout ?? configuration.queryTimeout
        let form = prepared.form(format)
        guard let cache, let policy = prepared.cachePolicy, cacheUse != .bypassed else {
            let timeout = min(timeout, timeLimit)
            return ask(prepared, values, queue, form, timeout: timeout, stream: stream, completion: completion)
        }
        let deadline = clock.now + min(timeout, timeLimit)
        let ticket = cache.submit(
            prepared,
            policy,
            values: values,
            format: format,
            use: prepared.isBlind ? .refreshed : cacheUse,
            deadline: deadline,
            completion: completion
        ) { [self] completion in
            ask(prepared, values, queue, form, timeout: timeout, stream: nil, completion: completion)
        }
        // Who follows a query of another has a deadline of its own.
        deadlines.queryArrived()
        return ticket
    }

    /// Lets the database answer.
    private func ask(
        _ prepared: PreparedQuery,
        _ values: [ParameterValue],
        _ queue: QueueTag,
        _ form: ResultForm,
        timeout: Duration,
        stream: ResultStream.Deliver?,
        completion: @escaping @Sendable (Result<QueryAnswer, DatabaseError>) -> Void
    ) -> QueryTicket {
        let now = clock.now
        let tag = tag(for: prepared, asked: queue, now: now)
        let query = QueuedQuery(
            tag: tag,
            statement: prepared.statement,
            values: values,
            isReadOnly: prepared.isReadOnly,
            submittedAt: now,
            deadline: now + timeout,
            maximumBytes: configuration.maximumResultBytes,
            form: form,
            stream: mayStream(prepared, from: tag) ? stream.map(ResultStream.init(deliver:)) : nil,
            onDetour: { [self] query, detour in
                switch detour {
                case .outgrown:
                    prepared.outgrew(now: clock.now)
                    hand(query, to: .medium)
                case .orphaned: hand(query, to: query.tag)
                }
            },
            onStalePlan: { [self] in doubts.raise(.failedPlan) },
            completion: { [self] result in
                heed(result, isReadOnly: prepared.isReadOnly, tables: prepared.template.tables)
                metrics.record(result, of: prepared, tag: tag, elapsed: now.duration(to: clock.now))
                completion(result)
            }
        )
        hand(query, to: tag)
        return QueryTicket(query: query)
    }

    /// Whether rows may be handed over while they are read.
    private func mayStream(_ prepared: PreparedQuery, from tag: QueueTag) -> Bool {
        prepared.isReadOnly && (!tag.isQuick || configuration.engine.streamsFromEveryQueue)
    }

    /// What a result means for others: a refusal casts doubt, and what was read of tables that may have changed is void.
    func heed(_ result: Result<QueryAnswer, DatabaseError>, isReadOnly: Bool, tables: [String]) {
        if case .failure(let error) = result, error.code == .refused { doubt(error) }
        if !isReadOnly, result.mayHaveWritten { epochs.changed(tables) }
    }

    /// A query was refused: perhaps its tables are not what they were.
    private func doubt(_ error: DatabaseError) {
        // Nothing that a prompt relies on can change behind it.
        guard configuration.kind.dialect != .prompt else { return }
        guard let state = error.sqlState else { return doubts.raise(.schema) }
        if SQLState(rawValue: state).speaksOfSchema { doubts.raise(.failedPlan) }
    }

    /// The queue for a call: what pipelines reads takes neither writes nor what has proved slow.
    private func tag(for prepared: PreparedQuery, asked: QueueTag, now: ContinuousClock.Instant) -> QueueTag {
        let tag = asked.limited(by: prepared.template.queue)
        guard tag.isQuick, configuration.engine.pipelinesReads else { return tag }
        return prepared.isReadOnly && !prepared.isSlow(now: now) ? tag : .medium
    }

    /// Gives a query to the least loaded queue of a tag. One that is being given up at this moment passes it on.
    func hand(_ query: QueuedQuery, to tag: QueueTag) {
        var isTaken = false
        while !isTaken {
            isTaken = query.enter(roster.withLock { roster in roster.queue(for: tag) { $0.rank } }, as: tag)
        }
        deadlines.queryArrived()
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

    /// Looks at the roster.
    func withRoster<Result: Sendable>(_ body: (QueueRoster<WorkerQueue>) -> Result) -> Result {
        body(roster.withLock { $0 })
    }

    /// Changes the roster, and with it the Lead's tags.
    @discardableResult
    func changeRoster<Result: Sendable>(_ body: @Sendable (inout QueueRoster<WorkerQueue>) -> Result) -> Result {
        roster.withLock { roster in
            let result = body(&roster)
            roster.lead.setTags(roster.leadTags)
            return result
        }
    }

    /// The DQM number 00.
    var lead: WorkerQueue { roster.withLock { $0.lead } }

    /// The DQMs that bear tags, the Lead first, then the children in the order in which they were spawned.
    package var queues: [WorkerQueue] { roster.withLock { $0.queues } }

    /// All DQMs that may have work: those of ``queues``, and those that are being given up.
    package var allQueues: [WorkerQueue] { roster.withLock { $0.all } }

    /// Goes to another phase. Returns whether that was possible: from some phases there is no way back.
    @discardableResult
    func enter(_ phase: Phase) -> Bool {
        let latch = state.withLock { state -> Latch? in
            switch state.phase {
            case .landed: return nil
            case .landing where phase != .landed: return nil
            case .grounded where phase != .landing: return nil
            case .starting, .ready, .recovering, .grounded, .landing:
                if phase.mayBecomeReady, !state.phase.mayBecomeReady { state.serving = Latch() }
                state.phase = phase
                return state.serving
            }
        }
        guard let latch else { return false }
        if !phase.mayBecomeReady { latch.open() }
        switch phase {
        case .starting(let reason): if reason != nil { tried.open() }
        case .ready, .grounded, .landing, .landed:
            if phase == .ready { reachedReady.open() }
            tried.open()
            settled.open()
        case .recovering: break
        }
        return true
    }

    /// Waits until the database serves, also again. Returns `false` when it never will, and when the task is cancelled.
    package func awaitReady() async -> Bool {
        while !Task.isCancelled {
            let (phase, latch) = state.withLock { ($0.phase, $0.serving) }
            guard phase.mayBecomeReady else { return phase == .ready }
            await latch.wait()
        }
        return false
    }

    /// The templates that files define; those of a bootstrap come with the connection.
    var definitions: TemplateSources { state.withLock { $0.definitions } }

    /// Reads the files that define templates.
    func loadDefinitions() {
        let sources = TemplateSources(filesOf: configuration)
        state.withLock { $0.definitions = sources }
    }

    /// The rows that the host gave last.
    var hostRows: [DatabaseRow]? { state.withLock { $0.hostRows } }

    /// Notes whether the start sequence waits for the host.
    func setWaitingForHost(_ isWaiting: Bool) {
        state.withLock { $0.isWaitingForHost = isWaiting }
    }

    // MARK: The query table and its contracts

    /// The number of a query table that is about to be made.
    func nextDraftNumber() -> UInt64 { state.withLock { $0.ledger.nextDraftNumber() } }

    /// What a query table that is about to be made is compared with.
    var draftBase: QueryLedger { state.withLock { $0.ledger } }

    /// What has an engine accept this database's templates.
    var preparation: TablePreparation { TablePreparation(configuration, epochs: epochs, metrics: metrics.factory) }

    /// Puts a query table in use, if nothing newer stands against it.
    @discardableResult
    func publish(_ draft: TableDraft) -> QueryLedger.Publication {
        let publication = state.withLock { state in
            let publication = state.ledger.publish(draft)
            if case .replaced = publication {
                state.definitions = draft.definitions ?? state.definitions
                state.hostRows = draft.hostRows ?? state.hostRows
            }
            return publication
        }
        // The newer table is held to what the operator accepts.
        if case .superseded(isAccepted: true) = publication { doubts.raise(.acceptance) }
        return publication
    }

    /// Takes the contracts of the last launch from their file, if the configuration names one.
    func loadContracts() {
        guard let contracts = contractKeeper?.load() else { return }
        state.withLock { $0.ledger.begin(with: contracts) }
    }

    /// Keeps the contracts in their file, if the configuration names one; does not wait for it.
    func keepContracts(onFailure: @escaping @Sendable (String) -> Void) {
        contractKeeper?.keep({ [self] in draftBase.contracts }, onFailure: onFailure)
    }

    /// Waits until contracts that are being kept are.
    func contractsKept() async { await contractKeeper?.finish() }

    /// Gives the query table up, at the end of a landing.
    func forgetTable() {
        state.withLock { $0.ledger.forgetTable() }
    }

    /// What the server allows in connections, as far as it was asked.
    var connectionLimit: ConnectionLimit? { state.withLock { $0.connectionLimit } }

    /// How many children the server allows beside the Lead and the change feed, as far as it was asked.
    var mostChildren: Int? { connectionLimit.map { $0.available - 1 - configuration.feed.connections } }

    func learn(_ limit: ConnectionLimit?) {
        state.withLock { $0.connectionLimit = limit }
    }

    /// What all DQMs have done since launch, those included that are no more.
    var statistics: QueueStatistics {
        let (queues, former) = withRoster { ($0.all, $0.formerStatistics) }
        return queues.reduce(former) { $0 + $1.statistics }
    }

    /// Stops what is past its deadline. Returns whether any query is left.
    func expire() -> Bool {
        let isWaitedFor = cache?.expire() ?? false
        return allQueues.reduce(isWaitedFor) { $1.expire() || $0 }
    }

    /// Tells callers why nothing is connected, and when a retry makes sense.
    func explainAbsence(_ reason: DatabaseError) {
        for queue in queues { queue.explainAbsence(reason) }
    }

    /// Lets the Lead run its start sequence again.
    func reportLoss(_ reason: DatabaseError) {
        lost.yield(reason)
    }

    /// Makes a queue that reports its losses to this database.
    func makeQueue(_ label: QueueLabel) throws(DatabaseError) -> WorkerQueue {
        try WorkerQueue(
            label: label,
            engine: configuration.engine,
            capacity: configuration.maximumQueueDepth,
            clock: clock,
            onLost: { [lost] in lost.yield($0) }
        )
    }
}

extension Result where Success == QueryAnswer, Failure == DatabaseError {
    /// Whether a query that may write has changed something, for all that is known.
    fileprivate var mayHaveWritten: Bool {
        switch self {
        case .success: true
        case .failure(let error): error.isOutcomeUnknown
        }
    }
}
