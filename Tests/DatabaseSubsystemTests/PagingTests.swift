import CoreMetrics
import HydrogenCore
import HydrogenHost
import HydrogenTesting
import NIOCore
import Testing

@testable import DatabaseSubsystem

/// Walks over tables page by page, as callers do, on both engines.
@Suite("Pages", .timeLimit(.minutes(2)))
struct PagingTests {
    private static let rowCount = 10_000

    /// An engine of the tests.
    enum Engine: Sendable, CaseIterable {
        case sqlite
        case postgreSQL

        static var available: [Engine] { PostgreSQLServer.url == nil ? [.sqlite] : allCases }
    }

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write(
            """
            CREATE TABLE items (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, word TEXT, amount NUMERIC(9, 2) NOT NULL);
            WITH RECURSIVE counter(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < \(Self.rowCount))
            INSERT INTO items SELECT n * 10, n % 97, 'word ' || n, n / 4.0 FROM counter;
            """,
            to: "migrations/0001_items.sql"
        )
        let queries = [
            "-- parameters: after INTEGER = 0\n-- max_rows: 700\n-- page: after=id\n"
                + "SELECT id, kind FROM items WHERE id > :after ORDER BY id",
            "-- parameters: kind INTEGER = -1, after INTEGER = 0\n-- max_rows: 1000\n-- page: kind=kind, after=id\n"
                + "SELECT id, kind FROM items WHERE (kind, id) > (:kind, :after) ORDER BY kind, id",
            "-- parameters: skip INTEGER = 0\n-- max_rows: 999\n-- page: skip=+rows\n"
                + "SELECT id FROM items ORDER BY id LIMIT 1000 OFFSET :skip",
            "-- parameters: id INTEGER\nINSERT INTO items VALUES (:id, 0, 'late', 0)",
            "-- parameters: after STRING = '0'\n-- max_rows: 3000\n-- page: after=amount\n"
                + "SELECT id, amount FROM items WHERE amount > CAST(:after AS NUMERIC) ORDER BY amount",
            "-- parameters: after STRING = ''\n-- max_rows: 1\n-- page: after=word\n"
                + "SELECT 1 AS id, CAST(NULL AS TEXT) AS word WHERE :after <> 'x' UNION ALL SELECT 2, NULL",
            "-- parameters: after INTEGER\n-- max_rows: 1\n-- page: after=nothing\nSELECT :after AS id",
            "-- parameters: after INTEGER\n-- page: after=id\nSELECT :after AS id",
        ]
        for (number, sql) in zip(1..., queries) {
            try folder.write("-- id: \(number)\n\(sql)", to: "queries/\(number).sql")
        }
    }

    private func fly(_ engine: Engine, _ body: (Database) async throws -> Void) async throws {
        let place: String
        switch engine {
        case .sqlite: place = #""Engine": "sqlite", "Database": ":memory:""#
        case .postgreSQL:
            let schema = "p\(UInt64.random(in: 0...UInt64.max))"
            try PostgreSQLTestSession().connection.run("CREATE SCHEMA \(schema)")
            let url = PostgreSQLServer.url ?? ""
            place = #""Engine": "postgresql", "ConnectionString": "\#(url)", "Schema": "\#(schema)""#
        }
        let text = """
            { "Databases": { "HeartbeatIntervalSeconds": 3600, "Connections": [ { "Name": "Test", \(place),
              "Queries": "\(folder.path)/queries", "Migrations": "\(folder.path)/migrations" } ] } }
            """
        let document = try ConfigurationDocument(
            parsing: Array(text.utf8),
            file: "test.json",
            files: .builtIn([:]),
            environment: [:]
        )
        let subsystem = DatabaseSubsystem(
            try document.decode(section: "Databases", DatabasesConfiguration.init).value,
            metrics: NOOPMetricsHandler.instance
        )
        let harness = try SubsystemHarness(subsystem, configuration: text)
        _ = try await harness.fly { flying async throws in
            await flying.ready()
            try await body(try #require(subsystem.database(named: "Test")))
        }
    }

    private func page(
        _ query: PreparedQuery,
        of database: Database,
        _ parameters: String = "{}",
        _ tag: QueueTag = .medium
    ) async throws -> (ids: [Int], next: NextPage?) {
        var provided = ProvidedParameters()
        try provided.add(jsonBody: Array(parameters.utf8))
        let values = try query.template.bind(provided)
        let rows = try await database.run(query, values: values, queue: tag, timeLimit: .seconds(30)).rows
        let objects = try JSONParser(options: .strict).parse(rows.body.readableBytesView).value
        guard case .array(let nodes) = objects else { return ([], nil) }
        let ids = nodes.compactMap { node in
            if case .number(let text)? = node.value["id"]?.value { Int(text) } else { nil }
        }
        #expect(ids.count == rows.rowCount)
        return (ids, query.nextPage(after: rows, of: values))
    }

    /// All ids of all pages.
    private func walk(
        _ id: Int,
        in database: Database,
        _ tag: QueueTag,
        afterPage: ([Int]) async throws -> Void = { _ in }
    ) async throws -> [Int] {
        let query = try ready(id, of: database)
        var (ids, next) = try await page(query, of: database, "{}", tag)
        try await afterPage(ids)
        while let page = next {
            let (more, following) = try await self.page(query, of: database, page.json, tag)
            try await afterPage(more)
            ids += more
            next = following
        }
        return ids
    }

    private func ready(_ id: Int, of database: Database) throws -> PreparedQuery {
        guard case .ready(let query) = database.query(QueryID(id)) else {
            throw DatabaseError(.refused, "no query \(id)")
        }
        return query
    }

    private static let all = (1...rowCount).map { $0 * 10 }

    @Test(
        "a walk gives every row once, in order, whatever is inserted before it",
        arguments: Engine.available,
        [QueueTag.fast, .medium]
    )
    func keyset(engine: Engine, tag: QueueTag) async throws {
        try await fly(engine) { database in
            let insert = try ready(4, of: database)
            let ids = try await walk(1, in: database, tag) { page in
                guard let first = page.first else { return }
                _ = try await self.page(insert, of: database, "{\"id\":\(first - 5)}")
            }
            #expect(ids == Self.all)
        }
    }

    @Test("several columns are one key", arguments: Engine.available)
    func severalColumns(engine: Engine) async throws {
        try await fly(engine) { database in
            let ids = try await walk(2, in: database, .medium)
            #expect(ids == Self.all.sorted { ($0 / 10 % 97, $0) < ($1 / 10 % 97, $1) })
        }
    }

    @Test("an offset grows by the rows sent", arguments: Engine.available, [QueueTag.fast, .medium])
    func offset(engine: Engine, tag: QueueTag) async throws {
        try await fly(engine) { database in
            #expect(try await walk(3, in: database, tag) == Self.all)
            let query = try ready(3, of: database)
            #expect(try await page(query, of: database, #"{"skip":9000}"#).next?.json == #"{"skip":9999}"#)
            #expect(try await page(query, of: database, #"{"skip":9001}"#).next == nil)
        }
    }

    @Test("a decimal that a parameter takes as text is sent as text, exactly", arguments: Engine.available)
    func decimals(engine: Engine) async throws {
        try await fly(engine) { database in
            #expect(try await walk(5, in: database, .medium) == Self.all)
            let query = try ready(5, of: database)
            let next = try await page(query, of: database).next
            #expect(next?.json == (engine == .sqlite ? #"{"after":"750"}"# : #"{"after":"750.00"}"#))
        }
    }

    @Test("after NULL comes nothing; a query that cannot have pages is No-Go by itself", arguments: Engine.available)
    func faults(engine: Engine) async throws {
        try await fly(engine) { database in
            let unordered = try ready(6, of: database)
            #expect(try await page(unordered, of: database).next == nil)
            let reasons = [7, 8].map { id in
                if case .noGo(let query) = database.query(QueryID(id)) { query.reason } else { "ready" }
            }
            #expect(
                reasons[0]
                    == "page (\(folder.path)/queries/7.sql:4:10): the result has no column \"nothing\"; it has id"
            )
            #expect(
                reasons[1].hasSuffix("8.sql:3:10): nothing limits a page: set max_rows, or MaxRows of the connection")
            )
        }
    }
}
