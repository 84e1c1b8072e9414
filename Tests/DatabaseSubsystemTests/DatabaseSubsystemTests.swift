import CoreMetrics
import Foundation
import HydrogenCore
import HydrogenHost
import HydrogenTesting
import Landing
import Launch
import NIOCore
import Testing

@testable import DatabaseSubsystem

/// Whole flights of the subsystem, with a real SQLite and real threads, through the harness for plugin authors.
@Suite struct DatabaseSubsystemTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("-- id: 1\n-- name: One\n-- queue: fast\nSELECT 1 AS one", to: "queries/1.sql")
        try folder.write(
            "-- id: 2\n-- name: Item\n-- parameters: id INTEGER\nSELECT id, name FROM items WHERE id = :id",
            to: "queries/2.sql"
        )
        try folder.write(
            "-- id: 3\n-- name: Add\n-- parameters: name TEXT\nINSERT INTO items (name) VALUES (:name) RETURNING id",
            to: "queries/3.sql"
        )
        try folder.write(
            "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL);",
            to: "migrations/0001_items.sql"
        )
        try folder.write("INSERT INTO items (name) VALUES ('first'), ('second');", to: "migrations/0002_rows.sql")
    }

    private func connection(_ name: String = "Test", database: String? = nil, more: String = "") -> String {
        """
        { "Name": "\(name)", "Engine": "sqlite", "Database": "\(database ?? "\(folder.path)/\(name).db")",
          "Queries": "\(folder.path)/queries", "Migrations": "\(folder.path)/migrations" \(more) }
        """
    }

    private func configuration(_ connections: String...) -> String {
        #"{ "Databases": { "HeartbeatIntervalSeconds": 30, "Connections": [\#(connections.joined(separator: ","))] } }"#
    }

    private func subsystem(_ configuration: String) throws -> DatabaseSubsystem {
        let document = try ConfigurationDocument(
            parsing: Array(configuration.utf8),
            file: "test.json",
            files: .builtIn([:]),
            environment: [:]
        )
        let databases = try document.decode(section: "Databases", DatabasesConfiguration.init).value
        return DatabaseSubsystem(databases, metrics: NOOPMetricsHandler.instance)
    }

    private func answer(
        _ database: Database?,
        _ id: Int,
        _ values: [ParameterValue] = [],
        _ tag: QueueTag = .fast
    ) async throws -> String {
        guard let database, case .ready(let query) = database.query(QueryID(id)) else { return "no query \(id)" }
        let answer = try await database.run(query, values: values, queue: tag, timeLimit: .seconds(30))
        return "\(answer.queue): \(String(buffer: answer.rows.body))"
    }

    // MARK: A whole flight

    @Test("a database launches in seven steps, serves from its children, and lands in seven steps")
    func flight() async throws {
        let text = configuration(connection())
        let subsystem = try subsystem(text)
        let harness = try SubsystemHarness(subsystem, configuration: text)
        let record = try await harness.fly { flying async throws in
            await flying.ready()
            let database = subsystem.database(named: "Test")
            #expect(
                database?.queues.map(\.label.description)
                    == ["DQM-Test-00-L", "DQM-Test-01-S", "DQM-Test-02-M", "DQM-Test-03-F", "DQM-Test-04-C"]
            )
            #expect(try await answer(database, 1) == #"DQM-Test-03-F: [{"one":1}]"#)
            let second = ParameterValue(type: .integer, content: .integer(2))
            #expect(try await answer(database, 2, [second], .slow) == #"DQM-Test-01-S: [{"id":2,"name":"second"}]"#)
            #expect(subsystem.database(named: "test") == nil)
        }
        try record.expectClean()
        let lines = harness.log.lines(of: "Database")
        let steps = lines.filter { $0.contains(" step ") }.compactMap {
            $0.split(separator: ":").first.map(String.init)
        }
        #expect(steps == (1...7).map { "Launch step \($0)/7" } + (1...7).map { "Landing step \($0)/7" })
        let landed = lines.filter { $0.contains(": landed") }.compactMap { $0.split(separator: ":").first }
        #expect(landed == ["DQM-Test-04-C", "DQM-Test-03-F", "DQM-Test-02-M", "DQM-Test-01-S", "DQM-Test-00-LSMFC"])
        #expect(lines.contains { $0.hasPrefix("DQM-Test-00-LSMFC: Worker thread started") })
        #expect(
            lines.contains { $0.hasPrefix("DQM-Test-00-L: Lead DQM initialization is complete: 3 of 3 queries ready") }
        )
        #expect(lines.contains("DQM-Test-00-LSMFC: Migrations: 2 available, 2 applied now"))
    }

    @Test("migrations are applied once, over launches")
    func secondLaunch() async throws {
        let text = configuration(connection())
        for expected in ["2 available, 2 applied now", "2 available, 0 applied now"] {
            let harness = try SubsystemHarness(try subsystem(text), configuration: text)
            try (await harness.fly { await $0.ready() }).expectClean()
            #expect(harness.log.lines(of: "Database").contains { $0.hasSuffix(expected) })
        }
    }

    @Test("a type with no workers leaves its tag with the Lead, which then runs its queries")
    func tagsAtHome() async throws {
        let text = configuration(connection(more: #", "Workers": { "Slow": 0, "Medium": 0, "Fast": 0, "Cache": 0 }"#))
        let subsystem = try subsystem(text)
        let harness = try SubsystemHarness(subsystem, configuration: text)
        try
            (await harness.fly { flying async throws in
                await flying.ready()
                #expect(try await answer(subsystem.database(named: "Test"), 1) == #"DQM-Test-00-LSMFC: [{"one":1}]"#)
            }).expectClean()
    }

    @Test("a template at fault is No-Go by itself, and files at fault are named")
    func poisonedQueries() async throws {
        try folder.write("-- id: 7\n-- name: Broken\nSELECT * FROM absent", to: "queries/7.sql")
        try folder.write("-- id: x\nSELECT 1", to: "queries/8.sql")
        let text = configuration(connection())
        let subsystem = try subsystem(text)
        let harness = try SubsystemHarness(subsystem, configuration: text)
        try
            (await harness.fly { flying async throws in
                await flying.ready()
                let database = subsystem.database(named: "Test")
                #expect(try await answer(database, 1).hasSuffix(#"[{"one":1}]"#))
                guard case .noGo(let rejected) = database?.query(QueryID(7)) else {
                    Issue.record("query 7 is not No-Go")
                    return
                }
                #expect(rejected.detail?.contains("absent") == true)
                #expect(database?.query(QueryID(8)) == nil)
            }).expectClean()
        let lines = harness.log.lines(of: "Database")
        #expect(lines.contains { $0.contains("No-Go: query 7") && $0.contains("no such table: absent") })
        #expect(lines.contains { $0.contains("8.sql:1:") })
    }

    @Test("one bad database is No-Go alone; when none can fly the subsystem is No-Go")
    func groundedDatabases() async throws {
        let bad = connection("Bad", database: "\(folder.path)/absent/x.db")
        let text = configuration(connection(), bad)
        let subsystem = try subsystem(text)
        let harness = try SubsystemHarness(subsystem, configuration: text)
        let record = try await harness.fly { flying async throws in
            await flying.ready()
            #expect(subsystem.databases.map(\.name) == ["Test"])
            #expect(subsystem.groundedReason(of: "Bad")?.contains("create it") == true)
        }
        try record.expectClean()
        try record.launch?.expectGo("Database")
        let alone = configuration(bad)
        let grounded = try SubsystemHarness(try self.subsystem(alone), configuration: alone)
        try (await grounded.fly()).launch?.expectNoGo("Database", because: "none of the 1 enabled databases can fly")
    }

    @Test("a migration that fails leaves the database starting, and the reason known")
    func failingMigration() async throws {
        try folder.write("INSERT INTO absent VALUES (1);", to: "migrations/0003_bad.sql")
        let text = configuration(connection())
        let subsystem = try subsystem(text)
        let harness = try SubsystemHarness(subsystem, configuration: text)
        let record = try await harness.fly { _ async throws in
            guard case .starting(let reason) = subsystem.database(named: "Test")?.phase else {
                Issue.record("the database is not starting")
                return
            }
            #expect(reason?.contains("migration 3 (bad) failed and was rolled back") == true)
        }
        try record.expectClean()
    }

    @Test("the Lead beats at every interval")
    func heartbeat() async throws {
        let text = configuration(connection())
        let harness = try SubsystemHarness(try subsystem(text), configuration: text)
        try
            (await harness.fly { flying async throws in
                await flying.ready()
                await harness.clock.advanceSleeper(of: .seconds(30))
                let line = "DQM-Test-00-L [Connected] - Active connections: 5, Queries processed: 0"
                #expect(await harness.log.line(beginning: line) != nil)
            }).expectClean()
    }

    @Test("a lost connection is replaced, and the database serves again")
    func recovery() async throws {
        try folder.write("-- id: 9\n-- name: Leave a transaction open\nBEGIN", to: "queries/9.sql")
        let text = configuration(connection())
        let subsystem = try subsystem(text)
        let harness = try SubsystemHarness(subsystem, configuration: text)
        try
            (await harness.fly { flying async throws in
                await flying.ready()
                let database = subsystem.database(named: "Test")
                _ = try await answer(database, 9)
                #expect(await harness.log.line(beginning: "DQM-Test-03-F [Reconnecting]") != nil)
                await eventually { database?.queues.allSatisfy(\.isConnected) == true }
                #expect(try await answer(database, 1) == #"DQM-Test-03-F: [{"one":1}]"#)
            }).expectClean()
    }

    @Test("a reload puts changed queries in use")
    func reload() async throws {
        let text = configuration(connection())
        let subsystem = try subsystem(text)
        let harness = try SubsystemHarness(subsystem, configuration: text)
        try
            (await harness.fly { flying async throws in
                await flying.ready()
                let database = subsystem.database(named: "Test")
                try folder.write("-- id: 1\n-- name: One\nSELECT 11 AS one", to: "queries/1.sql")
                #expect(await flying.reload(text).first == "RELOAD COMPLETE")
                #expect(try await answer(database, 1) == #"DQM-Test-03-F: [{"one":11}]"#)
            }).expectClean()
    }

    @Test("landing finishes what runs and says how much that was")
    func drainedLanding() async throws {
        try folder.write(
            """
            -- id: 5
            -- name: Slow
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT count(*) AS n FROM n
            """,
            to: "queries/5.sql"
        )
        let text = configuration(connection())
        let subsystem = try subsystem(text)
        let harness = try SubsystemHarness(subsystem, configuration: text)
        let outcomes = Journal<String>()
        let record = try await harness.fly { flying async throws in
            await flying.ready()
            guard let database = subsystem.database(named: "Test"), case .ready(let query) = database.query(QueryID(5))
            else {
                return
            }
            for _ in 0..<3 {
                database.submit(query, values: [], queue: .slow, timeLimit: .seconds(60)) { result in
                    outcomes.append((try? result.get()).map { String(buffer: $0.rows.body) } ?? "failed")
                }
            }
        }
        try record.expectClean()
        #expect(outcomes.entries == Array(repeating: #"[{"n":300000}]"#, count: 3))
        // How many had ended when the landing began is a matter of speed; none was stopped.
        let tally = record.landing?.review["Database"]?.tally
        #expect(tally == LandingTally(drained: tally?.drained ?? -1) && (0...3).contains(tally?.drained ?? -1))
    }

    // MARK: Preflight

    @Test("a preflight rehearses migrations and queries, and leaves no file behind")
    func preflight() async throws {
        try folder.write("-- id: 7\n-- name: Broken\nSELECT * FROM absent", to: "queries/7.sql")
        try folder.write(
            "-- id: 8\n-- parameters: after INTEGER = 0\n-- max_rows: 1\n-- page: after=nothing\nSELECT :after AS id",
            to: "queries/8.sql"
        )
        let text = configuration(connection())
        let record = await (try SubsystemHarness(try subsystem(text), configuration: text)).preflight()
        #expect(record.exitCode == .preflightNoGo)
        try record.launch?.expectFinding("Database", "Test: connected; migrations to apply: 2")
        try record.launch?.expectFinding("Database", "Test: 3 of 5 queries prepared")
        try record.launch?.expectFinding("Database", "Test: query 8 ")
        #expect(try folder.names().contains { $0.hasPrefix("Test.db") } == false)
    }
}

/// Run alone by `make test`: it counts what belongs to the whole process.
@Suite(
    .enabled(
        if: ProcessInfo.processInfo.environment["HYDROGEN_ALONE"] == "1",
        "make test runs it in a process of its own"
    )
)
struct ManyDatabaseFlightsTests {
    @Test("1,000 launches and landings with real connections and threads leave no descriptor and no thread behind")
    func flat() async throws {
        try await fly(times: 20)
        let before = try counts()
        try await fly(times: 1000)
        let after = try counts()
        #expect(after.descriptors.count == before.descriptors.count, "\(before.descriptors) then \(after.descriptors)")
        // The concurrency runtime may add a worker of its own, and the last worker thread may be on its way out.
        #expect(after.threads <= before.threads + 2)
    }

    private func fly(times: Int) async throws {
        let text =
            #"{ "Databases": { "Connections": [{ "Name": "Test", "Engine": "sqlite", "Database": ":memory:" }] } }"#
        let document = try ConfigurationDocument(
            parsing: Array(text.utf8),
            file: "test.json",
            files: .builtIn([:]),
            environment: [:]
        )
        for _ in 0..<times {
            let configuration = try document.decode(section: "Databases", DatabasesConfiguration.init).value
            let subsystem = DatabaseSubsystem(configuration, metrics: NOOPMetricsHandler.instance)
            try (await SubsystemHarness(subsystem, configuration: text).fly { await $0.ready() }).expectClean()
        }
    }

    private func counts() throws -> (descriptors: [String], threads: Int) {
        let files = FileManager.default
        return (
            try files.contentsOfDirectory(atPath: "/proc/self/fd").map { descriptor in
                let target = try? files.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)")
                return "\(descriptor) \(target ?? "closed")"
            },
            try files.contentsOfDirectory(atPath: "/proc/self/task").count
        )
    }
}
