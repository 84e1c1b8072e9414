import DatabaseSubsystem
import HydrogenCore
import HydrogenHost
import HydrogenTesting
import Logging
import NIOCore

@testable import WebSubsystem

/// A web server in flight before real databases, as the host flies it.
struct WebFixture: Sendable {
    let web: WebSubsystem
    let databases: DatabaseSubsystem
    let recorder: FlightRecorder
    let log: LogPipeline
    let metrics: MetricsRegistry
    let captured: CapturedLog
    fileprivate let sender: AsyncStream<FlightSignal>.Continuation

    /// The port of the server.
    var port: Int { web.port ?? 0 }

    /// The database that flies.
    var database: Database? { databases.database(named: "Kiosk") }

    /// What all its queues have done.
    var statistics: QueueStatistics {
        database?.queues.reduce(QueueStatistics()) { $0 + $1.statistics } ?? QueueStatistics()
    }

    /// Asks the flight to land, and goes on.
    func land() {
        sender.yield(.terminate)
    }

    /// Asks the flight to land, for the second time.
    func landAtOnce() {
        sender.yield(.terminate)
    }

    /// A second server beside the one that flies, with the same services.
    func another(_ configuration: WebServerConfiguration) -> WebSubsystem {
        WebSubsystem(
            configuration,
            api: APIConfiguration(),
            services: WebServices(
                serverName: "another",
                databases: databases,
                recorder: recorder,
                log: log,
                metrics: metrics,
                configuration: { "[]" }
            )
        )
    }

    /// Flies `configuration`, performs `body` when all is ready, and lands.
    @discardableResult
    static func fly(
        web configuration: String = #"{ "Port": 0 }"#,
        api: String = "{}",
        databases: String = WebFixture.connections,
        _ body: (WebFixture) async throws -> Void
    ) async throws -> FlightRecord {
        let (signals, sender) = AsyncStream<FlightSignal>.makeStream()
        let (fixture, flight) = try make(web: configuration, api: api, databases: databases, sender: sender)
        async let record = flight.fly(signals: signals)
        await fixture.captured.line(beginning: "READY FOR REQUESTS", label: "Host")
        do {
            try await body(fixture)
        } catch {
            sender.yield(.terminate)
            _ = await record
            throw error
        }
        sender.yield(.terminate)
        return await record
    }

    /// Checks `configuration` without launching anything.
    static func preflight(web configuration: String, api: String = "{}") async throws -> FlightRecord {
        let (_, sender) = AsyncStream<FlightSignal>.makeStream()
        let (_, flight) = try make(web: configuration, api: api, databases: connections, sender: sender)
        return await flight.preflight()
    }

    private static func make(
        web: String,
        api: String = "{}",
        databases: String,
        sender: AsyncStream<FlightSignal>.Continuation
    ) throws -> (WebFixture, Flight) {
        let text = #"{ "WebServer": \#(web), "API": \#(api), "Databases": { "Connections": [ \#(databases) ] } }"#
        let document = try ConfigurationDocument(
            parsing: Array(text.utf8),
            file: "test.json",
            files: .builtIn(files),
            environment: [:]
        )
        let log = LogPipeline(output: NoOutput())
        let metrics = MetricsRegistry()
        let recorder = FlightRecorder()
        let databases = DatabaseSubsystem(
            try document.decode(section: "Databases", DatabasesConfiguration.init).value,
            metrics: metrics
        )
        let web = WebSubsystem(
            try document.decode(section: "WebServer", WebServerConfiguration.init).value,
            api: try document.decode(section: "API", APIConfiguration.init).value,
            services: WebServices(
                serverName: "kiosk",
                databases: databases,
                recorder: recorder,
                log: log,
                metrics: metrics,
                configuration: { #"[{"path":"Server.Name"}]"# }
            )
        )
        let captured = CapturedLog()
        let fixture = WebFixture(
            web: web,
            databases: databases,
            recorder: recorder,
            log: log,
            metrics: metrics,
            captured: captured,
            sender: sender
        )
        return (fixture, flight([LoggingSubsystem(pipeline: log), databases, web], document, captured, recorder))
    }

    private static func flight(
        _ subsystems: [any Subsystem],
        _ document: ConfigurationDocument,
        _ captured: CapturedLog,
        _ recorder: FlightRecorder
    ) -> Flight {
        Flight(
            subsystems: subsystems,
            configuration: FlightConfiguration(document: document, reread: { document }, dump: \.file),
            logger: captured.logger,
            recorder: recorder
        )
    }
}

/// Takes every line and keeps none.
private struct NoOutput: LogOutput {
    let name = "no output"

