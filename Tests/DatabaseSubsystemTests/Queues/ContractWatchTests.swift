import HydrogenCore
import HydrogenHost
import HydrogenTesting
import Launch
import Testing

@testable import DatabaseSubsystem

/// What a changed schema does to queries in flight, on real databases.
@Suite("Queries whose tables change", .timeLimit(.minutes(2)))
struct ContractWatchTests {
    private static let kinds = PostgreSQLServer.url == nil ? ["sqlite"] : ["sqlite", "postgresql"]

    private final class Ground: Sendable {
        let folder: TemporaryFolder
        private let kind: String
        private let schema = "c\(UInt64.random(in: 0...UInt64.max))"

        init(_ kind: String) throws {
            self.kind = kind
            folder = try TemporaryFolder()
            if kind == "postgresql" {
                try PostgreSQLTestSession().connection.run("CREATE SCHEMA \(schema)")
            }
            try folder.write("-- id: 1\nSELECT id, total FROM orders ORDER BY id", to: "queries/1.sql")
            try folder.write("-- id: 2\nSELECT count(*) AS n FROM orders", to: "queries/2.sql")
            try write("CREATE TABLE orders (id INTEGER PRIMARY KEY, total NUMERIC)")
        }

        func flight(_ more: String = "") throws -> DatabaseFlight {
            let place =
                kind == "postgresql"
                ? #""Engine": "postgresql", "ConnectionString": "\#(PostgreSQLServer.url ?? "")", "Schema": "\#(schema)""#
                : #""Engine": "sqlite", "Database": "\#(folder.path)/shop.db""#
            return try DatabaseFlight(
                """
                { "Name": "Shop", \(place), "Queries": "\(folder.path)/queries",
                  "Workers": { "Slow": 0, "Medium": 0, "Fast": 1, "Cache": 0 }\(more) }
                """
            )
        }

        /// Changes the database as another process would.
        func write(_ sql: String...) throws {
            let writer =
                kind == "postgresql"
                ? try PostgreSQLTestSession(schema: schema).connection : try sqliteWriter("\(folder.path)/shop.db")
            defer { writer.close() }
            try writer.transact(sql)
        }

        func remake(total type: String) throws {
            try write("DROP TABLE orders", "CREATE TABLE orders (id INTEGER PRIMARY KEY, total \(type))")
        }

        /// How the engine spells a type.
        func spelled(_ type: String) -> String { kind == "postgresql" ? type.lowercased() : type }

        /// What a changed type of the column is told as.
        var change: String {
            "column 2 was total \(spelled("NUMERIC")), is total \(spelled("TEXT")); reload the queries (SIGHUP or POST /api/system/reload) to accept it"
        }
    }

    @Test("the changed one alone is No-Go, at a heartbeat; good again when it is what it was", arguments: kinds)
    func heartbeat(kind: String) async throws {
        let ground = try Ground(kind)
        let flight = try ground.flight()
        try await flight.fly { flying async throws in
            await flying.ready()
            let version = flight["Shop"]?.table.version
            try ground.remake(total: "TEXT")
            await flight.advance(until: "No-Go: query 1", of: "Shop")
            #expect(try await flight.rows(1, of: "Shop") == "No-Go: \(ground.change)")
            #expect(try await flight.rows(2, of: "Shop") == #"[{"n":0}]"#)
            let start = flight.harness.log.entries.count
            try ground.remake(total: "NUMERIC")
            await flight.advance(until: "Go: query 1 can be used again", of: "Shop", from: start)
            #expect(try await flight.rows(1, of: "Shop") == "[]")
            #expect(flight["Shop"]?.table.version == version, "no template has changed")
        }
        let told = flight.harness.log.lines(of: "Database").filter { $0.contains("No-Go: query 1") }
        #expect(told.count == 1)
    }

    @Test("an operator's reload accepts what it is now", arguments: kinds)
    func accepted(kind: String) async throws {
        let ground = try Ground(kind)
        let flight = try ground.flight()
        try await flight.fly { flying async throws in
            await flying.ready()
            try ground.remake(total: "TEXT")
            await flight.advance(until: "No-Go: query 1", of: "Shop")
            #expect(await flight.subsystem.reloadQueries().map(\.ready) == [2])
            #expect(try await flight.rows(1, of: "Shop") == "[]")
            // What counts from now on is the new one.
            let start = flight.harness.log.entries.count
            try ground.remake(total: "NUMERIC")
            await flight.advance(until: "No-Go: query 1", of: "Shop", from: start)
        }
    }

    @Test("an acceptance that comes too late for its table counts for the one that is in use", arguments: kinds)
    func lateAcceptance(kind: String) async throws {
        let ground = try Ground(kind)
        let flight = try ground.flight()
        try await flight.fly { flying async throws in
            await flying.ready()
            try ground.remake(total: "TEXT")
            await flight.advance(until: "No-Go: query 1", of: "Shop")
            let start = flight.harness.log.entries.count
            let reload = try await flight.subsystem.prepareReload(flight.document)
            let shop = try #require(flight["Shop"])
            #expect(await flight.subsystem.reload([shop], because: .change).outcomes.map(\.ready) == [1])
            reload.apply()
            await flight.said("a later load of them is in use; the contracts", by: "Shop", from: start)
            await flight.advance(until: "Go: query 1 can be used again", of: "Shop", from: start)
            #expect(try await flight.rows(1, of: "Shop") == "[]")
            #expect(await flight.subsystem.reload([shop], because: .change).outcomes.map(\.ready) == [2])
        }
    }

