import HydrogenCore
import HydrogenHost
import HydrogenTesting
import Testing

@testable import DatabaseSubsystem

/// Queries that stand in tables whose changes are followed, in whole flights on real databases.
@Suite("Queries follow their table", .timeLimit(.minutes(2)))
struct QueryTableWatchTests {
    private static let kinds = PostgreSQLServer.url == nil ? ["sqlite"] : ["sqlite", "postgresql"]

    /// Two databases of one kind: the first has the queries of the second.
    private final class Ground: Sendable {
        let flight: DatabaseFlight
        private let folder: TemporaryFolder
        private let kind: String
        private let schema = "q\(UInt64.random(in: 0...UInt64.max))"

        init(_ kind: String, own: Bool, bootstrap: String = "") throws {
            self.kind = kind
            folder = try TemporaryFolder()
            try folder.write(
                """
                CREATE TABLE queries (query_id INTEGER PRIMARY KEY, sql_template TEXT NOT NULL);
                INSERT INTO queries VALUES (1, 'SELECT 1 AS one');
                """,
                to: "migrations/0001_queries.sql"
            )
            try folder.write(
                "-- id: 900\n-- tables: queries\nSELECT query_id, sql_template FROM queries",
                to: "master/900.sql"
            )
            let place: String
            if kind == "postgresql" {
                try PostgreSQLTestSession().connection.run("CREATE SCHEMA \(schema)")
                place =
                    #""Engine": "postgresql", "ConnectionString": "\#(PostgreSQLServer.url ?? "")", "Schema": "\#(schema)""#
            } else {
                place = #""Engine": "sqlite", "Database": "\#(folder.path)/master.db""#
            }
            let queues = #""Workers": { "Slow": 0, "Medium": 0, "Fast": 1, "Cache": 0 }"#
            let source = own ? #", "QueryTables": { "PrimaryTable": "queries" }"# : ""
            flight = try DatabaseFlight(
                """
                { "Name": "Master", \(place), \(queues), "Migrations": "\(folder.path)/migrations",
                  "Queries": "\(folder.path)/master"\(source)\(bootstrap),
                  "Triggers": { "Tables": ["queries"], "PollIntervalMilliseconds": 10 } },
                { "Name": "Shop", "Engine": "sqlite", "Database": ":memory:", \(queues),
                  "Bootstrap": { "Host": "Master", "QueryID": 900 } }
                """
            )
        }

        /// Changes the table as another process would.
        func write(_ sql: String) throws {
            let writer =
                kind == "postgresql"
                ? try PostgreSQLTestSession(schema: schema).connection : try sqliteWriter("\(folder.path)/master.db")
            defer { writer.close() }
            try writer.run(sql)
        }
    }

    @Test("a change of the host's table loads the queries of those who need it", arguments: kinds)
    func host(kind: String) async throws {
        let ground = try Ground(kind, own: false)
        let flight = ground.flight
        try await flight.fly { flying async throws in
            await flying.ready()
            await flight.harness.log.entry { $0.message.contains("Change feed: live") }
            let before = flight["Shop"]?.table.version
            try ground.write("INSERT INTO queries VALUES (2, 'SELECT 2 AS two')")
            await flight.advance(
                until: ": 2 of 2 queries ready, version",
                of: "Shop",
                from: 0
            )
            #expect(flight["Shop"]?.table.version != before)
            #expect(try await flight.rows(2, of: "Shop") == #"[{"two":2}]"#)
        }
    }

