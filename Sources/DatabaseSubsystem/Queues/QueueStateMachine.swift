import DequeModule
import HydrogenCore

/// What one DQM decides: which query is taken, run, stopped or refused. Pure: events in, actions out, no I/O.
///
/// Its ``WorkerQueue`` locks it, asks, unlocks, and acts. Two sides send events: callers (`submit`, `withdraw`, `expire`,
/// `drain`, `close`) and the one worker thread (`next`, `finish`, `connected`, `disconnected`).
struct QueueStateMachine {
    /// How far the queue is on its way to the ground.
    enum Phase: Hashable {
        /// Queries are taken. Goes to every other phase.
        case open
        /// No query is taken; those that wait still run. Goes to `closing`, `grounded` or `buried`.
        case draining(Reason)
        /// Everything is refused with this reason, as the database is given up. Goes to `closing`.
        case grounded(DatabaseError)
        /// The worker is dead, and everything was taken from it; it ends if it ever comes back. Goes to `closed`.
        case buried
        /// Nothing waits any more; the worker ends when what runs has ended. Goes to `closed`.
        case closing(Reason)
        /// The worker has ended. The last phase.
        case closed(Reason)
    }

    /// Why a queue takes no more queries.
    enum Reason: Hashable {
        /// The database lands: callers are told so.
        case landing
        /// The queue alone is given up: its database has another for the query.
        case retiring
    }

    /// Whether the worker has a connection.
    enum Link: Hashable {
        /// None yet, or lost, with the reason to tell callers.
        case down(DatabaseError)
        case up(Ability)
    }

    /// What a connection can do.
    struct Ability: Hashable {
        /// The most queries in flight at once.
        var capacity = 1
        /// Whether a query that runs can be stopped alone; otherwise its caller is answered and it runs to its end.
        var canInterrupt = true
        /// Whether it can be woken while it waits for the outcomes of queries, to take another one or to stop one.
        var hasBell = false
    }

    /// Work for the thread besides queries: connecting, preparing, checking. It runs when no query does; one of both is called.
    struct Job: Sendable {
        let run: @Sendable () -> Void
        let refuse: @Sendable (DatabaseError) -> Void
    }

    enum SubmitAction {
        case accepted(wake: Bool)
        case rejected(DatabaseError)
        /// The queue is being given up: another one takes the query.
        case retired
    }
    enum JobAction: Equatable {
        case accepted(wake: Bool)
        case rejected
    }
    /// What a queue that is given up had.
    struct Left {
        var waiting: [QueuedQuery] = []
        /// Those of the running whose callers wait.
        var running: [QueuedQuery] = []
        var jobs: [Job] = []
    }
    enum WithdrawAction: Equatable {
        /// The query has left the queue, or runs on without a caller: answer it.
        case complete(whileRunning: Bool)
        /// Interrupt what runs; then say `interruptEnded` with this number.
        case interrupt(Int)
        case none
    }
    enum Work {
        case job(Job)
        case query(QueuedQuery)
        case advance, sleep, stop
        /// An interrupt of this number is under way, though nothing runs any more: wait for it a little, then ask ``hasInterrupts(_:)``.
        case awaitInterrupt(Int)
    }
    /// What is past its deadline.
    struct Expiry {
        /// Left the queue without having run.
        var waiting: [QueuedQuery] = []
        /// Run on without a caller.
        var abandoned: [QueuedQuery] = []
        /// Interrupt what runs, then say `interruptEnded` with this number.
        var interrupt: Int?
    }
    struct End {
        var rejected: [QueuedQuery] = []
        var abandoned: [QueuedQuery] = []
        var interrupt: Int?
        var wake = false
        /// How many queries are stopped while they run.
        var stopped = 0
    }

    /// A query that has its outcome, and whose caller waits for it.
    struct Ended {
        let answer: Result<QueryRows, DatabaseError>
        let startedAt: ContinuousClock.Instant
    }

    private struct Running {
        let query: QueuedQuery
        let startedAt: ContinuousClock.Instant
        /// Whether the caller has been answered already.
        var isAbandoned = false
        /// When the query was asked to stop.
        var stopAskedAt: ContinuousClock.Instant?
    }

    private(set) var phase = Phase.open
    private(set) var link: Link
    private(set) var statistics = QueueStatistics()
    /// When the latest query was handed in.
    private(set) var lastUsed: ContinuousClock.Instant?