    func write(_ bytes: UnsafeRawBufferPointer) -> LogWriteOutcome { .wrote(bytes.count) }
    func waitUntilWritable(milliseconds: Int) -> Bool { true }
}

// MARK: - The databases

extension WebFixture {
    /// One database that flies, and one that does not.
    static let connections = """
        { "Name": "Kiosk", "Engine": "sqlite", "Database": ":memory:", "Migrations": "migrations",
          "Queries": "queries" },
        { "Name": "Broken", "Engine": "sqlite", "Database": ":memory:", "Queries": "nowhere" }
        """

    /// The database that flies, with a limit of rows.
    static func limited(to rows: Int) -> String {
        """
        { "Name": "Kiosk", "Engine": "sqlite", "Database": ":memory:", "Migrations": "migrations", "Queries": "queries",
          "MaxRows": \(rows) }
        """
    }

    /// The same with one queue that holds at most one waiting query.
    static let narrow = """
        { "Name": "Kiosk", "Engine": "sqlite", "Database": ":memory:", "Migrations": "migrations", "Queries": "queries",
          "MaxQueueDepth": 1, "Workers": { "Slow": 0, "Medium": 0, "Fast": 0, "Cache": 0 } }
        """

    /// A database with one query for each type of parameter, numbers 40 to 48.
    static let echoes = #"{ "Name": "Kiosk", "Engine": "sqlite", "Database": ":memory:", "Queries": "echoes" }"#

    /// A PostgreSQL of the tests; its queries are those of another folder.
    static func postgreSQL(_ url: String, queries: String = "postgresql", _ more: String = "") -> String {
        """
        { "Name": "Kiosk", "Engine": "postgresql", "ConnectionString": "\(url)", "Queries": "\(queries)" \(more) }
        """
    }

    /// Never ends by itself.
    private static let endless = """
        WITH RECURSIVE counter(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter) SELECT max(n) AS last FROM counter
        """

    /// One query for each type of parameter, which returns the value as it came.
    private static func echoes(in folder: String) -> [String: String] {
        let types = ["STRING", "TEXT", "INTEGER", "FLOAT", "BOOLEAN", "DATE", "TIME", "DATETIME", "TIMESTAMP"]
        return Dictionary(
            uniqueKeysWithValues: zip(types, 40...).map { type, id in
                let sql = "SELECT :v AS v, 0 AS n"
                return ("\(folder)/\(id).sql", "-- id: \(id)\n-- name: \(type)\n-- parameters: v \(type)\n\(sql)")
            }
        )
    }

    private static let files = echoes(in: "echoes").merging(fixed) { first, _ in first }

