package import HydrogenCore
import Synchronization

/// One DQM: a bounded queue, one worker thread, one persistent connection.
///
/// Every method may be called from any thread or task; none of them blocks. ``QueueStateMachine`` decides, under the lock; this
/// class acts, outside it.
package final class WorkerQueue: Sendable {
    /// 0 for the Lead, children from 1.
    package let number: Int

    private let database: String
    private let engine: any DatabaseEngine
    private let clock: any MonotonicClock
    private let onLost: @Sendable (DatabaseError) -> Void

    private let machine: Mutex<QueueStateMachine>
    private let currentLabel: Mutex<QueueLabel>
    private let interrupter = Mutex<NumberedInterrupter?>(nil)
    private let session = Mutex<Int?>(nil)
    private let wakeup: WakeupSignal
    /// Wakes the connection while it waits for outcomes; `nil` for one that is not to be woken.
    private let bell = Mutex<WakeupSignal?>(nil)
    private let slot = ConnectionSlot()
    private let drained = Latch()
    private let threadEnded = Latch()

    /// What stops the queries of one connection, and of no other.
    private struct NumberedInterrupter {
        let connection: Int
        let interrupter: any EngineInterrupter
    }

    /// How long an interrupt may be under way when nothing runs any more.
    private let interruptLimit: Duration

    /// The worker thread's connection.
    ///
    /// Unsafe 1: only the worker thread reads and writes it; jobs run there.
    private final class ConnectionSlot: @unchecked Sendable {
        var connection: (any EngineConnection)?
        /// Since when the time has not been counted that the worker spends on queries; `nil` while none is in flight.
        var busySince: ContinuousClock.Instant?
        /// Whether the present job belongs to the landing, which stops all others.
        var isLandingWork = false
        /// What the connection delivered and nobody was told yet.
        var outcomes: [(QueuedQuery, Result<QueryRows, DatabaseError>)] = []
    }

    /// Makes a queue without a connection; ``start()`` and ``connect()`` bring it to life.
    ///
    /// - Parameters:
    ///   - capacity: The most queries that may wait.
    ///   - interruptLimit: How long an interrupt may be under way when nothing runs any more. Default: 3 s.
    ///   - onLost: Called on the worker's thread when the connection is lost.
    package init(
        label: QueueLabel,
        engine: any DatabaseEngine,
        capacity: Int,
        clock: any MonotonicClock,
        interruptLimit: Duration = .seconds(3),
        onLost: @escaping @Sendable (DatabaseError) -> Void
    ) throws(DatabaseError) {
        self.interruptLimit = interruptLimit
        self.number = label.number
        self.database = label.database
        self.engine = engine
        self.clock = clock
        self.onLost = onLost
        self.currentLabel = Mutex(label)
        self.wakeup = try WakeupSignal()
        let reason = DatabaseError(.starting, "the database is starting; retry soon", retryAfter: .seconds(1))
        self.machine = Mutex(QueueStateMachine(capacity: capacity, down: reason))
    }

    /// The label with the tags of this moment: the Lead's tags move to its children and back.
    package var label: QueueLabel { currentLabel.withLock { $0 } }

    /// Gives the queue other tags.
    package func setTags(_ tags: TagSet) {
        currentLabel.withLock { $0 = QueueLabel(database: database, number: number, tags: tags) }
    }

    /// Queries waiting and running.
    package var load: Int { machine.withLock { $0.load } }

    /// What routing compares: how much the queue has to do, and when it was last given something. A queue without a connection has
    /// nothing to do because it refuses everything: it comes last.
    var rank: (load: Int, lastUsed: ContinuousClock.Instant) {
        machine.withLock { ($0.isUp ? $0.load : .max, $0.lastUsed ?? Self.never) }
    }

    /// Before every moment at which a query can be handed in.
    private static let never = ContinuousClock.now - .seconds(3600)

    /// What the queue has done, and has to do.
    package var statistics: QueueStatistics { machine.withLock { $0.currentStatistics } }

    /// Whether the queue has a connection.
    package var isConnected: Bool { machine.withLock { $0.isUp } }

    /// Whether more queries wait than the connection will have done in its next turn, and under which tags.
    var backlog: Set<QueueTag> { machine.withLock { $0.isBacklogged ? $0.waitingTags : [] } }

    /// What the server calls the connection; `nil` without a server or a connection.
    package var sessionID: Int? { session.withLock { $0 } }

    // MARK: Queries

    /// Takes a query, or completes it at once with the reason why not.
    ///
    /// - Returns: `false` when the queue is being given up: the query is neither taken nor answered.
    @discardableResult
    package func submit(_ query: QueuedQuery) -> Bool {
        switch machine.withLock({ $0.submit(query) }) {
        case .accepted(let wake): if wake { rouse() }
        case .rejected(let error): query.complete(.failure(error))
        case .retired: return false
        }
        return true
    }

    /// Stops a query: takes it out of the queue, or interrupts it. Without effect on one that is not here or has ended.
    package func withdraw(_ query: QueuedQuery, _ reason: QueuedQuery.StopReason) {
        switch machine.withLock({ $0.withdraw(query, reason, now: clock.now) }) {
        case .complete(let whileRunning):
            if whileRunning { ring() }
            query.complete(.failure(DatabaseError(stopped: reason, whileRunning: whileRunning)))
        case .interrupt(let number): sendInterrupt(number)
        case .none: break
        }
    }

    /// Stops what is past its deadline. Returns whether anything waits or runs still.
    package func expire() -> Bool {
        let now = clock.now
        let (expiry, isBusy) = machine.withLock { ($0.expire(now: now), $0.load > 0) }
        for query in expiry.waiting {
            query.complete(.failure(DatabaseError(stopped: .deadline, whileRunning: false)))
        }
        for query in expiry.abandoned {
            query.complete(.failure(DatabaseError(stopped: .deadline, whileRunning: true)))
        }
        if !expiry.abandoned.isEmpty { ring() }
        if let number = expiry.interrupt { sendInterrupt(number) }
        return isBusy
    }

    /// Wakes the worker, whether it waits for work or for outcomes.
    private func rouse() {
        wakeup.raise()
        ring()
    }

    /// Lets a connection that waits for outcomes look whether one of its queries is to stop.
    private func ring() {
        bell.withLock { $0 }?.raise()
    }

    private func sendInterrupt(_ number: Int) {
        let ended: @Sendable () -> Void = { [self] in
            if machine.withLock({ $0.interruptEnded(number) }) { wakeup.raise() }
        }
        // The connection may have been replaced since: what runs there is another query.
        guard let current = interrupter.withLock({ $0 }), current.connection == number else { return ended() }
        current.interrupter.interrupt(ended)
    }

    /// How many queries wait under a tag.
    func waitingCount(of tag: QueueTag) -> Int { machine.withLock { $0.waitingCount(of: tag) } }

    /// Gives away the newest of the queries that wait under a tag.
    func giveAway(_ count: Int, of tag: QueueTag) -> [QueuedQuery] {
        machine.withLock { $0.giveAway(count, of: tag) }
    }

    /// Why a connection was lost, once for each; `nil` when no other was lost since the last call.
    func takeLoss() -> DatabaseError? { machine.withLock { $0.takeLoss() } }

    /// Why there is no connection; `nil` when there is one.
    var absence: DatabaseError? { machine.withLock { $0.absence } }

    /// Tells callers why there is no connection, as long as there is none.
    func explainAbsence(_ reason: DatabaseError) {
        machine.withLock { $0.explain(reason) }
    }

    // MARK: The connection

    /// Starts the worker thread.
    package func start() throws(DatabaseError) {
        try WorkerThread.start(named: "\(number)-\(database)", ended: threadEnded) { [self] in work() }
    }

    /// Opens the connection, or replaces it by a new one.
    package func connect() async throws(DatabaseError) {
        try await onWorker { [self] () throws(DatabaseError) in
            closeConnection()
            // Looked at on this thread alone.
            let abort = AbortSignal { [self] in !slot.isLandingWork && machine.withLock { $0.phase != .open } }
            let connection = try engine.connect(as: label, abort: abort)
            slot.connection = connection
            session.withLock { $0 = connection.sessionID }
            let ability = QueueStateMachine.Ability(
                capacity: connection.capacity,
                canInterrupt: connection.interrupter != nil,
                hasBell: connection.bell != nil
            )
            bell.withLock { $0 = connection.bell }
            // Nothing runs yet, so nothing can be asked to stop before its interrupter is there.
            let number = machine.withLock { $0.connected(ability) }
            interrupter.withLock { current in
                current = connection.interrupter.map { NumberedInterrupter(connection: number, interrupter: $0) }
            }
        }
    }

    /// Lends the connection to `body`, on the worker's thread, at a moment when no query runs.
    ///
    /// - Parameter whileLanding: Whether the work is the landing's own, which stops all other.
    package func withConnection<Value: Sendable>(
        whileLanding: Bool = false,
        _ body: @escaping @Sendable (any EngineConnection) throws(DatabaseError) -> Value
    ) async throws(DatabaseError) -> Value {
        try await onWorker { [self] () throws(DatabaseError) in
            guard let connection = slot.connection else {
                throw DatabaseError(.unavailable, "\(label) has no connection")
            }
            slot.isLandingWork = whileLanding
            defer {
                slot.isLandingWork = false
                if !connection.isUsable { lose(connection) }
            }
            return try body(connection)
        }
    }

    private func onWorker<Value: Sendable>(
        _ body: @escaping @Sendable () throws(DatabaseError) -> Value
    ) async throws(DatabaseError) -> Value {
        let result: Result<Value, DatabaseError> = await withCheckedContinuation { continuation in
            let job = QueueStateMachine.Job(
                run: { continuation.resume(returning: Result(catching: body)) },
                refuse: { continuation.resume(returning: .failure($0)) }
            )
            switch machine.withLock({ $0.submit(job) }) {
            case .accepted(let wake): if wake { rouse() }
            case .rejected: job.refuse(DatabaseError(.landing, "\(label) is landing"))
            }
        }
        return try result.get()
    }

    private func closeConnection() {
        interrupter.withLock { $0 = nil }
        session.withLock { $0 = nil }
        bell.withLock { $0 = nil }
        slot.connection?.close()
        slot.connection = nil
    }

    // MARK: The end

    /// Takes no more queries; those that wait still run. ``waitUntilDrained()`` waits for the last one.
    func drain(_ reason: QueueStateMachine.Reason = .landing) {
        if machine.withLock({ $0.drain(reason) }) { rouse() }
    }

    /// Returns when the queue takes no more queries and has none left, or when the task is cancelled.
    package func waitUntilDrained() async {
        await drained.wait()
    }

    /// Ends the queue: rejects what waits, interrupts what runs, closes the connection, ends the thread. Returns when it is done.
    ///
    /// - Returns: How many queries were rejected, and how many interrupted.
    @discardableResult
    package func close() async -> (rejected: Int, interrupted: Int) {
        let end = machine.withLock { $0.close(now: clock.now) }
        for query in end.rejected {
            query.complete(.failure(DatabaseError(stopped: .landing, whileRunning: false)))
        }
        for query in end.abandoned {
            query.complete(.failure(DatabaseError(stopped: .landing, whileRunning: true)))
        }
        if let number = end.interrupt { sendInterrupt(number) }
        if end.wake { rouse() }
        // A dead worker never ends; the landing counts it.
        if !machine.withLock({ $0.isDead }) { await threadEnded.waitThroughCancellation() }
        return (end.rejected.count, end.stopped)
    }

    /// Whether a query is so long past its deadline that the worker must be taken for dead.
    func isStuck(limit: Duration) -> Bool {
        let now = clock.now
        return machine.withLock { $0.isStuck(now: now, limit: limit) }
    }

    /// Gives the queue up with its worker: what runs is answered, what waits is returned. The thread ends if it ever comes back.
    func bury(_ reason: DatabaseError) -> [QueuedQuery] {
        let left = machine.withLock { $0.bury() }
        cutConnection()
        answer(left, reason)
        return left.waiting
    }

    /// Refuses everything from now on, with the reason; what waits or runs is answered with it. The queue stays to be landed.
    ///
    /// - Parameter isDead: Whether the worker does not come back.
    func ground(_ reason: DatabaseError, isDead: Bool) {
        let left = machine.withLock { $0.ground(reason, isDead: isDead) }
        if isDead { cutConnection() }
        for query in left.waiting { query.complete(.failure(reason)) }
        answer(left, reason)
    }

    /// A worker that is given up is not to read on for ever.
    private func cutConnection() { interrupter.withLock { $0 }?.interrupter.cut() }

    private func answer(_ left: QueueStateMachine.Left, _ reason: DatabaseError) {
        for query in left.running {
            query.complete(.failure(query.isReadOnly ? reason : reason.withUnknownOutcome))
        }
        for job in left.jobs { job.refuse(reason) }
        drained.open()
    }

    /// Whether the thread has ended.
    var hasEnded: Bool { threadEnded.isOpen }

    // MARK: The worker thread

    private func work() {
        // Until when the interrupts that are waited for may be under way.
        var interruptsDue: ContinuousClock.Instant?
        while true {
            let room = slot.connection?.room ?? 0
            let now = clock.now
            let next = machine.withLock { $0.next(free: room, now: now) }
            if case .awaitInterrupt = next {} else { interruptsDue = nil }
            switch next {
            case .job(let job): job.run()
            case .query(let query):
                if slot.busySince == nil { slot.busySince = now }
                run { $0.start(query, $1) }
            case .advance:
                run { connection, deliver in
                    connection.flush(deliver)
                    connection.advance(deliver)
                }
            case .sleep: sleep()
            case .awaitInterrupt(let number):
                // Measured as the wait is. What is handed in meanwhile wakes the worker as well, and has to wait.
                let due = interruptsDue ?? ContinuousClock.now + interruptLimit
                interruptsDue = due
                wakeup.wait(atMost: ContinuousClock.now.duration(to: due))
                if ContinuousClock.now >= due, machine.withLock({ $0.hasInterrupts(number) }),
                    let connection = slot.connection
                {
                    lose(connection, because: Self.interruptHangs)
                }
            case .stop:
                closeConnection()
                drained.open()
                return
            }
        }
    }

    /// Waits for work; a server that says farewell meanwhile is heard.
    private func sleep() {
        if machine.withLock({ $0.isDrained }) { drained.open() }
        guard wakeup.wait(orReadable: slot.connection?.descriptor), let connection = slot.connection else { return }
        connection.receiveWhileIdle()
        if !connection.isUsable { lose(connection) }
    }

    /// Lets the connection work, then answers what it delivered: all together, so that callers are woken once.
    private func run(_ body: (any EngineConnection, EngineConnection.Deliver) -> Void) {
        guard let connection = slot.connection else { return }
        body(connection) { query, outcome in slot.outcomes.append((query, outcome)) }
        if !slot.outcomes.isEmpty { answer(isLast: connection.inFlight == 0) }
        if !connection.isUsable { lose(connection) }
    }

    private func answer(isLast: Bool) {
        let now = clock.now
        let busy = (slot.busySince ?? now).duration(to: now)
        let label = label
        slot.busySince = isLast ? nil : now
        let answers = machine.withLock { machine in
            machine.worked(for: busy, on: slot.outcomes.count, now: now)
            return slot.outcomes.map { query, outcome in machine.finish(query, outcome) }
        }
        for ((query, _), ended) in zip(slot.outcomes, answers) {
            guard let ended else { continue }
            if case .failure(let error) = ended.answer, error.code == .outgrown {
                query.leave(.outgrown)
            } else {
                let took = ended.startedAt.duration(to: now)
                query.complete(ended.answer.map { QueryAnswer(rows: $0, queue: label, executionTime: took) })
            }
        }
        slot.outcomes.removeAll(keepingCapacity: true)
    }

    private static let interruptHangs = DatabaseError(.unavailable, "a request to stop a query did not end")

    /// - Parameter fallback: Why, for a connection that itself could go on.
    private func lose(_ connection: any EngineConnection, because fallback: DatabaseError = .closed) {
        let cause = connection.loss ?? fallback
        closeConnection()
        let reason = DatabaseError(
            .unavailable,
            "the connection of \(label) was lost and is being replaced: \(cause.message)",
            retryAfter: .seconds(1)
        )
        for query in machine.withLock({ $0.disconnected(reason, cause) }) { query.leave(.orphaned(reason)) }
        onLost(reason)
    }
}