    private let capacity: Int
    /// Whether the worker did not come back when the queue was given up.
    private(set) var isDead = false
    private var waiting = Deque<QueuedQuery>()
    private var running = Deque<Running>()
    private var jobs = Deque<Job>()
    private var isAsleep = false
    /// When a query ended last.
    private var lastEnded: ContinuousClock.Instant?
    /// Why the connection was lost, until there is another.
    private var loss: DatabaseError?
    /// The same, until somebody asks.
    private var untoldLoss: DatabaseError?
    /// Interrupts that callers are sending at this moment. No other query starts meanwhile: an interrupt hits what runs.
    private var interruptsUnderWay = 0
    /// Which connection the interrupts are for: one that outlives its connection can hit nothing of the next.
    private var connectionNumber = 0
    /// Smoothed seconds a query occupies the worker, for `Retry-After`.
    private var serviceSeconds = 0.0

    /// - Parameter capacity: The most queries that may wait.
    init(capacity: Int, down reason: DatabaseError) {
        self.capacity = capacity
        self.link = .down(reason)
    }

    /// Queries waiting and running.
    var load: Int { waiting.count + running.count }

    /// Whether there is a connection.
    var isUp: Bool { if case .up = link { true } else { false } }

    /// Why there is no connection, for operators.
    var absence: DatabaseError? { if case .down(let reason) = link { loss ?? reason } else { nil } }

    /// Whether as many queries wait as the connection takes at once: more than it will have done in its next turn.
    var isBacklogged: Bool {
        if case .up(let ability) = link { waiting.count >= ability.capacity } else { false }
    }

    /// The tags that the waiting queries were asked for under.
    var waitingTags: Set<QueueTag> { Set(waiting.map(\.tag)) }

    // MARK: Callers

    mutating func submit(_ query: QueuedQuery) -> SubmitAction {
        switch phase {
        case .draining(.retiring), .closing(.retiring), .closed(.retiring), .buried: return .retired
        case .open, .grounded, .draining(.landing), .closing(.landing), .closed(.landing): break
        }
        if let refusal = refusal {
            statistics.count(refusal)
            return .rejected(refusal)
        }
        waiting.append(query)
        lastUsed = query.submittedAt
        return .accepted(wake: wake())
    }

    private var refusal: DatabaseError? {
        if case .grounded(let reason) = phase { return reason }
        guard phase == .open else {
            return DatabaseError(.landing, "the database is landing and takes no more queries", retryAfter: .seconds(1))
        }
        if case .down(let reason) = link { return reason }
        guard waiting.count >= capacity else { return nil }
        return DatabaseError(
            .queueFull,
            "the queue has \(capacity) queries waiting and takes no more; retry later, or raise MaxQueueDepth",
            retryAfter: drainTime
        )
    }

    /// How long the queries that wait will take, at the rate of late: whole seconds, 1 to 60.
    private var drainTime: Duration {
        .seconds(Int(max(1, min(60, (Double(waiting.count) * serviceSeconds).rounded(.up)))))
    }

    mutating func submit(_ job: Job) -> JobAction {
        switch phase {
        case .open, .draining, .grounded:
            guard !isDead else { return .rejected }
            jobs.append(job)
            return .accepted(wake: wake())
        case .buried, .closing, .closed:
            return .rejected
        }
    }

    /// Takes a query out, or stops it.
    mutating func withdraw(
        _ query: QueuedQuery,
        _ reason: QueuedQuery.StopReason,
        now: ContinuousClock.Instant
    ) -> WithdrawAction {
        if let place = waiting.firstIndex(where: { $0 === query }) {
            waiting.remove(at: place)
            statistics.count(DatabaseError(stopped: reason, whileRunning: false))
            return .complete(whileRunning: false)
        }
        guard let place = running.firstIndex(where: { $0.query === query }), mayStop(place) else { return .none }
        askToStop(place, reason, now)
        guard canInterrupt else {
            abandon(place, reason)
            return .complete(whileRunning: true)
        }
        return .interrupt(beginInterrupt())
    }

    /// Whether a running query has a caller and was not asked to stop yet.
    private func mayStop(_ place: Int) -> Bool {
        !running[place].isAbandoned && running[place].query.stopReason == nil
    }

    private mutating func askToStop(_ place: Int, _ reason: QueuedQuery.StopReason, _ now: ContinuousClock.Instant) {
        running[place].query.requestStop(reason)
        running[place].stopAskedAt = now
    }

    private var canInterrupt: Bool {
        if case .up(let ability) = link { ability.canInterrupt } else { true }
    }

