import CoreMetrics
import Foundation
import HydrogenCore
import HydrogenHost
import HydrogenTesting
import Landing
import NIOCore
import Testing

@testable import DatabaseSubsystem

/// Whole flights of the subsystem with a real PostgreSQL.
@Suite("A PostgreSQL database in flight", PostgreSQLServer.isThere, .timeLimit(.minutes(2)))
struct PostgreSQLDatabaseTests {
    private let folder: TemporaryFolder
    private let schema = "f\(UInt64.random(in: 0...UInt64.max))"

    init() throws {
        folder = try TemporaryFolder()
        let queries = [
            "SELECT 1 AS one", "-- parameters: s FLOAT\nSELECT pg_sleep(:s), :s AS slept",
            "-- parameters: a INTEGER\nINSERT INTO items (a) VALUES (:a) RETURNING a",
            "SELECT count(*) AS n FROM items",
            "-- parameters: a INTEGER\n-- writes: true\nSELECT nextval('items_id_seq') > 0 AS more, :a AS a",
            "-- parameters: a INTEGER\nSELECT :a AS a",
        ]
        for (number, sql) in zip(1..., queries) {
            try folder.write("-- id: \(number)\n\(sql)", to: "queries/\(number).sql")
        }
        try folder.write(
            "CREATE TABLE items (id serial PRIMARY KEY, a bigint NOT NULL);",
            to: "migrations/0001_items.sql"
        )
    }

    private func configuration(_ more: String = "") -> String {
        """
        { "Databases": { "HeartbeatIntervalSeconds": 3600, "ScaleDownAfterSeconds": 1, "Connections": [
          { "Name": "Test", "Engine": "postgresql", "ConnectionString": "\(PostgreSQLServer.url ?? "")", "Schema": "\(schema)",
            "Queries": "\(folder.path)/queries", "Migrations": "\(folder.path)/migrations" \(more) } ] } }
        """
    }

    private func databases(_ more: String) throws -> DatabasesConfiguration {
        let owner = try PostgreSQLTestSession()
        try owner.connection.run("CREATE SCHEMA \(schema)")
        let text = configuration(more)
        let document = try ConfigurationDocument(
            parsing: Array(text.utf8),
            file: "test.json",
            files: .builtIn([:]),
            environment: [:]
        )
        return try document.decode(section: "Databases", DatabasesConfiguration.init).value
    }

    /// A whole flight, whose time stands still.
    private func fly(_ more: String = "", _ body: (Database) async throws -> Void) async throws -> FlightRecord {
        let subsystem = DatabaseSubsystem(try databases(more), metrics: NOOPMetricsHandler.instance)
        let harness = try SubsystemHarness(subsystem, configuration: configuration(more))
        return try await harness.fly { flying async throws in
            await flying.ready()
            try await body(try #require(subsystem.database(named: "Test")))
        }
    }

    /// A database with its Lead, in real time: the server's time does not stand still.
    private func live(_ more: String = "", _ body: (Database, CapturedLog) async throws -> Void) async throws {
        let configuration = try databases(more)
        let log = CapturedLog()
        let database = try Database(
            configuration.connections[0],
            clock: ContinuousClock(),
            metrics: NOOPMetricsHandler.instance
        )
        database.loadDefinitions()
        try database.lead.start()
        let conductor = Conductor()
        let lead = Lead(
            database,
            timing: Lead.Timing(heartbeatInterval: .seconds(3600), scaleDownHold: configuration.scaleDownHold),
            logger: log.logger,
            firstAttempt: conductor.firstAttempt
        )
        try await withThrowingTaskGroup { group in
            group.addTask { await conductor.run(lead) }
            await database.reachedReady.wait()
            let result = await Result.of { try await body(database, log) }
            await conductor.stop()
            for queue in database.allQueues.reversed() { await queue.close() }
            try result.get()
        }
    }

    private func run(_ database: Database, _ id: Int, _ value: ParameterValue.Content? = nil, _ tag: QueueTag = .fast)
        async throws
        -> QueryAnswer
    {
        guard case .ready(let query) = database.query(QueryID(id)) else {
            throw DatabaseError(.refused, "no query \(id)")
        }
        let values = value.map { [ParameterValue(type: query.template.parameters[0].type, content: $0)] } ?? []
        return try await database.run(query, values: values, queue: tag, timeLimit: .seconds(30))
    }

    @Test("it migrates, serves from every queue, and lands without a session left")
    func flight() async throws {
        let record = try await fly { database in
            #expect(
                database.queues.map(\.label.description) == [
                    "DQM-Test-00-L", "DQM-Test-01-S", "DQM-Test-02-M", "DQM-Test-03-F", "DQM-Test-04-C",
                ]
            )
            for (tag, label) in [(QueueTag.slow, "01-S"), (.medium, "02-M"), (.fast, "03-F"), (.cache, "04-C")] {
                let answer = try await run(database, 1, nil, tag)
                #expect(String(buffer: answer.rows.body) == #"[{"one":1}]"#)
                #expect(answer.queue.description == "DQM-Test-\(label)")
            }
        }
        try record.expectClean()
        #expect(record.landing?.review.total.sessionsLeft == 0)
    }