    @Test("a load that was begun before an acceptance does not undo it", arguments: kinds)
    func olderContracts(kind: String) async throws {
        let ground = try Ground(kind)
        let flight = try ground.flight()
        try await flight.fly { flying async throws in
            await flying.ready()
            try ground.remake(total: "TEXT")
            await flight.advance(until: "No-Go: query 1", of: "Shop")
            let shop = try #require(flight["Shop"])
            let reload = try await flight.subsystem.prepareReload(flight.document)
            let older = try await StartSequence(shop).buildTable()
            reload.apply()
            guard case .outdated = shop.publish(older) else {
                Issue.record("what was compared with the old contracts is in use")
                return
            }
            #expect(try await flight.rows(1, of: "Shop") == "[]")
            guard case .replaced = shop.publish(try await StartSequence(shop).buildTable()) else {
                Issue.record("what was made again is not in use")
                return
            }
            #expect(try await flight.rows(1, of: "Shop") == "[]")
        }
    }

    @Test("a call that fails for it has all looked at, at once", arguments: kinds)
    func failedPlan(kind: String) async throws {
        let ground = try Ground(kind)
        let flight = try ground.flight()
        try await flight.fly { flying async throws in
            await flying.ready()
            try ground.write("ALTER TABLE orders RENAME COLUMN total TO sum")
            await #expect(throws: DatabaseError.self) { try await flight.rows(1, of: "Shop") }
            // No time passes.
            await flight.said("No-Go: query 1", by: "Shop")
            #expect(try await flight.rows(2, of: "Shop") == #"[{"n":0}]"#)
            let start = flight.harness.log.entries.count
            try ground.write("ALTER TABLE orders RENAME COLUMN sum TO total")
            await flight.advance(until: "Go: query 1 can be used again", of: "Shop", from: start)
        }
    }

    @Test("a result of other columns than before is noticed when it comes", PostgreSQLServer.isThere)
    func stalePlan() async throws {
        let ground = try Ground("postgresql")
        let flight = try ground.flight()
        try await flight.fly { flying async throws in
            await flying.ready()
            #expect(try await flight.rows(1, of: "Shop") == "[]")
            try ground.write("ALTER TABLE orders ALTER COLUMN total TYPE text")
            #expect(try await flight.rows(1, of: "Shop") == "[]", "the caller notices nothing yet")
            await flight.said("No-Go: query 1", by: "Shop")
            #expect(try await flight.rows(1, of: "Shop") == "No-Go: \(ground.change)")
        }
    }

    @Test("the change feed sees another schema of SQLite within its interval")
    func feed() async throws {
        let ground = try Ground("sqlite")
        try ground.write("CREATE TABLE other (id INTEGER PRIMARY KEY)")
        let flight = try ground.flight(
            #", "Triggers": { "Tables": ["other"], "PollIntervalMilliseconds": 10 }"#
        )
        try await flight.fly { flying async throws in
            await flying.ready()
            await flight.harness.log.entry { $0.message.contains("Change feed: live") }
            try ground.remake(total: "TEXT")
            await flight.advance(until: "No-Go: query 1", of: "Shop")
        }
    }

    @Test("a file keeps contracts from launch to launch; another template has another", arguments: kinds)
    func file(kind: String) async throws {
        let ground = try Ground(kind)
        let file = #", "ContractFile": "\#(ground.folder.path)/contracts.json""#
        func launch(_ body: (DatabaseFlight) async throws -> Void) async throws {
            let flight = try ground.flight(file)
            try await flight.fly { flying async throws in
                await flying.ready()
                try await body(flight)
            }
        }
        try await launch { flight async throws in #expect(try await flight.rows(1, of: "Shop") == "[]") }
        #expect(try ground.folder.names().contains("contracts.json"))
        try ground.remake(total: "TEXT")
        try await launch { flight async throws in
            #expect(try await flight.rows(1, of: "Shop") == "No-Go: \(ground.change)")
        }
        // A rehearsal says the same.
        let rehearsal = await (try ground.flight(file)).harness.preflight()
        try rehearsal.launch?.expectFinding("Database", ground.change)
        try ground.folder.write("-- id: 1\nSELECT total, id FROM orders ORDER BY id", to: "queries/1.sql")
        try await launch { flight async throws in #expect(try await flight.rows(1, of: "Shop") == "[]") }
        let bad = try ground.flight(#", "ContractFile": "\#(ground.folder.path)/absent/contracts.json""#)
        let record = await bad.harness.preflight()
        #expect(bad.subsystem.configuration.connections.first?.contractFile?.obstacle != nil)
        try record.launch?.expectNoGo("Database", because: "none of the 1 enabled databases can fly")
    }
}
