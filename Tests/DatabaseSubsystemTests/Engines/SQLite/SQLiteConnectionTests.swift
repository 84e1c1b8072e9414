import HydrogenCore
import NIOCore
import Synchronization
import Testing

@testable import DatabaseSubsystem

@Suite struct SQLiteConnectionTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func engine(_ database: String? = nil, busyTimeout: Duration = .milliseconds(50), cache: Int = 8)
        -> SQLiteEngine
    {
        SQLiteEngine(
            database: database ?? "\(folder.path)/test.db",
            resolve: { $0 },
            busyTimeout: busyTimeout,
            statementCacheSize: cache
        )
    }

    private func connect(_ engine: SQLiteEngine) throws(DatabaseError) -> any EngineConnection {
        try engine.connect(as: QueueLabel(database: "Test", number: 0, tags: .all), abort: .never)
    }

    /// Runs one query to its end; the engine blocks, so the answer is there when `start` returns.
    private func run(
        _ sql: String,
        _ values: [ParameterValue] = [],
        on connection: any EngineConnection,
        readOnly: Bool = true,
        limit: Int = 1 << 20,
        form: ResultForm = ResultForm(),
        deadline: ContinuousClock.Instant = .now + .seconds(30)
    ) throws(DatabaseError) -> QueryRows {
        let query = QueuedQuery(
            statement: EngineStatement(ParsedSQL(sql), for: .questionNumbered),
            values: values,
            isReadOnly: readOnly,
            submittedAt: .now,
            deadline: deadline,
            maximumBytes: limit,
            form: form
        ) { _ in }
        var outcome: Result<QueryRows, DatabaseError>?
        connection.start(query) { outcome = $1 }
        guard let outcome else { throw DatabaseError(.unavailable, "nothing was delivered") }
        return try outcome.get()
    }

    private func json(_ rows: QueryRows) -> String { String(buffer: rows.body) }

    private func error(_ body: () throws(DatabaseError) -> QueryRows) -> DatabaseError? {
        do throws(DatabaseError) {
            _ = try body()
            return nil
        } catch {
            return error
        }
    }

    // MARK: Values

    @Test(
        "every value of SQLite has one form in each format",
        arguments: [
            ("NULL", "", "null"),
            ("42", "INTEGER", "42"),
            ("-9223372036854775808", "INTEGER", "-9223372036854775808"),
            ("9223372036854775807", "INTEGER", "9223372036854775807"),
            ("0.1", "REAL", "0.1"),
            ("5.0", "REAL", "5"),
            ("9e999", "REAL", #""Infinity""#),
            ("-9e999", "REAL", #""-Infinity""#),
            (#"'a"b\c' || char(10) || 'ü😀'"#, "TEXT", #""a\"b\\c\nü😀""#),
            ("''", "TEXT", #""""#),
            ("x'0001ff'", "BLOB", #""AAH/""#),
            ("x''", "BLOB", #""""#),
            ("1", "BOOLEAN", "true"),
            ("0", "BOOL", "false"),
            ("2", "BOOLEAN", "2"),
            (#"'{"a":[1,2]}'"#, "JSON", #"{"a":[1,2]}"#),
            ("'no json'", "JSON", #""no json""#),
            ("'2026-01-31 12:00:00.5'", "TIMESTAMP", #""2026-01-31T12:00:00.5""#),
            ("'2026-01-31 12:00:00'", "DATETIME", #""2026-01-31T12:00:00""#),
            ("'2026-01-31'", "DATE", #""2026-01-31""#),
            ("'12:00:00'", "TIME", #""12:00:00""#),
            ("12.50", "DECIMAL(9,2)", "12.5"),
        ]
    )
    func values(expression: String, type: String, expected: String) throws {
        let connection = try connect(engine())
        try connection.transact(["CREATE TABLE t (v \(type))", "INSERT INTO t VALUES (\(expression))"])
        let rows = try run("SELECT v FROM t", on: connection)
        #expect(json(rows) == "[{\"v\":\(expected)}]")
        #expect(rows.rowCount == 1 && rows.columnCount == 1 && rows.affectedRows == nil)
        let lines = try run("SELECT v FROM t", on: connection, form: ResultForm(.ndjson))
        #expect(json(lines) == "{\"v\":\(expected)}\n")
        let table = try run("SELECT v, 1 AS one FROM t", on: connection, form: ResultForm(.csv))
        #expect(json(table) == "v,one\r\n\(try fieldOfCSV(expected)),1\r\n")
    }

    @Test(
        "as many rows as were asked for, and whether there were more",
        arguments: [(nil, 4, false), (1, 1, true), (3, 3, true), (4, 4, false), (5, 4, false)] as [(Int?, Int, Bool)],
        RowFormat.allCases
    )
    func rowLimit(limit: (rows: Int?, expected: Int, isTruncated: Bool), format: RowFormat) throws {
        let connection = try connect(engine())
        let sql = "VALUES (1), (2), (3), (4)"
        let rows = try run(sql, on: connection, form: ResultForm(format, maximumRows: limit.rows))
        #expect(rows.rowCount == limit.expected && rows.isTruncated == limit.isTruncated)
        let text =
            switch format {
            case .json: "[" + (1...limit.expected).map { "{\"column1\":\($0)}" }.joined(separator: ",") + "]"
            case .ndjson: (1...limit.expected).map { "{\"column1\":\($0)}\n" }.joined()
            case .csv: "column1\r\n" + (1...limit.expected).map { "\($0)\r\n" }.joined()
            }
        #expect(json(rows) == text)
        #expect(json(try run("SELECT 1 AS one", on: connection)) == #"[{"one":1}]"#)
    }

    @Test("what writes is done whole, however few of its rows are wanted")
    func rowLimitOfWrite() throws {
        let connection = try connect(engine())
        try connection.run("CREATE TABLE t (a INTEGER)")
        let sql = "INSERT INTO t VALUES (1), (2), (3), (4) RETURNING a"
        let rows = try run(sql, on: connection, readOnly: false, form: ResultForm(maximumRows: 2))
        #expect(json(rows) == #"[{"a":1},{"a":2}]"# && rows.isTruncated && rows.affectedRows == 4)
        #expect(json(try run("SELECT count(*) AS n FROM t", on: connection)) == #"[{"n":4}]"#)
    }

    @Test("parameters are bound as they are, whatever they hold")
    func parameters() throws {
        let connection = try connect(engine())
        let values: [ParameterValue] = [
            ParameterValue(type: .string, content: .text("'; DROP TABLE t; --")),
            ParameterValue(type: .integer, content: .integer(.min)),
            ParameterValue(type: .float, content: .float(0.1)),
            ParameterValue(type: .boolean, content: .boolean(true)),
            .null(.string),
            ParameterValue(type: .text, content: .text("")),
        ]
        let rows = try run(
            "SELECT :a AS a, :b AS b, :c AS c, :d AS d, :e AS e, :f AS f, :a AS g",
            values,
            on: connection
        )
        #expect(
            json(rows)
                == #"[{"a":"'; DROP TABLE t; --","b":-9223372036854775808,"c":0.1,"d":1,"e":null,"f":"","g":"'; DROP TABLE t; --"}]"#
        )
    }

    @Test("no rows and no columns are told apart")
    func empty() throws {
        let connection = try connect(engine())
        try connection.transact(["CREATE TABLE t (v)"])
        let none = try run("SELECT v FROM t", on: connection)
        #expect(json(none) == "[]" && none.columnCount == 1)
        let written = try run("INSERT INTO t VALUES (1), (2)", on: connection, readOnly: false)
        #expect(json(written) == "[]" && written.columnCount == 0 && written.affectedRows == 2)
        let returned = try run("DELETE FROM t RETURNING v", on: connection, readOnly: false)
        #expect(json(returned) == #"[{"v":1},{"v":2}]"# && returned.affectedRows == 2)
    }

    @Test("a statement whose table changed answers with the new columns")
    func schemaChange() throws {
        let connection = try connect(engine())
        try connection.transact(["CREATE TABLE t (a)", "INSERT INTO t VALUES (1)"])
        let statement = EngineStatement(ParsedSQL("SELECT * FROM t"), for: .questionNumbered)
        func answer() -> String {
            var text = ""
            let query = QueuedQuery(
                statement: statement,
                values: [],
                isReadOnly: true,
                submittedAt: .now,
                deadline: .now + .seconds(5),
                maximumBytes: 1000
            ) { _ in }
            connection.start(query) { text = (try? $1.get()).map(json) ?? "failed" }
            return text
        }
        #expect(answer() == #"[{"a":1}]"#)
        try connection.transact(["ALTER TABLE t ADD COLUMN b DEFAULT 'x'"])
        #expect(answer() == #"[{"a":1,"b":"x"}]"#)
    }

    // MARK: Refusals

    @Test(
        "what SQLite refuses has a code, and the engine's words are kept apart",
        arguments: [
            ("SELECT * FROM absent", DatabaseError.Code.refused),
            ("SELEC 1", .refused),
            ("INSERT INTO t VALUES (1)", .refused),
            ("", .refused),
            ("-- nothing", .refused),
            ("SELECT 1; SELECT 2", .refused),
            ("SELECT 1; DROP TABLE t", .refused),
        ]
    )
    func refusals(sql: String, code: DatabaseError.Code) throws {
        let connection = try connect(engine())
        try connection.transact(["CREATE TABLE t (v UNIQUE)", "INSERT INTO t VALUES (1)"])
        let refusal = error { () throws(DatabaseError) in try run(sql, on: connection, readOnly: false) }
        #expect(refusal?.code == code)
        #expect(refusal?.message.contains("absent") == false)
        #expect(connection.isUsable)
        let last = try run("SELECT v FROM t", on: connection)
        #expect(json(last) == #"[{"v":1}]"#)
    }

    @Test("a query that may only read cannot write, and writing queries can again after it")
    func readOnly() throws {
        let connection = try connect(engine())
        try connection.transact(["CREATE TABLE t (v)"])
        let refusal = error { () throws(DatabaseError) in try run("INSERT INTO t VALUES (1)", on: connection) }
        #expect(refusal?.code == .readOnly)
        let written = try run("INSERT INTO t VALUES (1)", on: connection, readOnly: false)
        #expect(written.affectedRows == 1)
        let again = error { () throws(DatabaseError) in try run("DELETE FROM t", on: connection) }
        #expect(again?.code == .readOnly)
    }

    @Test("a result over the limit is refused, and the connection goes on")
    func tooLarge() throws {
        let connection = try connect(engine())
        let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
        let refusal = error { () throws(DatabaseError) in try run(sql, on: connection, limit: 5000) }
        #expect(refusal?.code == .resultTooLarge)
        let last = try run("SELECT 1 AS one", on: connection)
        #expect(json(last) == #"[{"one":1}]"#)
    }

    @Test("a query that leaves a transaction open costs its connection")
    func openTransaction() throws {
        let connection = try connect(engine())
        _ = try run("BEGIN", on: connection, readOnly: false)
        #expect(!connection.isUsable)
    }

    @Test("a failing script is rolled back whole")
    func rollback() throws {
        let connection = try connect(engine())
        let failure = #expect(throws: DatabaseError.self) {
            try connection.transact(["CREATE TABLE t (v)", "INSERT INTO absent VALUES (1)"])
        }
        #expect(failure?.code == .refused)
        let last = try run("SELECT count(*) AS n FROM sqlite_schema", on: connection)
        #expect(json(last) == #"[{"n":0}]"#)
    }

    // MARK: Locks and interrupts

    @Test("a writer that finds the database locked waits no longer than its timeout, and a reader does not wait")
    func busy() throws {
        let engine = engine()
        let (holder, other) = (try connect(engine), try connect(engine))
        try holder.transact(["CREATE TABLE t (v)"])
        _ = try run("BEGIN IMMEDIATE", on: holder, readOnly: false)
        let last = try run("SELECT count(*) AS n FROM t", on: other)
        #expect(json(last) == #"[{"n":0}]"#)
        let refusal = error { () throws(DatabaseError) in
            try run("INSERT INTO t VALUES (1)", on: other, readOnly: false)
        }
        #expect(refusal?.code == .busy && refusal?.isRetryable == true)
        #expect(other.isUsable)
    }

    @Test("a deadline ends the wait for a lock before the busy timeout does")
    func deadlineWhileLocked() throws {
        let engine = engine(busyTimeout: .seconds(600))
        let (holder, other) = (try connect(engine), try connect(engine))
        try holder.transact(["CREATE TABLE t (v)"])
        _ = try run("BEGIN IMMEDIATE", on: holder, readOnly: false)
        let refusal = error { () throws(DatabaseError) in
            try run("INSERT INTO t VALUES (1)", on: other, readOnly: false, deadline: .now + .milliseconds(30))
        }
        #expect(refusal?.code == .busy)
    }

    @Test("connections of one in-memory database see the same rows, those of another do not")
    func memory() throws {
        let engine = engine(":memory:")
        let (one, two) = (try connect(engine), try connect(engine))
        try one.transact(["CREATE TABLE t (v)", "INSERT INTO t VALUES (7)"])
        let last = try run("SELECT v FROM t", on: two)
        #expect(json(last) == #"[{"v":7}]"#)
        let stranger = try connect(self.engine(":memory:"))
        let refusal = error { () throws(DatabaseError) in try run("SELECT v FROM t", on: stranger) }
        #expect(refusal?.code == .refused)
    }

    @Test("an in-memory database outlives its last connection as long as its engine")
    func anchor() throws {
        let engine = engine(":memory:")
        let first = try connect(engine)
        try first.transact(["CREATE TABLE t (v)", "INSERT INTO t VALUES (7)"])
        first.close()
        let last = try run("SELECT v FROM t", on: try connect(engine))
        #expect(json(last) == #"[{"v":7}]"#)
    }

    @Test("statements beyond the cache are prepared again and still right")
    func statementCache() throws {
        let connection = try connect(engine(cache: 2))
        for round in 0..<3 {
            for number in 0..<5 {
                let last = try run("SELECT \(number) AS n", on: connection)
                #expect(json(last) == "[{\"n\":\(number)}]", "round \(round)")
            }
        }
    }

    @Test("a statement is described without being run")
    func describe() throws {
        let connection = try connect(engine())
        try connection.transact(["CREATE TABLE t (id INTEGER, name TEXT)"])
        let read = EngineStatement(ParsedSQL("SELECT id, name, 1 + 1 FROM t WHERE id = :id"), for: .questionNumbered)
        let facts = try connection.describe(read).facts
        #expect(facts.isReadOnly)
        #expect(facts.columns.map(\.name) == ["id", "name", "1 + 1"])
        #expect(facts.columns.map(\.type) == ["INTEGER", "TEXT", nil])
        let write = EngineStatement(ParsedSQL("DELETE FROM t"), for: .questionNumbered)
        let writing = try connection.describe(write).facts
        #expect(!writing.isReadOnly)
    }

    @Test(
        "what is no SQLite database is found out before connecting",
        arguments: ["", "SQLite format 3\0", "something else"]
    )
    func inspection(content: String) throws {
        let path = try folder.write(content, to: "some.db")
        let findings = engine(path).inspect()
        #expect(findings.first?.verdict == .go)
        #expect((findings.last?.verdict == .partNoGo) == (content == "something else"))
    }

    @Test("a folder that is not there, and a path that is no file, are No-Go with a mend")
    func unusablePlaces() {
        #expect(engine("\(folder.path)/absent/test.db").inspect().last?.text.contains("create it") == true)
        #expect(engine(folder.path).inspect().last?.text.contains("not a plain file") == true)
    }
}
