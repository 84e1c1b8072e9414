import HydrogenCore
import NIOCore
import Synchronization
import Testing

@testable import DatabaseSubsystem

/// What is the call-level interface's own; what every engine owes is elsewhere.
@Suite("Connections over the call-level interface", CLISource.isThere, .timeLimit(.minutes(3)))
struct CLIConnectionTests {
    // MARK: Values

    /// A column's type, a value as SQL, and its JSON.
    struct Value: Sendable, CustomTestStringConvertible {
        let source: CLISource
        let type: String
        let sql: String
        let json: String

        init(_ source: CLISource, _ type: String, _ sql: String, _ json: String) {
            (self.source, self.type, self.sql, self.json) = (source, type, sql, json)
        }

        var testDescription: String { "\(source) \(type) \(sql)" }
    }

    static let everywhere: [(String, String, String)] = [
        ("SMALLINT", "-32768", "-32768"), ("INTEGER", "2147483647", "2147483647"),
        ("BIGINT", "-9223372036854775808", "-9223372036854775808"), ("BIGINT", "NULL", "null"),
        ("DECIMAL(18,4)", "12345678901234.5000", "12345678901234.5000"), ("DECIMAL(9,2)", "NULL", "null"),
        ("REAL", "0.1", "0.1"), ("DOUBLE PRECISION", "0.1", "0.1"), ("DOUBLE PRECISION", "NULL", "null"),
        ("VARCHAR(50)", "'Grüße 😀 \"日\"'", #""Grüße 😀 \"日\"""#), ("VARCHAR(50)", "''", #""""#),
        ("CHAR(5)", "'ab'", #""ab   ""#), ("VARCHAR(50)", "NULL", "null"),
        ("DATE", "'2026-01-31'", #""2026-01-31""#), ("TIME", "'12:13:14'", #""12:13:14""#),
        ("TIMESTAMP", "'2026-01-31 12:13:14'", #""2026-01-31T12:13:14""#), ("DATE", "NULL", "null"),
    ]

    /// What a product has otherwise, by type and value.
    static let exceptions: [CLISource: [String: String]] = [
        .sqlite: [
            "DECIMAL(18,4) 12345678901234.5000": "12345678901234.5", "CHAR(5) 'ab'": #""ab""#, "REAL 0.1": "0.1",
        ],
        .mariadb: [
            "CHAR(5) 'ab'": #""ab""#, "TIMESTAMP '2026-01-31 12:13:14'": #""2026-01-31T12:13:14Z""#,
        ],
    ]

    static let own: [Value] = [
        Value(.postgresql, "BOOLEAN", "true", "true"), Value(.postgresql, "BYTEA", #"'\x0001ff'"#, #""AAH/""#),
        Value(.postgresql, "TEXT", "repeat('ü', 3)", #""üüü""#), Value(.postgresql, "NUMERIC", "'NaN'", #""NaN""#),
        Value(.postgresql, "TIMESTAMPTZ", "'2026-01-31 12:00:00.5+05:30'", #""2026-01-31T06:30:00.5Z""#),
        Value(
            .postgresql,
            "UUID",
            "'6f9619ff-8b86-d011-b42d-00c04fc964ff'",
            #""6F9619FF-8B86-D011-B42D-00C04FC964FF""#
        ),
        Value(.mariadb, "BIGINT UNSIGNED", "18446744073709551615", "18446744073709551615"),
        Value(.mariadb, "BIT(1)", "b'1'", "true"), Value(.mariadb, "BOOLEAN", "1", "1"),
        Value(.mariadb, "BLOB", "x'0001ff'", #""AAH/""#), Value(.mariadb, "YEAR", "2026", "2026"),
        Value(.mariadb, "DATETIME(6)", "'2026-01-31 12:13:14.123456'", #""2026-01-31T12:13:14.123456""#),
        Value(.mariadb, "ENUM('a','b')", "'b'", #""b""#), Value(.mariadb, "LONGTEXT", "'x'", #""x""#),
        Value(.sqlite, "BOOLEAN", "1", "true"), Value(.sqlite, "BLOB", "x'0001ff'", #""AAH/""#),
        Value(.sqlite, "INTEGER", "'no number'", #""no number""#), Value(.sqlite, "TEXT", "'x'", #""x""#),
        Value(.db2, "BOOLEAN", "true", "1"), Value(.db2, "CHAR(3) FOR BIT DATA", "x'0001ff'", #""AAH/""#),
        Value(.db2, "VARCHAR(9) FOR BIT DATA", "x'0001ff'", #""AAH/""#),
        Value(.db2, "CLOB(1K)", "CAST('ü😀' AS CLOB(1K))", #""ü😀""#),
        Value(.db2, "BLOB(1K)", "CAST(x'0001ff' AS BLOB(1K))", #""AAH/""#), Value(.db2, "CLOB(1K)", "NULL", "null"),
        Value(.db2, "TIMESTAMP", "'2026-01-31 12:13:14.123456'", #""2026-01-31T12:13:14.123456""#),
        Value(.db2, "TIMESTAMP", "'2026-01-31-12.13.14.5'", #""2026-01-31T12:13:14.5""#),
    ]

    static let values: [Value] =
        CLISource.there.flatMap { source in
            everywhere.map { type, sql, json in
                Value(source, type, sql, exceptions[source]?["\(type) \(sql)"] ?? json)
            }
        } + own.filter { CLISource.there.contains($0.source) }

    @Test("every value has one form in JSON", arguments: values)
    func jsonForms(value: Value) throws {
        let session = try CLITestSession(value.source)
        let table = session.table
        try session.connection.run("CREATE TABLE \(table) (v \(value.type))")
        try session.connection.run("INSERT INTO \(table) VALUES (\(value.sql))")
        let name = value.source == .db2 ? "V" : "v"
        #expect(try session.json("SELECT v FROM \(table)") == "[{\"\(name)\":\(value.json)}]")
    }

    @Test(
        "every type of parameter is bound, and NULL of it, where a column of that type waits",
        arguments: CLISource.there
    )
    func parameters(source: CLISource) throws {
        let session = try CLITestSession(source)
        let table = session.table
        let flag = source == .sqlite || source == .postgresql ? "BOOLEAN" : "SMALLINT"
        let moment = source == .mariadb ? "DATETIME(6)" : "TIMESTAMP"
        let (columns, values) = Self.parameterColumns(flag: flag, moment: moment)
        let names = columns.map { String($0.prefix { $0 != " " }) }
        try session.connection.run("CREATE TABLE \(table) (\(columns.joined(separator: ", ")))")
        let list = names.joined(separator: ", ")
        let marks = names.map { ":\($0)" }.joined(separator: ", ")
        let insert = "INSERT INTO \(table) (\(list)) VALUES (\(marks))"
        for row in [values, values.map { ParameterValue.null($0.type) }] {
            #expect(try session.run(session.query(insert, row, readOnly: false)).affectedRows == 1)
        }
        let isTrue = flag == "BOOLEAN" ? "true" : "1"
        let rows = try session.json("SELECT \(list) FROM \(table) WHERE i IS NOT NULL").lowercased()
        #expect(
            rows == """
                [{"i":-9223372036854775807,"d":0.1,"f":\(isTrue),"s":"o'hara ;--","l":"grüße 😀","da":"2026-01-31",\
                "ti":"12:13:14","ts":"2026-01-31t06:30:00.5"}]
                """
        )
        #expect(try session.json("SELECT count(*) AS n FROM \(table) WHERE ts IS NULL").lowercased() == #"[{"n":1}]"#)
    }

    @Test(
        "the last moment of the calendar is not rounded over its end",
        arguments: CLISource.throughODBC.filter { $0 == .postgresql }
    )
    func lastMoment(source: CLISource) throws {
        let session = try CLITestSession(source)
        let sql = "SELECT CAST(:m AS TIMESTAMP) AS m"
        let texts = [
            ("9999-12-31T23:59:59.999999999", "9999-12-31T23:59:59.999999"),
            ("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999"),
            ("2026-01-31T12:00:00.1234567", "2026-01-31T12:00:00.123456"),
            ("2026-01-31T12:00:00", "2026-01-31T12:00:00"),
        ]
        for (text, shown) in texts {
            for type in [ParameterType.datetime, .timestamp] where type == .timestamp || !text.hasSuffix("Z") {
                let value = ParameterValue(type: type, content: .text(text))
                #expect(try session.json(sql, [value]) == #"[{"m":"\#(shown)"}]"#)
            }
        }
    }

    @Test(
        "a moment that the driver cannot tell is an error, not another moment",
        arguments: CLISource.throughODBC.filter { $0 == .postgresql }
    )
    func unreadableMoment(source: CLISource) throws {
        let session = try CLITestSession(source)
        for type in ["timestamp", "timestamptz", "date"] {
            let error = session.error(session.query("SELECT CAST('10000-01-01' AS \(type)) AS m"))
            #expect(error?.code == .refused && error?.message.contains("cast it to text") == true, "\(type)")
        }
        #expect(try session.json("SELECT CAST(CAST('10000-01-01' AS date) AS text) AS m") == #"[{"m":"10000-01-01"}]"#)
        #expect(session.connection.isUsable)
    }

    @Test(
        "a server that takes connections and says nothing is given up in time",
        .enabled(if: CLISource.there.contains(.mariadb))
    )
    func silentServer() throws {
        let server = try ForeignServer(greeting: nil)
        var settings = CLISettings(.odbc(path: nil))
        settings.connectTimeout = .seconds(1)
        settings.connectionString = Secret(
            "Driver={MariaDB Unicode};Server=127.0.0.1;Port=\(server.port);UID=hydrogen;PWD=x;"
        )
        let engine = CLIEngine(settings, place: "a silent server", statementCacheSize: 1)
        let error = #expect(throws: DatabaseError.self) { _ = try engine.connectForRehearsal() }
        #expect(error?.code == .unavailable && error?.message.contains("did not answer in time") == true)
    }

    private static func parameterColumns(flag: String, moment: String) -> ([String], [ParameterValue]) {
        (
            [
                "i BIGINT", "d DOUBLE PRECISION", "f \(flag)", "s VARCHAR(50)", "l VARCHAR(200)", "da DATE", "ti TIME",
                "ts \(moment)",
            ],
            [
                ParameterValue(type: .integer, content: .integer(-9_223_372_036_854_775_807)),
                ParameterValue(type: .float, content: .float(0.1)),
                ParameterValue(type: .boolean, content: .boolean(true)),
                ParameterValue(type: .string, content: .text("O'Hara ;--")),
                ParameterValue(type: .text, content: .text("Grüße 😀")),
                ParameterValue(type: .date, content: .text("2026-01-31")),
                ParameterValue(type: .time, content: .text("12:13:14")),
                ParameterValue(type: .timestamp, content: .text("2026-01-31T12:00:00.5+05:30")),
            ]
        )
    }

    @Test("texts and bytes of a megabyte come in parts and equal what went in", arguments: CLISource.there)
    func largeObjects(source: CLISource) throws {
        let session = try CLITestSession(source)
        let table = session.table
        let (long, bytes) =
            switch source {
            case .postgresql: ("TEXT", "BYTEA")
            case .mariadb: ("LONGTEXT", "LONGBLOB")
            case .sqlite: ("TEXT", "BLOB")
            case .db2: ("CLOB(4M)", "BLOB(4M)")
            }
        try session.connection.run("CREATE TABLE \(table) (t \(long), b \(bytes))")
        // Seven bytes of UTF-8: no part of a round length ends between two characters.
        let text = String(repeating: "ä😀x", count: 150_001)
        let value = ParameterValue(type: .text, content: .text(text))
        let blob = source == .db2 ? "CAST(x'00ff10' AS BLOB)" : source == .postgresql ? #"'\x00ff10'"# : "x'00ff10'"
        let insert = session.query("INSERT INTO \(table) (t, b) VALUES (:t, \(blob))", [value], readOnly: false)
        _ = try session.run(insert)
        for _ in 0..<4 where source != .sqlite {
            let sum = source == .mariadb ? "concat(b, b, b, b)" : "b || b || b || b"
            try session.connection.run("UPDATE \(table) SET b = \(sum)")
        }
        let rows = try session.run(session.query("SELECT t AS x, b AS x2 FROM \(table)", limit: 8 << 20))
        let json = String(buffer: rows.body).lowercased()
        let repeats = source == .sqlite ? 1 : 256
        #expect(json == #"[{"x":"\#(text)","x2":"\#(String(repeating: "ap8q", count: repeats))"}]"#)
        let tooLarge = session.query("SELECT t FROM \(table)", limit: 1 << 20)
        #expect(session.error(tooLarge)?.code == .resultTooLarge)
        #expect(session.connection.isUsable)
        // A second row, of which the row before leaves nothing behind.
        #expect(try session.json("SELECT count(*) AS n FROM \(table)").lowercased() == #"[{"n":1}]"#)
    }

    @Test(
        "columns bear the names that the driver gives, in any letters; two of one name are told apart",
        arguments: CLISource.there
    )
    func names(source: CLISource) throws {
        let session = try CLITestSession(source)
        let quote = source == .mariadb ? "`" : "\""
        try session.connection.run("CREATE TABLE \(session.table) (a INTEGER)")
        try session.connection.run("INSERT INTO \(session.table) VALUES (1)")
        let sql = "SELECT a AS \(quote)größe\(quote), a AS x, a AS x FROM \(session.table)"
        let isUpper = source == .db2
        #expect(try session.json(sql) == #"[{"größe":1,"\#(isUpper ? "X" : "x")":1,"\#(isUpper ? "X_2" : "x_2")":1}]"#)
    }

    // MARK: Hygiene

    @Test("a transaction's changes are together there or not", arguments: CLISource.there)
    func transactions(source: CLISource) throws {
        let session = try CLITestSession(source)
        let table = session.table
        try session.connection.run("CREATE TABLE \(table) (a INTEGER)")
        try session.connection.begin(source == .sqlite ? nil : .serializable)
        try session.connection.run("INSERT INTO \(table) VALUES (1)")
        session.connection.rollback()
        #expect(try session.json("SELECT count(*) AS n FROM \(table)").lowercased() == #"[{"n":0}]"#)
        try session.connection.transact(["INSERT INTO \(table) VALUES (1)", "INSERT INTO \(table) VALUES (2)"])
        #expect(throws: DatabaseError.self) {
            try session.connection.transact(["INSERT INTO \(table) VALUES (3)", "INSERT INTO nowhere VALUES (1)"])
        }
        #expect(try session.json("SELECT count(*) AS n FROM \(table)").lowercased() == #"[{"n":2}]"#)
        #expect(session.connection.isUsable)
    }

    @Test("a statement that the database refuses costs the connection nothing", arguments: CLISource.there)
    func refusal(source: CLISource) throws {
        let session = try CLITestSession(source)
        let error = session.error(session.query("SELECT * FROM there_is_no_such_table"))
        #expect(error?.code == .refused && error?.sqlState != nil)
        #expect(session.connection.isUsable)
        try session.connection.check()
    }

    @Test("a statement that was prepared before its table changed is prepared anew", arguments: CLISource.there)
    func stalePlans(source: CLISource) throws {
        let session = try CLITestSession(source)
        let table = session.table
        try session.connection.run("CREATE TABLE \(table) (a INTEGER)")
        try session.connection.run("INSERT INTO \(table) VALUES (1)")
        let statement = EngineStatement(sql: "SELECT * FROM \(table)", parameterOrder: [])
        for columns in [1, 1, 2, 2] {
            if columns == 2 { try? session.connection.run("ALTER TABLE \(table) ADD COLUMN b VARCHAR(9) DEFAULT 'q'") }
            // SQLite's driver may tell the new column one run late.
            let rows = try session.run(session.query(statement))
            #expect(rows.rowCount == 1 && (rows.columnCount == columns || source == .sqlite))
        }
        #expect(try session.run(session.query(statement)).columnCount == 2)
        #expect(session.connection.isUsable)
    }

    @Test(
        "a write whose columns changed since it was prepared runs once, or is told as one of which nobody knows",
        arguments: CLISource.there.filter { $0 == .mariadb || $0 == .postgresql }
    )
    func staleWrites(source: CLISource) throws {
        let session = try CLITestSession(source)
        let table = session.table
        try session.connection.run("CREATE TABLE \(table) (a INTEGER)")
        let insert = EngineStatement(sql: "INSERT INTO \(table) (a) VALUES (1) RETURNING *", parameterOrder: [])
        for _ in 0..<2 { _ = try session.run(session.query(insert, readOnly: false)) }
        try session.another().run("ALTER TABLE \(table) ADD COLUMN b VARCHAR(9) DEFAULT 'q'")
        let error = session.error(session.query(insert, readOnly: false))
        // PostgreSQL's driver prepares it anew by itself; MariaDB's sees the other columns when they come.
        #expect(error == nil || error?.isOutcomeUnknown == true)
        #expect(error == nil || source == .mariadb)
        #expect(try session.json("SELECT count(*) AS n FROM \(table)") == #"[{"n":3}]"#)
        #expect(try session.run(session.query(insert, readOnly: false)).columnCount == 2)
        #expect(try session.json("SELECT count(*) AS n FROM \(table)") == #"[{"n":4}]"#)
        #expect(session.connection.isUsable)
    }

    @Test("a batch with such a write takes no effect", .enabled(if: CLISource.there.contains(.mariadb)))
    func staleWriteOfABatch() throws {
        let session = try CLITestSession(.mariadb)
        let table = session.table
        try session.connection.run("CREATE TABLE \(table) (a INTEGER)")
        let insert = EngineStatement(sql: "INSERT INTO \(table) (a) VALUES (1) RETURNING *", parameterOrder: [])
        _ = try session.run(session.query(insert, readOnly: false))
        try session.another().run("ALTER TABLE \(table) ADD COLUMN b INTEGER")
        let step = AtomicBatch.Step(statement: insert, values: [], isReadOnly: false, form: ResultForm())
        let error = session.error(session.query(batch: AtomicBatch([step, step])))
        #expect(error?.code == .refused && error?.isOutcomeUnknown == false)
        #expect(try session.json("SELECT count(*) AS n FROM \(table)") == #"[{"n":1}]"#)
        #expect(session.connection.isUsable)
    }

    /// What a write returns of each row that it inserts, where the product and its driver can.
    private static let returning = CLISource.there.filter { $0 == .mariadb || $0 == .postgresql }

    @Test(
        "of a write whose rows are too many, or that is stopped while they are read, nobody knows whether it took effect",
        arguments: returning,
        [true, false]
    )
    func unwantedRows(source: CLISource, isStopped: Bool) throws {
        let session = try CLITestSession(source)
        let table = session.table
        try session.connection.run("CREATE TABLE \(table) (a INTEGER, b VARCHAR(2000))")
        let rows = (1...4).map { "(\($0), '\(String(repeating: "x", count: 1000))')" }.joined(separator: ", ")
        let sql = "INSERT INTO \(table) VALUES \(rows) RETURNING a, b"
        let query: QueuedQuery
        if isStopped {
            // Asked for when the first rows are with the caller.
            let asker = Mutex<QueuedQuery?>(nil)
            let stream = ResultStream { stream, chunk in
                stream.consumed(chunk.readableBytes)
                asker.withLock { $0 }?.requestStop(.callerLeft)
            }
            let many =
                "INSERT INTO \(table) SELECT x.a, y.b FROM \(table) x, \(table) y, \(table) z, \(table) v, \(table) w"
            try session.connection.run("INSERT INTO \(table) VALUES \(rows)")
            query = session.query("\(many) RETURNING a, b", readOnly: false, stream: stream)
            asker.withLock { $0 = query }
        } else {
            query = session.query(sql, readOnly: false, limit: 1500)
        }
        let error = session.error(query)
        // Why it was stopped is the queue's to tell.
        #expect(
            error?.code == (isStopped ? DatabaseError.notTaken.code : .resultTooLarge),
            "\(error?.debugDescription ?? "")"
        )
        #expect(error?.isOutcomeUnknown == true)
        let count = isStopped ? 4 + 1024 : 4
        #expect(try session.json("SELECT count(*) AS n FROM \(table)") == "[{\"n\":\(count)}]")
        #expect(session.connection.isUsable)
        // What only reads changes nothing, and what is refused took no effect.
        let read = session.error(session.query("SELECT a, b FROM \(table)", limit: 1500))
        #expect(read?.code == .resultTooLarge && read?.isOutcomeUnknown == false)
        let refused = session.error(session.query("INSERT INTO \(table) (nothing) VALUES (1)", readOnly: false))
        #expect(refused?.code == .refused && refused?.isOutcomeUnknown == false)
    }

    @Test(
        "what changes the session, and two statements, are refused when they are prepared",
        arguments: CLISource.there
    )
    func forbidden(source: CLISource) throws {
        let session = try CLITestSession(source)
        for sql in ["SET x = 1", "COMMIT", "SELECT 1; SELECT 2", "PRAGMA query_only = ON"] {
            let statement = EngineStatement(sql: sql, parameterOrder: [])
            let error = #expect(throws: DatabaseError.self) { try session.connection.describe(statement) }
            #expect(error?.code == .refused)
        }
    }

    @Test("a description has columns and their types, and whether the words read", arguments: CLISource.there)
    func description(source: CLISource) throws {
        let session = try CLITestSession(source)
        try session.connection.run("CREATE TABLE \(session.table) (a INTEGER, b VARCHAR(9))")
        let sql = ParsedSQL("SELECT a, b FROM \(session.table) WHERE a > :a")
        let described = try session.connection.describe(EngineStatement(sql, for: .question, types: [.integer]))
        #expect(described.facts.columns.map { $0.name.lowercased() } == ["a", "b"])
        #expect(described.facts.columns.allSatisfy { $0.type != nil } && described.facts.isReadOnly)
        let insert = EngineStatement(
            ParsedSQL("INSERT INTO \(session.table) (a) VALUES (:a)"),
            for: .question,
            types: [.integer]
        )
        let other = try session.connection.describe(insert)
        #expect(other.facts.columns.isEmpty && !other.facts.isReadOnly)
    }
}