    private var hasBell: Bool {
        if case .up(let ability) = link { ability.hasBell } else { false }
    }

    private mutating func abandon(_ place: Int, _ reason: QueuedQuery.StopReason) {
        running[place].isAbandoned = true
        statistics.count(DatabaseError(stopped: reason, whileRunning: true))
    }

    private mutating func beginInterrupt() -> Int {
        interruptsUnderWay += 1
        return connectionNumber
    }

    /// Takes out what waited past its deadline, and finds whether what runs is past its own.
    mutating func expire(now: ContinuousClock.Instant) -> Expiry {
        var expiry = Expiry()
        if waiting.contains(where: { $0.deadline <= now }) {
            expiry.waiting = waiting.filter { $0.deadline <= now }
            waiting.removeAll { $0.deadline <= now }
            let error = DatabaseError(stopped: .deadline, whileRunning: false)
            for _ in expiry.waiting { statistics.count(error) }
        }
        for place in running.indices {
            let query = running[place].query
            guard query.deadline <= now, mayStop(place) else { continue }
            askToStop(place, .deadline, now)
            if canInterrupt {
                if expiry.interrupt == nil { expiry.interrupt = beginInterrupt() }
            } else {
                abandon(place, .deadline)
                expiry.abandoned.append(query)
            }
        }
        return expiry
    }

    /// An interrupt that `withdraw`, `expire` or `close` asked for has been sent. Whether to wake the worker.
    mutating func interruptEnded(_ number: Int) -> Bool {
        guard number == connectionNumber else { return false }
        interruptsUnderWay -= 1
        return interruptsUnderWay == 0 && wake()
    }

    /// Whether interrupts of a connection are still under way.
    func hasInterrupts(_ number: Int) -> Bool { number == connectionNumber && interruptsUnderWay > 0 }

    /// Takes no more queries. Whether to wake the worker, which finds out when the last one has ended.
    mutating func drain(_ reason: Reason) -> Bool {
        switch phase {
        case .open, .draining(.retiring):
            phase = .draining(reason)
            return wake()
        case .draining(.landing), .grounded, .buried, .closing, .closed:
            return false
        }
    }

    /// Whether the queue takes no more queries and has none left.
    var isDrained: Bool { phase != .open && load == 0 }

    /// Whether a query that was asked to stop runs on for so long that the worker must be taken for dead.
    ///
    /// Of many in flight the last may rightly run for long: as long as any ends, the worker lives.
    func isStuck(now: ContinuousClock.Instant, limit: Duration) -> Bool {
        if let lastEnded, lastEnded + limit > now { return false }
        return running.contains { $0.stopAskedAt.map { $0 + limit <= now } ?? false }
    }

    /// Ends the queue: what waits is handed back to be rejected, what runs is to be interrupted.
    mutating func close(now: ContinuousClock.Instant) -> End {
        switch phase {
        case .open, .grounded: phase = .closing(.landing)
        case .draining(let reason): phase = .closing(reason)
        case .buried, .closing, .closed: return End()
        }
        var end = End()
        end.rejected = Array(waiting)
        waiting.removeAll()
        let error = DatabaseError(stopped: .landing, whileRunning: false)
        for _ in end.rejected { statistics.count(error) }
        for place in running.indices where mayStop(place) {
            askToStop(place, .landing, now)
            end.stopped += 1
            if canInterrupt {
                if end.interrupt == nil { end.interrupt = beginInterrupt() }
            } else {
                abandon(place, .landing)
                end.abandoned.append(running[place].query)
            }
        }
        end.wake = wake()
        return end
    }

    /// Gives the queue up with a worker that does not come back: everything that it has is handed back.
    mutating func bury() -> Left {
        phase = .buried
        isDead = true
        return takeEverything()
    }

    /// Refuses everything from now on. Everything that the queue has is handed back, to be answered with the reason.
    ///
    /// - Parameter isDead: Whether the worker does not come back.
    mutating func ground(_ reason: DatabaseError, isDead: Bool) -> Left {
        phase = .grounded(reason)
        self.isDead = isDead
        link = .down(reason)
        beginConnection()
        let left = takeEverything()
        for _ in left.waiting + left.running { statistics.count(reason) }
        return left
    }

    private mutating func takeEverything() -> Left {
        let left = Left(
            waiting: Array(waiting),
            running: running.filter { !$0.isAbandoned }.map(\.query),
            jobs: Array(jobs)
        )
        waiting.removeAll()
        jobs.removeAll()
        for place in running.indices { running[place].isAbandoned = true }
        return left
    }