    @Test("what writes, or says so, goes to a medium queue whoever asks for a fast one")
    func writes() async throws {
        _ = try await fly { database in
            let insert = try await run(database, 3, .integer(7), .fast)
            #expect(String(buffer: insert.rows.body) == #"[{"a":7}]"#)
            #expect(insert.rows.affectedRows == 1)
            #expect(insert.queue.description == "DQM-Test-02-M")
            #expect(try await run(database, 5, .integer(1), .cache).queue.description == "DQM-Test-02-M")
            #expect(String(buffer: try await run(database, 4).rows.body) == #"[{"n":1}]"#)
        }
    }

    @Test("a read that outgrows the fast queue runs again on medium, and after two goes there at once")
    func outgrown() async throws {
        _ = try await fly(#", "FastTimeoutMilliseconds": 100"#) { database in
            for _ in 0..<2 {
                let answer = try await run(database, 2, .float(0.3))
                #expect(answer.queue.description == "DQM-Test-02-M")
                #expect(String(buffer: answer.rows.body) == #"[{"pg_sleep":"","slept":0.3}]"#)
            }
            let fast = try #require(database.queues.first { $0.number == 3 })
            let before = fast.statistics
            #expect(try await run(database, 2, .float(0.001)).queue.description == "DQM-Test-02-M")
            #expect(fast.statistics == before)
        }
    }

    @Test("children are spawned under load and given up after it, the tags add up, and nothing is lost")
    func scaling() async throws {
        try await live(#", "Queues": { "Medium": { "Min": 0, "Max": 3 } }"#) { database, log in
            let isFull = Latch()
            let answered = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<24 {
                    group.addTask {
                        var answers = 0
                        while !isFull.isOpen, !Task.isCancelled {
                            let rows = try await run(database, 2, .float(0.05), .medium).rows
                            #expect(String(buffer: rows.body) == #"[{"pg_sleep":"","slept":0.05}]"#)
                            #expect(database.queues.reduce(TagSet()) { $0.union($1.label.tags) } == .all)
                            answers += 1
                        }
                        return answers
                    }
                }
                #expect(
                    await log.entry { $0.message.contains("Scaled up: Medium queues 3 of at most 3") } != nil
                )
                isFull.open()
                return try await group.reduce(0, +)
            }
            #expect(
                await log.entry {
                    $0.message.contains("Scaled down: Medium queues 0 of at most 3, Lead is DQM-Test-00-LM")
                } != nil
            )
            #expect(database.lead.label.description == "DQM-Test-00-LM")
            #expect(database.statistics.processed == answered)
        }
    }

    @Test(
        "sessions that the server ends are replaced while queries go on, and no answer is another's",
        arguments: [5, 6] as [UInt64]
    )
    func terminated(seed: UInt64) async throws {
        try await live { database, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in 0..<8 {
                    group.addTask {
                        for number in 0..<60 {
                            let nonce = Int64(client * 1000 + number)
                            do {
                                // Reads in the pipeline, and writes one at a time.
                                let (id, tag) = [(6, QueueTag.fast), (5, .medium), (5, .slow)][number % 3]
                                let answer = try await run(database, id, .integer(nonce), tag)
                                #expect(String(buffer: answer.rows.body).contains("\"a\":\(nonce)}"), "seed \(seed)")
                            } catch let error as DatabaseError {
                                #expect(error.isRetryable, "seed \(seed): \(String(reflecting: error))")
                                await Task.yield()
                            }
                        }
                    }
                }
                group.addTask { try await Self.terminateSessions(of: database, times: 10, seed: seed) }
                try await group.waitForAll()
            }
            await eventually { database.phase == .ready && database.queues.allSatisfy(\.isConnected) }
            #expect(String(buffer: try await run(database, 1).rows.body) == #"[{"one":1}]"#)
        }
    }

    @Test("servers that launch at once take turns in migrating")
    func takingTurns() async throws {
        let owner = try PostgreSQLTestSession()
        let schema = owner.schema
        let migrations = try MigrationFolder.load("\(folder.path)/migrations", files: .folder("/"))
        let applied = await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let outcome = await WorkerThread.result(named: "launch") { () throws(DatabaseError) -> Int? in
                        let label = QueueLabel(database: "Test", number: 1, tags: .all)
                        let connection = try PostgreSQLServer.engine(schema: schema).connect(
                            as: label,
                            abort: .never
                        )
                        defer { connection.close() }
                        return try MigrationRunner(connection).apply(migrations).count
                    }
                    return try? outcome.get()
                }
            }
            return await group.reduce(into: [Int]()) { counts, count in counts.append(count ?? -1) }
        }
        #expect(applied.sorted() == [0, 0, 0, 1])
    }

    /// Ends a random session of the database, several times.
    private static func terminateSessions(of database: Database, times: Int, seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<times {
            let processes = database.queues.compactMap(\.sessionID)
            guard let process = processes.randomElement(using: &generator) else { continue }
            let outcome = await WorkerThread.result(named: "killer") { () throws(DatabaseError) in
                let connection = try PostgreSQLServer.engine().connectForRehearsal()
                defer { connection.close() }
                try connection.run("SELECT pg_terminate_backend(\(process))")
            }
            _ = try outcome.get()
        }
    }
}

extension Result where Success == Void, Failure == any Error {
    /// What a body came to.
    fileprivate static func of(_ body: () async throws -> Void) async -> Self {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}
