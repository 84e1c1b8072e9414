import DequeModule
import HydrogenCore

/// What one DQM decides: which query is taken, run, stopped or refused. Pure: events in, actions out, no I/O.
///
/// Its ``WorkerQueue`` locks it, asks, unlocks, and acts. Two sides send events: callers (`submit`, `withdraw`, `expire`,
/// `drain`, `close`) and the one worker thread (`next`, `finish`, `connected`, `disconnected`).
struct QueueStateMachine {
    /// How far the queue is on its way to the ground.
    enum Phase: Hashable {
        /// Queries are taken. Goes to `draining` or `closing`.
        case open
        /// No query is taken; those that wait still run. Goes to `closing`.
        case draining
        /// Nothing waits any more; the worker ends when what runs has ended. Goes to `closed`.
        case closing
        /// The worker has ended. The last phase.
        case closed
    }

    /// Whether the worker has a connection.
    enum Link: Hashable {
        /// None yet, or lost, with the reason to tell callers.
        case down(DatabaseError)
        case up
    }

    /// Work for the thread besides queries: connecting, preparing, checking. It runs when no query does.
    typealias Job = @Sendable () -> Void

    enum SubmitAction {
        case accepted(wake: Bool)
        case rejected(DatabaseError)
    }
    enum JobAction: Equatable {
        case accepted(wake: Bool)
        case rejected
    }
    enum WithdrawAction: Equatable { case completeWaiting, interrupt, none }
    enum Work {
        case job(Job)
        case query(QueuedQuery)
        case advance, sleep, stop
    }
    struct Expiry {
        var waiting: [QueuedQuery] = []
        var interrupt = false
    }

    private(set) var phase = Phase.open
    private(set) var link: Link
    private(set) var statistics = QueueStatistics()
    /// When the latest query was handed in.
    private(set) var lastUsed: ContinuousClock.Instant?

    private let capacity: Int
    private var waiting = Deque<QueuedQuery>()
    private var running: [QueuedQuery] = []
    private var jobs = Deque<Job>()
    private var isAsleep = false
    /// Interrupts that callers are sending at this moment. No other query starts meanwhile: an interrupt hits what runs.
    private var interruptsUnderWay = 0
    /// Smoothed seconds a query occupies the worker, for `Retry-After`.
    private var serviceSeconds = 0.0

    /// - Parameter capacity: The most queries that may wait.
    init(capacity: Int, down reason: DatabaseError) {
        self.capacity = capacity
        self.link = .down(reason)
    }

    /// Queries waiting and running.
    var load: Int { waiting.count + running.count }

    // MARK: Callers

    mutating func submit(_ query: QueuedQuery) -> SubmitAction {
        if let refusal = refusal {
            statistics.count(refusal)
            return .rejected(refusal)
        }
        waiting.append(query)
        lastUsed = query.submittedAt
        return .accepted(wake: wake())
    }

    private var refusal: DatabaseError? {
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

    mutating func submit(_ job: @escaping Job) -> JobAction {
        switch phase {
        case .open, .draining:
            jobs.append(job)
            return .accepted(wake: wake())
        case .closing, .closed:
            return .rejected
        }
    }

    /// Takes a query out. `interrupt`: it runs; the caller sends an interrupt and then says `interruptEnded`.
    mutating func withdraw(_ query: QueuedQuery, _ reason: QueuedQuery.StopReason) -> WithdrawAction {
        if let place = waiting.firstIndex(where: { $0 === query }) {
            waiting.remove(at: place)
            statistics.count(DatabaseError(stopped: reason, whileRunning: false))
            return .completeWaiting
        }
        guard running.contains(where: { $0 === query }), query.stopReason == nil else { return .none }
        query.requestStop(reason)
        interruptsUnderWay += 1
        return .interrupt
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
        for query in running where query.deadline <= now && query.stopReason == nil {
            query.requestStop(.deadline)
            expiry.interrupt = true
        }
        if expiry.interrupt { interruptsUnderWay += 1 }
        return expiry
    }

    /// An interrupt that `withdraw`, `expire` or `close` asked for has been sent. Whether to wake the worker.
    mutating func interruptEnded() -> Bool {
        interruptsUnderWay -= 1
        return interruptsUnderWay == 0 && wake()
    }

    /// Takes no more queries. Whether to wake the worker, which finds out when the last one has ended.
    mutating func drain() -> Bool {
        guard phase == .open else { return false }
        phase = .draining
        return wake()
    }

    /// Whether the queue takes no more queries and has none left.
    var isDrained: Bool { phase != .open && load == 0 }

    /// Ends the queue: what waits is handed back to be rejected, what runs is to be interrupted.
    mutating func close() -> (rejected: [QueuedQuery], interrupt: Bool, wake: Bool) {
        switch phase {
        case .open, .draining:
            phase = .closing
        case .closing, .closed:
            return ([], false, false)
        }
        let rejected = Array(waiting)
        waiting.removeAll()
        let error = DatabaseError(stopped: .landing, whileRunning: false)
        for _ in rejected { statistics.count(error) }
        let interrupt = running.contains { $0.stopReason == nil }
        for query in running { query.requestStop(.landing) }
        if interrupt { interruptsUnderWay += 1 }
        return (rejected, interrupt, wake())
    }

    private mutating func wake() -> Bool {
        defer { isAsleep = false }
        return isAsleep
    }

    // MARK: The worker

    /// What the worker does next.
    ///
    /// - Parameter free: How many more queries its connection takes now.
    mutating func next(free: Int) -> Work {
        if running.isEmpty, interruptsUnderWay == 0 {
            if let job = jobs.popFirst() { return .job(job) }
            if phase == .closing {
                phase = .closed
                return .stop
            }
        }
        if free > 0, jobs.isEmpty, interruptsUnderWay == 0, let query = waiting.popFirst() {
            running.append(query)
            return .query(query)
        }
        if !running.isEmpty { return .advance }
        isAsleep = true
        return .sleep
    }

    /// A query has its outcome. Returns what to tell its caller: a stop that was asked for explains an error.
    mutating func finish(
        _ query: QueuedQuery,
        _ outcome: Result<QueryRows, DatabaseError>,
        took: Duration
    ) -> Result<QueryRows, DatabaseError> {
        running.removeAll { $0 === query }
        statistics.busyTime += took
        serviceSeconds = serviceSeconds == 0 ? took.seconds : serviceSeconds * 0.9 + took.seconds * 0.1
        let explained = outcome.mapError { error in
            query.stopReason.map { DatabaseError(stopped: $0, whileRunning: true) } ?? error
        }
        switch explained {
        case .success: statistics.count(nil)
        case .failure(let error): statistics.count(error)
        }
        return explained
    }

    mutating func connected() {
        link = .up
    }

    /// The connection is gone. Returns the queries that waited for it, to be answered with the reason.
    mutating func disconnected(_ reason: DatabaseError) -> [QueuedQuery] {
        link = .down(reason)
        let orphans = Array(waiting)
        waiting.removeAll()
        for _ in orphans { statistics.count(reason) }
        return orphans
    }

    /// The statistics with the present depth.
    var currentStatistics: QueueStatistics {
        var current = statistics
        current.depth = waiting.count
        current.running = running.count
        return current
    }
}
