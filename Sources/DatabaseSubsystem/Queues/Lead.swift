import HydrogenCore
import Logging

/// Brings one database up and keeps it up: connects, migrates, loads queries, spawns children, scales them, beats, heals.
///
/// Several loops work together. `conduct` runs the start sequence, again after each loss, with growing waits between failures.
/// `beat` asks for a sign of life at every heartbeat; a connection that gives none is reported lost and so wakes `conduct`.
/// ``LeadWatch`` scales the children and replaces dead workers. ``ContractWatch`` compares queries with what they were.
/// `DeadlineWatch` ends queries that are late. All end when the task of ``run()`` is cancelled.
final class Lead: Sendable {
    private let database: Database
    private let timing: Timing
    private let logger: Logger
    private let firstAttempt: Latch

    /// The intervals of a Lead.
    struct Timing: Sendable {
        /// How often it beats.
        let heartbeatInterval: Duration
        /// How long the queues of a tag are empty before a child beyond the minimum is given up.
        let scaleDownHold: Duration
    }

    /// - Parameter firstAttempt: Opened when the first start sequence has succeeded or failed.
    init(_ database: Database, timing: Timing, logger: Logger, firstAttempt: Latch) {
        self.database = database
        self.timing = timing
        self.logger = logger
        self.firstAttempt = firstAttempt
    }

    /// Works until the task is cancelled. The queues stay as they are then: landing closes them.
    func run() async {
        let watch = LeadWatch(database, hold: timing.scaleDownHold, logger: logger)
        let looking = ContractWatch(database, longestPause: timing.heartbeatInterval, logger: logger)
        await withDiscardingTaskGroup { group in
            group.addTask { await self.conduct() }
            group.addTask { await self.beat() }
            group.addTask { await watch.run() }
            group.addTask { await self.follow() }
            group.addTask { await looking.run() }
            group.addTask { [database] in
                await database.deadlines.run(clock: database.clock) { database.expire() }
            }
        }
    }

    // MARK: The start sequence

    private func conduct() async {
        var needsQueries = true
        var backoff = Backoff()
        var notices = FailureNotices()
        var random = SystemRandomNumberGenerator()
        var losses = database.losses.makeAsyncIterator()
        while !Task.isCancelled {
            do throws(DatabaseError) {
                try await startSequence(&needsQueries)
                backoff.reset()
                notices.reset()
                firstAttempt.open()
                guard let loss = await losses.next(), !database.isGrounded else { return }
                recover(from: loss)
            } catch {
                guard error.code != .landing else { return }
                reportLosses()
                guard !database.isGrounded else { return }
                let wait = backoff.next(
                    limit: error.isLoginRefused ? Backoff.loginLimit : Backoff.limit,
                    using: &random
                )
                explain(error, retryIn: wait)
                if let alike = notices.attemptFailed(error, now: database.clock.now) {
                    logger.report(database.lead.label, .startFailed(error, alike: alike, retryIn: wait))
                }
                firstAttempt.open()
                guard (try? await database.clock.sleep(for: wait)) != nil else { return }
            }
        }
    }

    /// Does what is missing for the database to serve: everything at launch, less after the loss of one child's connection.
    ///
    /// - Parameter needsQueries: Whether the query table is to be made; stays `true` until that has succeeded.
    private func startSequence(_ needsQueries: inout Bool) async throws(DatabaseError) {
        let lead = database.lead
        if !lead.isConnected {
            needsQueries = true
            reportLosses()
            try await lead.connect()
            logger.report(lead.label, .connected)
            try await checkBudget()
        }
        if needsQueries {
            try await prepareQueries()
            needsQueries = false
        }
        for queue in database.queues where !queue.isConnected {
            // One that was lost only now is told before it is back.
            reportLosses()
            try await queue.connect()
            logger.report(queue.label, .connected)
        }
        try await spawnChildren()
        guard database.phase != .ready, database.enter(.ready) else { return }
        let table = database.table
        logger.report(
            lead.label,
            .initialized(ready: table.readyCount, queries: table.count, children: database.queues.count - 1)
        )
    }

    /// Asks how many connections the server gives, and says so when the configuration's maxima do not fit.
    private func checkBudget() async throws(DatabaseError) {
        let limit = try await database.lead.withConnection { connection throws(DatabaseError) in
            try connection.connectionLimit()
        }
        database.learn(limit)
        guard let limit, case .exceeded(let arithmetic) = database.configuration.budget.check(against: limit) else {
            return
        }
        logger.report(database.lead.label, .budgetExceeded(arithmetic: arithmetic))
    }