    @Test(
        "a change of the own table does, also beside a bootstrap of SQL",
        arguments: kinds,
        ["", #", "Bootstrap": { "SQL": "SELECT query_id + 10 AS query_id, sql_template FROM queries" }"#]
    )
    func own(kind: String, bootstrap: String) async throws {
        let ground = try Ground(kind, own: true, bootstrap: bootstrap)
        let flight = ground.flight
        try await flight.fly { flying async throws in
            await flying.ready()
            await flight.harness.log.entry { $0.message.contains("Change feed: live") }
            try ground.write("INSERT INTO queries VALUES (2, 'SELECT 2 AS two')")
            await flight.advance(
                until: ": 3 of 3 queries ready, version",
                of: "Master",
                from: 0
            )
            #expect(try await flight.rows(bootstrap.isEmpty ? 2 : 12, of: "Master") == #"[{"two":2}]"#)
        }
    }

    @Test("a reload that fails keeps the old queries, and the next change tries again")
    func failing() async throws {
        let ground = try Ground("sqlite", own: true)
        let flight = ground.flight
        try await flight.fly { flying async throws in
            await flying.ready()
            await flight.harness.log.entry { $0.message.contains("Change feed: live") }
            // The bootstrap finds no column that it needs; the triggers go on with the new name.
            try ground.write("ALTER TABLE queries RENAME COLUMN query_id TO number")
            let start = flight.harness.log.entries.count
            try ground.write("INSERT INTO queries VALUES (2, 'SELECT 2 AS two')")
            await flight.advance(until: "Queries NOT reloaded, as their table changed", of: "Shop", from: start)
            #expect(try await flight.rows(1, of: "Shop") == #"[{"one":1}]"#)
            try ground.write("ALTER TABLE queries RENAME COLUMN number TO query_id")
            try ground.write("INSERT INTO queries VALUES (3, 'SELECT 3 AS three')")
            await flight.advance(until: "Queries reloaded, as their table changed: 3 of 3", of: "Shop", from: start)
            #expect(try await flight.rows(3, of: "Shop") == #"[{"three":3}]"#)
        }
    }

    @Test("a change while a database recovers loads its queries when it serves again", arguments: ["Master", "Shop"])
    func recovering(name: String) async throws {
        let ground = try Ground("sqlite", own: true)
        let flight = ground.flight
        try await flight.fly { flying async throws in
            await flying.ready()
            await flight.harness.log.entry { $0.message.contains("Change feed: live") }
            let recovering = try #require(flight[name])
            let changes = try flight.subsystem.changes(of: "Master", tables: ["queries"])
            var events = changes.makeAsyncIterator()
            recovering.enter(.recovering(reason: "a test"))
            let start = flight.harness.log.entries.count
            try ground.write("INSERT INTO queries VALUES (2, 'SELECT 2 AS two')")
            while await events.next() == .gap {}
            if name == "Shop" {
                await flight.advance(
                    until: "Queries reloaded, as their table changed: 3 of 3",
                    of: "Master",
                    from: start
                )
            }
            #expect(try await flight.rows(2, of: "Shop") == "no query 2")
            recovering.enter(.ready)
            await flight.advance(until: "Queries reloaded, as their table changed: 2 of 2", of: "Shop", from: start)
            #expect(try await flight.rows(2, of: "Shop") == #"[{"two":2}]"#)
            #expect(try await flight.rows(2, of: "Master") == #"[{"two":2}]"#)
        }
    }

    @Test("other subsystems are told the changes, with their keys", arguments: kinds)
    func subscription(kind: String) async throws {
        let ground = try Ground(kind, own: true)
        let flight = ground.flight
        try await flight.fly { flying async throws in
            await flying.ready()
            let changes = try flight.subsystem.changes(of: "Master", tables: ["queries"])
            var events = changes.makeAsyncIterator()
            await flight.harness.log.entry { $0.message.contains("Change feed: live") }
            try ground.write("UPDATE queries SET sql_template = 'SELECT 11 AS one' WHERE query_id = 1")
            var event = await events.next()
            // One that came before the feed was live.
            if event == .gap { event = await events.next() }
            guard case .change(let change) = event else {
                Issue.record("\(String(describing: event))")
                return
            }
            #expect(change.operation == .update && change.table.hasSuffix("queries"))
            #expect(change.keys?.filter { $0 != " " } == #"[{"query_id":1}]"#)
            let other = #expect(throws: DatabaseError.self) {
                try flight.subsystem.changes(of: "Master", tables: ["queries", "other"])
            }
            #expect(other?.message.contains("does not follow other; name it in Triggers.Tables") == true)
            #expect(throws: DatabaseError.self) { try flight.subsystem.changes(of: "Shop", tables: ["queries"]) }
            #expect(throws: DatabaseError.self) { try flight.subsystem.changes(of: "Nobody", tables: ["queries"]) }
        }
    }

    @Test("a subscription ends when its database lands")
    func landing() async throws {
        let ground = try Ground("sqlite", own: true)
        let flight = ground.flight
        var changes: ChangeSubscription?
        try await flight.fly { flying async throws in
            await flying.ready()
            changes = try flight.subsystem.changes(of: "Master", tables: ["queries"])
        }
        for await event in try #require(changes) { #expect(event == .gap) }
    }
}
