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
        let queues = databases.flatMap(\.queues)
        step(1, "Stop accepting new queries")
        for database in databases { database.enter(.landing) }
        let pending = queues.reduce(0) { $0 + $1.load }
        for queue in queues { queue.drain() }
        step(2, "Wait for active query completion", "\(pending) queries")
        for queue in queues { await queue.waitUntilDrained() }
        step(3, "Shutdown admin thread")
        for conductor in conductors { await conductor.stop() }
        var tally = LandingTally(drained: pending)
        step(4, "Terminate worker threads")
        for database in databases { tally = tally + (await closeChildren(of: database)) }
        step(5, "Unregister database triggers", "none registered")
        step(6, "Close all connections")
        for database in databases { tally = tally + (await close(database.lead)) }
        step(7, "Cleanup in-memory resources")
        for database in databases {
            database.publish(.empty)
            database.enter(.landed)
        }
        tally.drained -= tally.rejected + tally.cancelled
        return tally
    }

    /// Children land in the reverse of the order in which they were spawned; then the Lead has their tags again.
    private func closeChildren(of database: Database) async -> LandingTally {
        var tally = LandingTally()
        for child in database.queues.dropFirst().reversed() {
            tally = tally + (await close(child))
            database.release(child)
        }
        return tally
    }

    private func close(_ queue: WorkerQueue) async -> LandingTally {
        let (rejected, interrupted) = await queue.close()
        logger.notice("\(queue.label): landed, queries processed: \(queue.statistics.processed)")
        return LandingTally(rejected: rejected, cancelled: interrupted)
    }

    private func step(_ number: Int, _ title: String, _ facts: String = "") {
        let line = "Landing step \(number)/7: \(title)"
        logger.notice("\(facts.isEmpty ? line : "\(line): \(facts)")")
    }
}
