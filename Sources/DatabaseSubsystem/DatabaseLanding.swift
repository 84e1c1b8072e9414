import HydrogenCore
import Logging

/// Lands all databases together, in the seven steps that operators know.
///
/// A cancelled task means that the time for waiting is over: what still runs is then interrupted, what waits is rejected.
struct DatabaseLanding {
    private let databases: [Database]
    private let conductors: [Conductor]
    private let logger: Logger

    init(_ databases: [Database], conductors: [Conductor], logger: Logger) {
        self.databases = databases
        self.conductors = conductors
        self.logger = logger
    }

    /// Lands. Returns when every connection is closed and every worker thread has ended.
    func land() async -> LandingTally {
        let queues = databases.flatMap(\.allQueues)
        let sessions = databases.map { Sessions(of: $0) }
        step(1, "Stop accepting new queries")
        for database in databases { database.enter(.landing) }
        let pending = queues.reduce(0) { $0 + $1.load }
        let processed = queues.reduce(0) { $0 + $1.statistics.processed }
        for queue in queues { queue.drain() }
        step(2, "Wait for active query completion", "\(pending) queries")
        for queue in queues { await queue.waitUntilDrained() }
        step(3, "Shutdown admin thread")
        for conductor in conductors { await conductor.stop() }
        var tally = LandingTally()
        step(4, "Terminate worker threads")
        for database in databases { tally = tally + (await closeChildren(of: database)) }
        step(5, "Unregister database triggers", await endFeeds())
        step(6, "Close all connections")
        for (database, sessions) in zip(databases, sessions) {
            tally.sessionsLeft += await sessionsLeft(of: sessions, in: database)
            tally = tally + (await close(database.lead))
        }
        for database in databases {
            // A worker that died and was replaced still has its thread.
            tally.abandoned += database.withRoster { $0.buried + $0.all }.count { !$0.hasEnded }
        }
        step(7, "Cleanup in-memory resources")
        for database in databases {
            await database.contractsKept()
            database.forgetTable()
            database.enter(.landed)
        }
        tally.drained = queues.reduce(0) { $0 + $1.statistics.processed } - processed
        return tally
    }

    /// Children land in the reverse of the order in which they were spawned; then the Lead has their tags again.
    private func closeChildren(of database: Database) async -> LandingTally {
        var tally = LandingTally()
        for child in database.allQueues.dropFirst().reversed() {
            tally = tally + (await close(child))
            database.changeRoster { roster in _ = roster.remove { $0 === child } }
        }
        return tally
    }

    /// Ends the change feeds. Returns what became of their triggers.
    private func endFeeds() async -> String {
        var facts: [String] = []
        for database in databases {
            switch await database.feed?.stop() {
            case .removed: facts.append("\(database.name) removed")
            case .kept: facts.append("\(database.name) kept for other instances")
            case .failed(let error): facts.append("\(database.name) NOT removed: \(error.message)")
            case .idle, nil: break
            }
        }
        return facts.isEmpty ? "none registered" : facts.joined(separator: ", ")
    }

    /// Asks the server, over the Lead's connection, whether any session of the children is left; the Lead's own ends after that.
    private func sessionsLeft(of sessions: Sessions, in database: Database) async -> Int {
        guard !sessions.children.isEmpty else { return 0 }
        let left: Int
        do throws(DatabaseError) {
            left = try await database.lead.withConnection(whileLanding: true) { connection throws(DatabaseError) in
                try connection.sessionsLeft(of: sessions.children)
            }
        } catch {
            logger.report(database.lead.label, .sessionsNotAsked(error))
            return 0
        }
        logger.report(database.lead.label, .sessionsLeft(left, children: sessions.children.count))
        return left
    }

    private func close(_ queue: WorkerQueue) async -> LandingTally {
        let (rejected, interrupted) = await queue.close()
        logger.report(queue.label, .landed(processed: queue.statistics.processed))
        return LandingTally(rejected: rejected, cancelled: interrupted)
    }

    private func step(_ number: Int, _ title: String, _ facts: String = "") {
        let line = "Landing step \(number)/7: \(title)"
        logger.notice("\(facts.isEmpty ? line : "\(line): \(facts)")")
    }

    /// What the server calls the connections of one database's children, at the moment of landing.
    private struct Sessions {
        let children: [Int]

        init(of database: Database) {
            children = database.allQueues.dropFirst().compactMap(\.sessionID)
        }
    }
}