    /// Gives away the newest of the queries that wait under a tag, in their order, for a queue that has nothing to do.
    mutating func giveAway(_ count: Int, of tag: QueueTag) -> [QueuedQuery] {
        var given: [QueuedQuery] = []
        for place in waiting.indices.reversed() where given.count < count && waiting[place].tag == tag {
            given.append(waiting.remove(at: place))
        }
        return given.reversed()
    }

    /// How many queries wait under a tag.
    func waitingCount(of tag: QueueTag) -> Int {
        waiting.count { $0.tag == tag }
    }

    private mutating func wake() -> Bool {
        defer { isAsleep = false }
        return isAsleep
    }

    // MARK: The worker

    /// What the worker does next.
    ///
    /// - Parameter free: How many more queries its connection takes now.
    mutating func next(free: Int, now: ContinuousClock.Instant) -> Work {
        if running.isEmpty, interruptsUnderWay == 0 {
            if let job = jobs.popFirst() { return .job(job) }
            switch phase {
            case .closing(let reason):
                phase = .closed(reason)
                return .stop
            case .buried:
                phase = .closed(.retiring)
                return .stop
            case .open, .draining, .grounded, .closed: break
            }
        }
        if free > 0, jobs.isEmpty, interruptsUnderWay == 0, let query = waiting.popFirst() {
            running.append(Running(query: query, startedAt: now))
            return .query(query)
        }
        if !running.isEmpty {
            isAsleep = hasBell
            return .advance
        }
        isAsleep = true
        return interruptsUnderWay > 0 ? .awaitInterrupt(connectionNumber) : .sleep
    }

    /// A query has its outcome. Returns what to tell its caller: a stop that was asked for explains an error.
    ///
    /// `nil`: the caller has been told already.
    mutating func finish(
        _ query: QueuedQuery,
        _ outcome: Result<QueryRows, DatabaseError>
    ) -> Ended? {
        // Pipelines answer in order: the query is nearly always the first.
        let place = running.first?.query === query ? 0 : running.firstIndex { $0.query === query }
        guard let place else { return nil }
        let ended = running.remove(at: place)
        if ended.isAbandoned { return nil }
        let explained = outcome.mapError { error in
            guard let reason = query.stopReason else { return error }
            let stopped = DatabaseError(stopped: reason, whileRunning: true)
            return error.isOutcomeUnknown ? stopped.withUnknownOutcome : stopped
        }
        switch explained {
        case .success: statistics.count(nil)
        case .failure(let error): statistics.count(error)
        }
        return Ended(answer: explained, startedAt: ended.startedAt)
    }

    /// The worker spent time on queries, of which so many have ended.
    mutating func worked(for time: Duration, on count: Int, now: ContinuousClock.Instant) {
        if count > 0 { lastEnded = now }
        statistics.busyTime += time
        guard count > 0 else { return }
        let each = time.seconds / Double(count)
        serviceSeconds = serviceSeconds == 0 ? each : serviceSeconds * 0.9 + each * 0.1
    }

    /// There is a connection. Returns its number, which its interrupts bear.
    mutating func connected(_ ability: Ability) -> Int {
        if case .grounded = phase { return connectionNumber }
        link = .up(ability)
        loss = nil
        beginConnection()
        return connectionNumber
    }

    /// The connection is gone. Returns the queries that waited for it, for another queue or to be answered with the reason.
    ///
    /// - Parameter cause: What operators are told.
    mutating func disconnected(_ reason: DatabaseError, _ cause: DatabaseError) -> [QueuedQuery] {
        loss = cause
        untoldLoss = cause
        if case .grounded = phase { return [] }
        link = .down(reason)
        beginConnection()
        let orphans = Array(waiting)
        waiting.removeAll()
        return orphans
    }

    private mutating func beginConnection() {
        connectionNumber += 1
        interruptsUnderWay = 0
    }

    /// The cause of the latest loss, once.
    mutating func takeLoss() -> DatabaseError? {
        defer { untoldLoss = nil }
        return untoldLoss
    }

    /// Tells callers another reason why there is no connection.
    mutating func explain(_ reason: DatabaseError) {
        if case .down = link { link = .down(reason) }
    }

    /// The statistics with the present depth.
    var currentStatistics: QueueStatistics {
        var current = statistics
        current.depth = waiting.count
        current.running = running.count
        return current
    }
}
