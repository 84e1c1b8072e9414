import HydrogenCore
import HydrogenHost
import HydrogenTesting
import Launch
import Testing

@testable import DatabaseSubsystem

/// Databases whose queries another one has, in whole flights.
@Suite("Queries from a host", .timeLimit(.minutes(2)))
struct TwoTierTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write(
            """
            -- id: 900
            -- name: Queries of an application
            -- parameters: app STRING ['shop'|'crm'], scale INTEGER = 1
            -- tables: queries
            SELECT query_id * :scale AS query_id, sql_template, database_type FROM queries WHERE app = :app ORDER BY query_id
            """,
            to: "master/900.sql"
        )
        try folder.write(
            "-- id: 901\nINSERT INTO queries (query_id, app, sql_template) VALUES (9, 'x', 'y')",
            to: "master/901.sql"
        )
        try folder.write("-- id: 902\nSELECT * FROM absent", to: "master/902.sql")
        try folder.write(
            """
            CREATE TABLE queries (
                query_id INTEGER, app TEXT NOT NULL, sql_template TEXT NOT NULL, database_type TEXT);
            INSERT INTO queries VALUES (1, 'shop', 'SELECT 1 AS one', NULL), (2, 'shop', 'SELECT 2 AS two', 'sqlite'),
                (2, 'shop', 'SELECT 22 AS two', 'postgresql'), (3, 'crm', 'SELECT 3 AS three', NULL);
            """,
            to: "migrations/0001_queries.sql"
        )
        try folder.write("-- id: 7\nSELECT 7 AS seven", to: "shop/7.sql")
    }

    private func master(_ more: String = "") -> String {
        """
        { "Name": "Master", "Engine": "sqlite", "Database": "\(folder.path)/master.db",
          "Queries": "\(folder.path)/master", "Migrations": "\(folder.path)/migrations"\(more) }
        """
    }

    private func dependent(
        _ name: String = "Shop",
        host: String = "Master",
        query: Int = 900,
        params: String = #"{ "app": "shop" }"#,
        more: String = ""
    ) -> String {
        """
        { "Name": "\(name)", "Engine": "sqlite", "Database": ":memory:", "Queries": "\(folder.path)/shop"\(more),
          "Bootstrap": { "Host": "\(host)", "QueryID": \(query), "Params": \(params) } }
        """
    }

    private let plain = #"{ "Name": "Plain", "Engine": "sqlite", "Database": ":memory:" }"#

    @Test("they are there when the host is, whatever the order of the file, and the own folder adds to them")
    func flight() async throws {
        let flight = try DatabaseFlight(dependent() + "," + master())
        try await flight.fly { flying async throws in
            await flying.ready()
            #expect(try await flight.rows(1, of: "Shop") == #"[{"one":1}]"#)
            #expect(try await flight.rows(2, of: "Shop") == #"[{"two":2}]"#, "the row for the own engine")
            #expect(try await flight.rows(3, of: "Shop") == "no query 3", "the row of another application")
            #expect(try await flight.rows(7, of: "Shop") == #"[{"seven":7}]"#)
        }
        let lines = flight.harness.log.lines(of: "Database")
        #expect(!lines.contains { $0.contains("FAILED") || $0.contains("waits") }, "no noise at launch")
    }

    @Test("a chain of hosts comes up in its order")
    func chain() async throws {
        try folder.write("-- id: 900\nSELECT 5 AS query_id, 'SELECT 5 AS five' AS sql_template", to: "shop/900.sql")
        let flight = try DatabaseFlight(
            dependent("Last", host: "Shop", params: "{}", more: #", "x-a": 1"#).replacing(
                "\(folder.path)/shop",
                with: "\(folder.path)/none"
            )
                + "," + dependent() + "," + master()
        )
        _ = try folder.write("-- id: 6\nSELECT 6 AS six", to: "none/6.sql")
        try await flight.fly { flying async throws in
            await flying.ready()
            #expect(try await flight.rows(5, of: "Last") == #"[{"five":5}]"#)
            #expect(try await flight.rows(6, of: "Last") == #"[{"six":6}]"#)
        }
    }

    @Test("a host that is down delays those who need it, and nobody else; the reason names it")
    func delayed() async throws {
        try folder.write("INSERT INTO absent VALUES (1);", to: "migrations/0002_broken.sql")
        let flight = try DatabaseFlight(dependent() + "," + master() + "," + plain)
        try await flight.fly { _ async throws in
            await flight.harness.log.entry { $0.message.contains("Bootstrap: waits: needs Master") }
            await flight["Plain"]?.reachedReady.wait()
            guard case .starting(let reason) = flight["Shop"]?.phase else {
                Issue.record("Shop is \(String(describing: flight["Shop"]?.phase))")
                return
            }
            #expect(reason?.hasPrefix("needs Master, which is starting: migration 2 (broken) failed") == true)
            try folder.write("UPDATE queries SET app = 'shop' WHERE query_id = 3;", to: "migrations/0002_broken.sql")
            await flight.advance(until: "Shop")
            #expect(try await flight.rows(3, of: "Shop") == #"[{"three":3}]"#)
        }
        let waits = flight.harness.log.lines(of: "Database").filter { $0.contains("Bootstrap: waits") }
        #expect(waits.count == 1)
    }

    @Test("a host that is No-Go grounds those who need it, with its reason")
    func grounded() async throws {
        let bad = #"{ "Name": "Master", "Engine": "sqlite", "Database": "/absent/x/y.db" }"#
        let flight = try DatabaseFlight(dependent() + "," + bad + "," + plain)
        try await flight.fly { flying async throws in
            await flying.ready()
            #expect(flight.subsystem.databases.map(\.name) == ["Plain"])
            let reason = flight.subsystem.groundedReason(of: "Shop")
            #expect(reason?.hasPrefix("needs Master, which is No-Go: ") == true, "\(reason ?? "")")
        }
    }

    @Test(
        "a query that cannot give them leaves the database starting, with the reason",
        arguments: [
            (899, #"{ "app": "shop" }"#, "needs query 899 of Master, which is not among its queries"),
            (901, "{}", "needs query 901 of Master, but it may write; a bootstrap only reads"),
            (902, "{}", "needs query 902 of Master, which is No-Go: preparing: the database refused the statement"),
            (900, "{}", "needs query 900 of Master, but Bootstrap.Params do not fit: missing: app(STRING)"),
            (
                900, #"{ "app": "hr" }"#,
                "needs query 900 of Master, but Bootstrap.Params do not fit: app should be one of"
            ),
            (
                900, #"{ "app": "shop", "scale": "x" }"#,
                "needs query 900 of Master, but Bootstrap.Params do not fit: scale(string) should be scale(INTEGER)"
            ),
        ] as [(Int, String, String)]
    )
    func wrongQuery(id: Int, params: String, expected: String) async throws {
        let flight = try DatabaseFlight(dependent(query: id, params: params) + "," + master())
        try await flight.fly { _ async throws in
            await flight.harness.log.entry { $0.message.contains("Start sequence: FAILED") }
            guard case .starting(let reason) = flight["Shop"]?.phase else {
                Issue.record("Shop is not starting")
                return
            }
            #expect(reason?.hasPrefix(expected) == true, "\(reason ?? "none")")
            await flight["Master"]?.reachedReady.wait()
        }
    }

    @Test("a preflight asks the host, chains included, and creates nothing")
    func preflight() async throws {
        let flight = try DatabaseFlight(dependent() + "," + master())
        let record = await flight.harness.preflight()
        try record.launch?.expectFinding("Database", "Shop: queries come from query 900 of Master")
        try record.launch?.expectFinding("Database", "Shop: 3 of 3 queries prepared")
        #expect(try !folder.names().contains { $0.hasPrefix("master.db") })
        let wrong = try DatabaseFlight(dependent(query: 899) + "," + master())
        let refused = await wrong.harness.preflight()
        try refused.launch?.expectFinding("Database", "Shop: needs query 899 of Master, which is not among its queries")
    }

    // MARK: Reload

    @Test("a reload asks the host's new query, and keeps what was where the new one fails")
    func reload() async throws {
        let flight = try DatabaseFlight(dependent() + "," + master() + "," + plain)
        try await flight.fly { flying async throws in
            await flying.ready()
            let before = flight["Shop"]?.table.version
            try folder.write(
                """
                -- id: 900
                -- parameters: app STRING
                SELECT query_id + 10 AS query_id, sql_template FROM queries WHERE app = :app AND query_id = 1
                """,
                to: "master/900.sql"
            )
            let outcomes = await flight.subsystem.reloadQueries()
            #expect(outcomes.map(\.database) == ["Master", "Plain", "Shop"], "hosts come first")
            #expect(outcomes.map(\.reloaded) == [true, true, true])
            #expect(outcomes.map(\.changed) == [true, false, true])
            #expect(
                outcomes.last?.version == flight["Shop"]?.table.versionText && flight["Shop"]?.table.version != before
            )
            #expect(try await flight.rows(11, of: "Shop") == #"[{"one":1}]"#)
            #expect(try await flight.rows(1, of: "Shop") == "no query 1")

            // The host's query is gone: the host is reloaded, and the other keeps what it had.
            try folder.write("-- id: 900\nSELECT * FROM nothing", to: "master/900.sql")
            let failed = await flight.subsystem.reloadQueries()
            #expect(failed.map(\.reloaded) == [true, true, false])
            #expect(failed.last?.reason?.hasPrefix("needs query 900 of Master, which is No-Go") == true)
            #expect(failed.last?.total == 2 && failed.last?.version == outcomes.last?.version)
            #expect(try await flight.rows(11, of: "Shop") == #"[{"one":1}]"#)
            #expect(await flight.harness.log.entry { $0.message.contains("Queries NOT reloaded, as asked") } != nil)

            // By SIGHUP it is all or nothing.
            let report = await flying.reload(flight.text)
            #expect(report.first == "RELOAD REFUSED" && report.contains { $0.contains("Shop: needs query 900") })
        }
    }

    @Test("one database is reloaded by its name; none for a name that nobody has")
    func reloadOfOne() async throws {
        let flight = try DatabaseFlight(dependent() + "," + master())
        try await flight.fly { flying async throws in
            await flying.ready()
            try folder.write("-- id: 7\nSELECT 77 AS seven", to: "shop/7.sql")
            #expect(await flight.subsystem.reloadQueries(of: "Nobody").isEmpty)
            #expect(await flight.subsystem.reloadQueries(of: "Master").map(\.changed) == [false])
            #expect(try await flight.rows(7, of: "Shop") == #"[{"seven":7}]"#)
            #expect(await flight.subsystem.reloadQueries(of: "Shop").map(\.changed) == [true])
            #expect(try await flight.rows(7, of: "Shop") == #"[{"seven":77}]"#)
        }
    }

    @Test("many reloads at once run one after the other, and the last one to begin wins")
    func concurrentReloads() async throws {
        let flight = try DatabaseFlight(dependent() + "," + master())
        try await flight.fly { flying async throws in
            await flying.ready()
            await withDiscardingTaskGroup { group in
                for _ in 0..<20 {
                    group.addTask { [subsystem = flight.subsystem] in
                        #expect(await subsystem.reloadQueries().allSatisfy(\.reloaded))
                    }
                }
            }
            #expect(try await flight.rows(1, of: "Shop") == #"[{"one":1}]"#)
        }
    }

    @Test("however many ask for the same reload while one runs, they share the next")
    func sharedReloads() async throws {
        let flight = try DatabaseFlight(dependent() + "," + master())
        try await flight.fly { flying async throws in
            await flying.ready()
            let (begun, end) = (Latch(), Latch())
            let start = flight.harness.log.entries.count
            await withDiscardingTaskGroup { group in
                group.addTask { [turnstile = flight.subsystem.turnstile] in
                    _ = await turnstile.pass(for: .prepared) {
                        begun.open()
                        await end.wait()
                        return QueryReload.Run()
                    }
                }
                await begun.wait()
                for _ in 0..<100 {
                    group.addTask { [subsystem = flight.subsystem] in
                        #expect(await subsystem.reloadQueries().map(\.database) == ["Master", "Shop"])
                    }
                }
                while flight.subsystem.turnstile.waitingCount < 100 { await Task.yield() }
                end.open()
            }
            let told = flight.harness.log.entries[start...].filter { $0.message.contains("Queries reloaded, as asked") }
            #expect(told.count == 2, "one run over two databases")
        }
    }
}
