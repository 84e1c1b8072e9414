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
    private let interrupter = Mutex<(any EngineInterrupter)?>(nil)
    private let wakeup: WakeupSignal
    private let slot = ConnectionSlot()
    private let drained = Latch()
    private let threadEnded = Latch()

    /// The worker thread's connection.
    ///
    /// Unsafe 1: only the worker thread reads and writes it; jobs run there.
    private final class ConnectionSlot: @unchecked Sendable {
        var connection: (any EngineConnection)?
    }

    /// Makes a queue without a connection; ``start()`` and ``connect()`` bring it to life.
    ///
    /// - Parameters:
    ///   - capacity: The most queries that may wait.
    ///   - onLost: Called on the worker's thread when the connection is lost.
    package init(
        label: QueueLabel,
        engine: any DatabaseEngine,
        capacity: Int,
        clock: any MonotonicClock,
        onLost: @escaping @Sendable (DatabaseError) -> Void
    ) throws(DatabaseError) {
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
        machine.withLock { ($0.link == .up ? $0.load : .max, $0.lastUsed ?? Self.never) }
    }

    /// Before every moment at which a query can be handed in.
    private static let never = ContinuousClock.now - .seconds(3600)

    /// What the queue has done, and has to do.
    package var statistics: QueueStatistics { machine.withLock { $0.currentStatistics } }

    /// Whether the queue has a connection.
    package var isConnected: Bool { machine.withLock { $0.link == .up } }

    // MARK: Queries

    /// Takes a query, or completes it at once with the reason why not.
    package func submit(_ query: QueuedQuery) {
        switch machine.withLock({ $0.submit(query) }) {
        case .accepted(let wake): if wake { wakeup.raise() }
        case .rejected(let error): query.complete(.failure(error))
        }
    }

    /// Stops a query: takes it out of the queue, or interrupts it. Without effect on one that is not here or has ended.
    package func withdraw(_ query: QueuedQuery, _ reason: QueuedQuery.StopReason) {
        switch machine.withLock({ $0.withdraw(query, reason) }) {
        case .completeWaiting: query.complete(.failure(DatabaseError(stopped: reason, whileRunning: false)))
        case .interrupt: sendInterrupt()
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
        if expiry.interrupt { sendInterrupt() }
        return isBusy
    }

    private func sendInterrupt() {
        interrupter.withLock { $0 }?.interrupt()
        if machine.withLock({ $0.interruptEnded() }) { wakeup.raise() }
    }

    // MARK: The connection

    /// Starts the worker thread.
    package func start() throws(DatabaseError) {
        try WorkerThread.start(named: "\(number)-\(database)") { [self] in work() }
    }

    /// Opens the connection, or replaces it by a new one.
    package func connect() async throws(DatabaseError) {
        try await onWorker { [self] () throws(DatabaseError) in
            closeConnection()
            let connection = try engine.connect(as: label)
            slot.connection = connection
            interrupter.withLock { $0 = connection.interrupter }
            machine.withLock { $0.connected() }
        }
    }

    /// Lends the connection to `body`, on the worker's thread, at a moment when no query runs.
    package func withConnection<Value: Sendable>(
        _ body: @escaping @Sendable (any EngineConnection) throws(DatabaseError) -> Value
    ) async throws(DatabaseError) -> Value {
        try await onWorker { [self] () throws(DatabaseError) in
            guard let connection = slot.connection else {
                throw DatabaseError(.unavailable, "\(label) has no connection")
            }
            defer { if !connection.isUsable { lose(connection) } }
            return try body(connection)
        }
    }

    private func onWorker<Value: Sendable>(
        _ body: @escaping @Sendable () throws(DatabaseError) -> Value
    ) async throws(DatabaseError) -> Value {
        let result: Result<Value, DatabaseError> = await withCheckedContinuation { continuation in
            let action = machine.withLock { machine in
                machine.submit { continuation.resume(returning: Result(catching: body)) }
            }
            switch action {
            case .accepted(let wake): if wake { wakeup.raise() }
            case .rejected:
                continuation.resume(returning: .failure(DatabaseError(.landing, "\(label) is landing")))
            }
        }
        return try result.get()
    }

    private func closeConnection() {
        interrupter.withLock { $0 = nil }
        slot.connection?.close()
        slot.connection = nil
    }

    // MARK: The end

    /// Takes no more queries; those that wait still run. ``waitUntilDrained()`` waits for the last one.
    package func drain() {
        if machine.withLock({ $0.drain() }) { wakeup.raise() }
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
        let (end, running) = machine.withLock { machine in
            let running = machine.currentStatistics.running
            return (machine.close(), running)
        }
        for query in end.rejected {
            query.complete(.failure(DatabaseError(stopped: .landing, whileRunning: false)))
        }
        if end.interrupt { sendInterrupt() }
        if end.wake { wakeup.raise() }
        await threadEnded.waitThroughCancellation()
        return (end.rejected.count, end.interrupt ? running : 0)
    }

    // MARK: The worker thread

    private func work() {
        while true {
            let free = slot.connection.map { $0.capacity - $0.inFlight } ?? 0
            switch machine.withLock({ $0.next(free: free) }) {
            case .job(let job): job()
            case .query(let query): run { $0.start(query, $1) }
            case .advance:
                run { $0.flush($1) }
                run { $0.advance(wakeup: wakeup, $1) }
            case .sleep:
                if machine.withLock({ $0.isDrained }) { drained.open() }
                wakeup.wait()
            case .stop:
                closeConnection()
                drained.open()
                threadEnded.open()
                return
            }
        }
    }

    /// Lets the connection work, and answers what it delivers.
    private func run(_ body: (any EngineConnection, EngineConnection.Deliver) -> Void) {
        guard let connection = slot.connection else { return }
        let began = clock.now
        body(connection) { query, outcome in
            let took = began.duration(to: clock.now)
            let result = machine.withLock { $0.finish(query, outcome, took: took) }
            let queue = label
            query.complete(result.map { QueryAnswer(rows: $0, queue: queue, executionTime: took) })
        }
        if !connection.isUsable { lose(connection) }
    }

    private func lose(_ connection: any EngineConnection) {
        closeConnection()
        let reason = DatabaseError(
            .unavailable,
            "the connection of \(label) was lost and is being replaced; retry soon",
            retryAfter: .seconds(1)
        )
        for query in machine.withLock({ $0.disconnected(reason) }) { query.complete(.failure(reason)) }
        onLost(reason)
    }
}
