package import CoreMetrics
package import HydrogenCore
import Logging
import Synchronization

/// The gateway to all databases of the configuration: launches, lands and finds them.
///
/// One database that cannot fly is No-Go alone; the subsystem is No-Go when none can.
package final class DatabaseSubsystem: Subsystem {
    package let name: SubsystemName = "Database"
    package let dependencies: [SubsystemName] = ["Logging"]

    /// What the configuration says, disabled databases included.
    package let configuration: DatabasesConfiguration

    private let metrics: any MetricsFactory
    private let fleet = Mutex(Fleet())
    private let epochs = TableEpochs()
    /// Lets one reload of queries run at a time.
    let turnstile = Turnstile<QueryReload.Key, QueryReload.Run>()

    /// What has launched, and what has not.
    private struct Fleet {
        var databases: [Database] = []
        var byName: [String: Database] = [:]
        var grounded: [String: String] = [:]
        var conductors: [Conductor] = []
        var logger: Logger?
    }

    /// - Parameter metrics: Where durations and failures are counted.
    package init(_ configuration: DatabasesConfiguration, metrics: any MetricsFactory) {
        self.configuration = configuration
        self.metrics = metrics
    }

    // MARK: What callers ask

    /// The databases in flight, in the order of the configuration.
    package var databases: [Database] { fleet.withLock { $0.databases } }

    /// The database of a name; `nil` when none of that name flies.
    package func database(named name: String) -> Database? {
        fleet.withLock { $0.byName[name] }
    }

    /// Why an enabled database does not fly.
    package func groundedReason(of name: String) -> String? {
        fleet.withLock { $0.grounded[name] }
    }

    /// The enabled databases that do not fly, with the reasons.
    package var grounded: [String: String] { fleet.withLock { $0.grounded } }

    /// Where the subsystem logs while it flies.
    var logger: Logger? { fleet.withLock { $0.logger } }

    // MARK: Readiness

    package var readinessChecks: [ReadinessCheck] {
        DatabaseReadiness(configuration).checks
    }

    package var preflightChecks: [ReadinessCheck] {
        let readiness = DatabaseReadiness(configuration)
        let flying = configuration.connections.filter { $0.isEnabled && readiness.groundingReason(of: $0) == nil }
        return flying.map { connection in
            ReadinessCheck("rehearsal of \(connection.name)") { [configuration] in
                await DatabasePreflight(connection, among: configuration.connections).findings()
            }
        }
    }

    // MARK: Launch

    package func launch(_ context: LaunchContext) async throws {
        let steps = LaunchSteps(logger: context.logger)
        let enabled = configuration.connections.filter(\.isEnabled)
        let readiness = DatabaseReadiness(configuration)
        let grounded = Dictionary(
            uniqueKeysWithValues: enabled.compactMap { connection in
                readiness.groundingReason(of: connection).map { (connection.name, $0) }
            }
        )
        let flying = enabled.filter { grounded[$0.name] == nil }
        steps.begin(.configurationValidation, "\(flying.count) of \(enabled.count) enabled databases fly")
        steps.begin(.engineInitialization, Self.counts(flying.map(\.kind.title)))
        steps.begin(.queueManagerSetup, "\(flying.count) Lead")
        let databases = try make(flying, clock: context.clock)
        for database in databases {
            database.loadDefinitions()
            database.loadContracts()
        }
        steps.begin(.queryDefinitionLoading, "\(databases.reduce(0) { $0 + $1.definitions.count }) from files")
        steps.begin(.workerThreadStartup)
        try await start(databases, context)
        steps.begin(.triggerRegistration, Self.feeds(of: databases))
        steps.begin(.adminThreadActivation)
        let conductors = databases.map { conductor(of: $0, context) }
        fleet.withLock { fleet in
            fleet = Fleet(
                databases: databases,
                byName: Dictionary(uniqueKeysWithValues: databases.map { ($0.name, $0) }),
                grounded: grounded,
                conductors: conductors,
                logger: context.logger
            )
        }
        for watch in databases.compactMap({ QueryTableWatch($0, of: self) }) {
            context.keepRunning("queries of \(watch.name)") { await watch.run() }
        }
        await waitForFirstAttempts(conductors, clock: context.clock)
    }

    /// Makes the databases, each with the one that its queries come from.
    private func make(
        _ connections: [ConnectionConfiguration],
        clock: any MonotonicClock
    ) throws(DatabaseError) -> [Database] {
        let order = BootstrapHosts(connections)
        var made: [String: Database] = [:]
        for connection in connections.sorted(by: { order.depth(of: $0.name) < order.depth(of: $1.name) }) {
            made[connection.name] = try Database(
                connection,
                host: connection.queries.host.flatMap { made[$0.host] },
                clock: clock,
                metrics: metrics,
                epochs: epochs
            )
        }
        return connections.compactMap { made[$0.name] }
    }

    /// Starts the Leads' threads; on a failure none is left.
    private func start(_ databases: [Database], _ context: LaunchContext) async throws {
        var started: [WorkerQueue] = []
        do {
            for database in databases {
                try database.lead.start()
                started.append(database.lead)
                context.logger.report(database.lead.label, .threadStarted(isChild: false))
            }
        } catch {
            for queue in started { await queue.close() }
            throw error
        }
    }

    /// Lets a Lead conduct its database until landing.
    private func conductor(of database: Database, _ context: LaunchContext) -> Conductor {
        let conductor = Conductor()
        let lead = Lead(
            database,
            timing: Lead.Timing(
                heartbeatInterval: configuration.heartbeatInterval,
                scaleDownHold: configuration.scaleDownHold
            ),
            logger: context.logger,
            firstAttempt: conductor.firstAttempt
        )
        context.keepRunning("Lead of \(database.name)") { await conductor.run(lead) }
        return conductor
    }

    /// Waits for the first attempts, so that the startup report shows their results, but not long for a slow database.
    private func waitForFirstAttempts(_ conductors: [Conductor], clock: any MonotonicClock) async {
        await withTaskGroup { group in
            group.addTask { try? await clock.sleep(for: .seconds(2)) }
            group.addTask { for conductor in conductors { await conductor.firstAttempt.wait() } }
            await group.next()
            group.cancelAll()
        }
    }

    /// The tables whose changes are to be followed: `Shop 2, Ledger 1 tables`.
    private static func feeds(of databases: [Database]) -> String {
        let feeds = databases.map { ($0.name, $0.configuration.feed.tables.count) }.filter { $0.1 > 0 }
        return feeds.isEmpty ? "none declared" : "tables: " + feeds.map { "\($0) \($1)" }.joined(separator: ", ")
    }

    /// How often each title stands in a list: `PostgreSQL 2, SQLite 1`.
    static func counts(_ titles: [String]) -> String {
        let counts = Dictionary(titles.map { ($0, 1) }, uniquingKeysWith: +)
        return counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }

    // MARK: In flight

    package var startupFacts: [StartupFact] {
        let databases = databases
        let tags = QueueTag.allCases.map { tag in
            let queues = databases.flatMap(\.queues).filter { $0.label.tags.contains(TagSet(tag)) }
            return "\(tag.title) \(queues.count)"
        }
        return [
            StartupFact("Databases", Self.counts(databases.map(\.configuration.kind.title))),
            StartupFact(
                "DQMs",
                "\(databases.reduce(0) { $0 + $1.queues.count }), bearing " + tags.joined(separator: ", ")
            ),
        ]
    }

    package func becomeReady() async {
        for database in databases { await database.reachedReady.wait() }
    }

    // MARK: Landing

    package var landingChecks: [ReadinessCheck] {
        [
            .single("queries in flight") { [self] in
                let statistics = databases.flatMap(\.allQueues).reduce(QueueStatistics()) { $0 + $1.statistics }
                return .go("\(statistics.running) queries run, \(statistics.depth) wait")
            }
        ]
    }

    package func land(_ context: LandingContext) async throws -> LandingTally {
        let (databases, conductors) = fleet.withLock { ($0.databases, $0.conductors) }
        let tally = await DatabaseLanding(databases, conductors: conductors, logger: context.logger).land()
        fleet.withLock { $0 = Fleet() }
        return tally
    }
}