    private static let fixed = [
        "migrations/0001_notes.sql": "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL);",
        "queries/01.sql": "-- id: 1\n-- name: Echo\n-- parameters: id INTEGER\nSELECT :id AS id",
        "queries/02.sql": "-- id: 2\n-- name: Word\n-- parameters: word STRING\nSELECT :word AS word",
        "queries/03.sql":
            "-- id: 3\n-- name: Add\n-- tables: notes\n-- parameters: id INTEGER, text STRING\nINSERT INTO notes VALUES (:id, :text)",
        "queries/04.sql":
            "-- id: 4\n-- name: Note\n-- parameters: id INTEGER\nSELECT id, text FROM notes WHERE id = :id",
        "queries/05.sql": "-- id: 5\n-- name: Missing\nSELECT * FROM missing",
        "queries/06.sql": "-- id: 6\n-- name: Hidden\n-- access: protected\nSELECT 1 AS one",
        "queries/07.sql": "-- id: 7\n-- name: Endless\n\(endless)",
        "queries/08.sql": "-- id: 8\n-- name: Endless, but for a second\n-- timeout: 1\n\(endless)",
        "queries/09.sql": "-- id: 9\n-- name: One\nSELECT 1 AS one",
        "queries/10.sql": """
        -- id: 10
        -- name: Many
        -- parameters: count INTEGER
        WITH RECURSIVE counter(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < :count)
        SELECT n, 'row number ' || n AS text FROM counter
        """,
        "queries/11.sql":
            "-- id: 11\n-- name: Count\n-- cache: 60\n-- tables: notes\nSELECT count(*) AS n FROM notes",
        "queries/13.sql":
            "-- id: 13\n-- name: Endless write\nINSERT INTO notes SELECT last, 'x' FROM (\(endless))",
        "queries/30.sql": """
        -- id: 30
        -- name: Of a tenant
        -- cache: 60
        -- parameters: tenant INTEGER = claim:tenant, id INTEGER = 0
        SELECT :tenant AS tenant, :id AS id
        """,
        "queries/32.sql":
            "-- id: 32\n-- name: Kept word\n-- cache: 60\n-- parameters: word STRING\nSELECT :word AS word",
        "queries/31.sql": """
        -- id: 31
        -- name: Refused without a word
        -- parameters: word STRING = ''
        INSERT INTO refusals VALUES (:word)
        """,
        "migrations/0002_refusals.sql": """
        CREATE TABLE refusals (word TEXT);
        CREATE TRIGGER refuse BEFORE INSERT ON refusals BEGIN
            SELECT CASE WHEN NEW.word = '' THEN RAISE(ABORT, '') ELSE RAISE(ABORT, 'not this word') END;
        END;
        """,
        "queries/12.sql":
            "-- id: 12\n-- name: Constant\n-- cache: 60\n-- parameters: id INTEGER\nSELECT :id AS id",
        "queries/14.sql": "-- id: 14\n-- name: Mixed\nSELECT 1 AS id, 'a,b' AS \"te xt\" UNION ALL SELECT 2, NULL",
        "queries/15.sql": """
        -- id: 15
        -- name: Fails midway
        -- parameters: good INTEGER
        WITH RECURSIVE counter(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n <= :good)
        SELECT n, CASE WHEN n > :good THEN json('{') ELSE 'row number ' || n END AS text FROM counter
        """,
        "queries/16.sql":
            "-- id: 16\n-- name: Add and tell\n-- parameters: id INTEGER\nINSERT INTO notes VALUES (:id, 'x') RETURNING id",
        "queries/17.sql": """
        -- id: 17
        -- name: At most three
        -- parameters: count INTEGER
        -- max_rows: 3
        -- cache: 60
        WITH RECURSIVE counter(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < :count)
        SELECT n FROM counter
        """,
        "queries/18.sql": """
        -- id: 18
        -- name: All, whatever the connection says
        -- parameters: count INTEGER
        -- max_rows: 0
        WITH RECURSIVE counter(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < :count)
        SELECT n, 'row number ' || n AS text FROM counter
        """,
        "queries/19.sql": """
        -- id: 19
        -- name: Pages
        -- parameters: count INTEGER, after INTEGER = 0, word STRING = 'x'
        -- max_rows: 20000
        -- page: after=n
        WITH RECURSIVE counter(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < :count)
        SELECT n, :word AS word FROM counter WHERE n > :after ORDER BY n
        """,
        "postgresql/1.sql": """
        -- id: 1
        -- name: Many
        -- parameters: count INTEGER
        SELECT n, 'row number ' || n AS text FROM generate_series(1, :count) AS n
        """,
        "postgresql/2.sql": """
        -- id: 2
        -- name: Many, and by whom
        -- parameters: count INTEGER
        SELECT generate_series(1, :count) AS n, pg_backend_pid() AS process, repeat('x', 2000) AS filler
        """,
        "postgresql/3.sql": """
        -- id: 3
        -- name: End a session
        -- parameters: process INTEGER
        SELECT pg_terminate_backend(:process::int) AS ended
        """,
    ]
}

extension QueryRequestParser {
    /// That of a server without authentication.
    static func withoutAuthentication(_ databases: DatabaseSubsystem) -> QueryRequestParser {
        QueryRequestParser(
            apiPrefix: "/api",
            databases: databases,
            timeLimit: .seconds(30),
            authenticator: Authenticator(AuthConfiguration(), source: nil),
            policy: AccessPolicy(AuthConfiguration())
        )
    }
}