    private func prepareQueries() async throws(DatabaseError) {
        let sequence = StartSequence(database)
        let label = database.lead.label
        if let migrations = try await sequence.migrate() {
            logger.report(label, .migrated(available: migrations.available, applied: migrations.applied))
        }
        try await awaitHost()
        var draft = try await sequence.buildTable()
        var publication = database.publish(draft)
        while case .outdated = publication {
            draft = try await sequence.buildTable()
            publication = database.publish(draft)
        }
        guard case .replaced = publication else { return }
        for fault in draft.table.faults { logger.report(label, .noGo(fault: fault)) }
        database.keepContracts { [logger] in logger.report(label, .contractsNotKept($0)) }
    }

    /// Waits until the database whose query gives this one its queries serves, or never will; the others do not wait.
    private func awaitHost() async throws(DatabaseError) {
        guard let host = database.host, !host.settled.isOpen else { return }
        database.setWaitingForHost(true)
        defer { database.setWaitingForHost(false) }
        await host.tried.wait()
        if !host.settled.isOpen, !Task.isCancelled {
            logger.report(database.lead.label, .waitsForHost(host.obstacle?.message ?? "needs \(host.name)"))
            database.tried.open()
            firstAttempt.open()
        }
        await host.settled.wait()
        try Task.checkLanding()
    }

    private func spawnChildren() async throws(DatabaseError) {
        let children = ChildQueues(database)
        for tag in QueueTag.childTags {
            let minimum = database.configuration.queues[tag]?.minimum ?? 0
            while database.withRoster({ $0.count(of: tag) }) < minimum {
                try Task.checkLanding()
                // What the server does not give stays with the Lead; `checkBudget` has told it.
                if let most = database.mostChildren, database.withRoster({ $0.childCount }) >= most { return }
                let child = try await children.spawn(tag)
                logger.report(child.label, .threadStarted(isChild: true))
            }
        }
    }

    // MARK: Recovery

    /// A child's loss is mended while the others serve; without the Lead's connection the database does not count as ready.
    private func recover(from loss: DatabaseError) {
        reportLosses()
        if !database.lead.isConnected { database.enter(.recovering(reason: loss.message)) }
    }

    /// Says which connections were lost since the last time, and why.
    private func reportLosses() {
        for queue in database.queues {
            if let loss = queue.takeLoss(), loss.code != .landing { logger.report(queue.label, .reconnecting(loss)) }
        }
    }

    /// Tells callers why nothing is served.
    private func explain(_ error: DatabaseError, retryIn wait: Duration) {
        switch database.phase {
        case .starting: database.enter(.starting(reason: error.message))
        case .recovering: database.enter(.recovering(reason: error.message))
        case .ready where !database.lead.isConnected: database.enter(.recovering(reason: error.message))
        case .ready: break
        case .grounded, .landing, .landed: return
        }
        database.explainAbsence(
            DatabaseError(
                .unavailable,
                "database \(database.name) is not connected: \(error.message); next attempt in \(wait.report)",
                sqlState: error.sqlState,
                retryAfter: wait
            )
        )
    }

    /// Follows the changes of tables, once migrations have made these.
    private func follow() async {
        guard let feed = database.feed else { return }
        await database.reachedReady.wait()
        guard !Task.isCancelled else { return }
        do throws(DatabaseError) {
            try feed.start(logger)
        } catch {
            logger.report(database.lead.label, .feedLost(error, alike: 0, retryIn: .zero))
        }
    }

    // MARK: Heartbeat

    private func beat() async {
        await firstAttempt.wait()
        while (try? await database.clock.sleep(for: timing.heartbeatInterval)) != nil, !database.isGrounded {
            for queue in database.queues where queue.isConnected && queue.load == 0 {
                // A failing check makes the queue report its loss; what is busy is alive.
                _ = try? await queue.withConnection { connection throws(DatabaseError) in try connection.check() }
            }
            if database.lead.load == 0 { database.doubts.raise(.schema) }
            reportHeartbeat()
        }
    }

    private func reportHeartbeat() {
        let lead = database.lead
        if let reason = lead.absence {
            // What never was cannot be lost; its attempts are told.
            guard database.reachedReady.isOpen else { return }
            return logger.report(lead.label, .reconnecting(reason))
        }
        let connections = database.queues.count { $0.isConnected }
        logger.report(lead.label, .heartbeat(connections: connections, processed: database.statistics.processed))
    }
}
