import HydrogenCore
import Logging

/// Brings one database up and keeps it up: connects, migrates, loads queries, spawns children, beats, heals.
///
/// Three loops work together. `conduct` runs the start sequence, again after each loss, with growing waits between failures.
/// `beat` asks for a sign of life at every heartbeat; a connection that gives none is reported lost and so wakes `conduct`.
/// `DeadlineWatch` ends queries that are late. All three end when the task of ``run()`` is cancelled.
final class Lead: Sendable {
    private let database: Database
    private let heartbeatInterval: Duration
    private let logger: Logger
    private let firstAttempt: Latch

    /// - Parameter firstAttempt: Opened when the first start sequence has succeeded or failed.
    init(_ database: Database, heartbeatInterval: Duration, logger: Logger, firstAttempt: Latch) {
        self.database = database
        self.heartbeatInterval = heartbeatInterval
        self.logger = logger
        self.firstAttempt = firstAttempt
    }

    /// Works until the task is cancelled. The queues stay as they are then: landing closes them.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.conduct() }
            group.addTask { await self.beat() }
            group.addTask { [database] in
                await database.deadlines.run(clock: database.clock) { database.expire() }
            }
        }
    }

    // MARK: The start sequence

    private func conduct() async {
        var needsQueries = true
        var backoff = Backoff()
        var random = SystemRandomNumberGenerator()
        var losses = database.losses.makeAsyncIterator()
        while !Task.isCancelled {
            do throws(DatabaseError) {
                try await startSequence(&needsQueries)
                backoff.reset()
                firstAttempt.open()
                guard let loss = await losses.next() else { return }
                enterRecovery(because: loss)
            } catch {
                let wait = backoff.next(using: &random)
                report(failure: error, retryIn: wait)
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
            try await lead.connect()
            say("\(lead.label): Connection attempt: SUCCESS")
        }
        if needsQueries {
            try await prepareQueries()
            needsQueries = false
        }
        for queue in database.queues where !queue.isConnected { try await queue.connect() }
        try await spawnChildren()
        database.enter(.ready)
        let facts =
            "\(database.table.readyCount) of \(database.table.count) queries ready, child queues: \(database.queues.count - 1)"
        say("\(lead.label): Lead DQM initialization is complete: \(facts)")
    }

    private func prepareQueries() async throws(DatabaseError) {
        let sequence = StartSequence(database)
        let label = database.lead.label
        if let migrations = try await sequence.migrate() {
            say("\(label): Migrations: \(migrations.available) available, \(migrations.applied) applied now")
        }
        let table = try await sequence.buildTable()
        for fault in table.faults { logger.warning("\(label): No-Go: \(fault)") }
        database.publish(table)
    }

    private func spawnChildren() async throws(DatabaseError) {
        for tag in QueueTag.childTags {
            let minimum = database.configuration.queues[tag]?.minimum ?? 0
            while database.childCount(of: tag) < minimum {
                try Task.checkLanding()
                let child = try database.makeChild(for: tag)
                try child.start()
                do throws(DatabaseError) {
                    try await child.connect()
                } catch {
                    await child.close()
                    throw error
                }
                database.adopt(child, tag: tag)
                logger.debug("\(child.label): Worker thread started")
            }
        }
    }

    private func enterRecovery(because loss: DatabaseError) {
        database.enter(.recovering(reason: loss.message))
        say(Heartbeat.reconnecting(database.lead.label))
    }

    private func report(failure error: DatabaseError, retryIn wait: Duration) {
        switch database.phase {
        case .starting: database.enter(.starting(reason: error.message))
        case .ready, .recovering: database.enter(.recovering(reason: error.message))
        case .landing, .landed: return
        }
        logger.warning(
            "\(database.lead.label): Start sequence: FAILED: \(String(reflecting: error)); next attempt in \(wait.report)"
        )
    }

    // MARK: Heartbeat

    private func beat() async {
        await firstAttempt.wait()
        while (try? await database.clock.sleep(for: heartbeatInterval)) != nil {
            for queue in database.queues where queue.isConnected && queue.load == 0 {
                // A failing check makes the queue report its loss; what is busy is alive.
                _ = try? await queue.withConnection { connection throws(DatabaseError) in try connection.check() }
            }
            say(Heartbeat(of: database).line)
        }
    }

    private func say(_ line: String) {
        logger.notice("\(line)")
    }
}

extension Task where Success == Never, Failure == Never {
    /// Stops a start sequence whose Lead is being landed.
    static func checkLanding() throws(DatabaseError) {
        if isCancelled { throw DatabaseError(.landing, "the start sequence was stopped by the landing") }
    }
}
