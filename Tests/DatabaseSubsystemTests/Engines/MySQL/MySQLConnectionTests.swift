import Foundation
import NIOCore
import Synchronization
import Testing

@testable import DatabaseSubsystem

@Suite("MySQL: connections", MySQLServer.isThere)
struct MySQLConnectionTests {
    @Test("rows, their number and what a write changed are told; an UPDATE counts the rows that it met")
    func counts() throws {
        let session = try MySQLTestSession(hasDatabase: true)
        try session.connection.run("CREATE TABLE v (a INT PRIMARY KEY, b INT)")
        let insert = try session.run(session.query("INSERT INTO v VALUES (1, 1), (2, 1)", readOnly: false)).get()
        #expect((insert.affectedRows, insert.columnCount) == (2, 0))
        let update = try session.run(session.query("UPDATE v SET b = 1", readOnly: false)).get()
        #expect(update.affectedRows == 2)
        let returning = try session.run(session.query("DELETE FROM v WHERE a = 1 RETURNING a, b", readOnly: false))
            .get()
        #expect(String(buffer: returning.body) == #"[{"a":1,"b":1}]"#)
        #expect(returning.affectedRows == 1)
        let select = try session.run(session.query("SELECT a FROM v")).get()
        #expect((select.rowCount, select.columnCount, select.affectedRows) == (1, 1, nil))
        #expect(try session.json("SELECT a FROM v WHERE a = 99") == "[]")
    }

    @Test("what ends the rows in their midst is told as the server says it, and the connection goes on")
    func errorsBehindRows() throws {
        let session = try MySQLTestSession()
        // The third row is out of range.
        let error = session.error("SELECT 18446744073709551613 + seq AS a FROM seq_1_to_3")
        #expect(error?.code == .refused)
        #expect(error?.sqlState == "22003")
        #expect(error?.detail?.contains("1690") == true)
        #expect(try session.json("SELECT 1 AS a") == #"[{"a":1}]"#)
    }

    @Test("a page ends where it was asked to, and says what the next one begins after; the connection goes on")
    func pages() throws {
        let session = try MySQLTestSession()
        let rows = try session.run(
            session.query("SELECT seq AS a FROM seq_1_to_1000000", form: ResultForm(maximumRows: 3))
        ).get()
        #expect(String(buffer: rows.body) == #"[{"a":1},{"a":2},{"a":3}]"#)
        #expect(rows.isTruncated)
        #expect(session.connection.isUsable)
        #expect(try session.json("SELECT 1 AS a") == #"[{"a":1}]"#)
    }

    @Test("a step of a batch that ends early is stopped, and the next one is not")
    func earlyEndInABatch() throws {
        let session = try MySQLTestSession()
        let endless = "SELECT seq AS a FROM seq_1_to_1000000000"
        let texts = [(endless, 2), ("SELECT SLEEP(0.3) AS a", 5), (endless, 1), ("SELECT SLEEP(0.3) AS a", 5)]
        let batch = AtomicBatch(
            texts.map { text, rows in
                AtomicBatch.Step(
                    statement: MySQLTestSession.statement(text),
                    values: [],
                    isReadOnly: true,
                    form: ResultForm(maximumRows: rows)
                )
            }
        )
        let query = QueuedQuery(
            tag: .medium,
            batch: batch,
            submittedAt: .now,
            deadline: .now + .seconds(30),
            maximumBytes: 1 << 20,
            onDetour: { _, _ in },
            completion: { _ in }
        )
        _ = try session.run(query).get()
        #expect(
            batch.results.map { String(buffer: $0.body) }
                == [#"[{"a":1},{"a":2}]"#, #"[{"a":0}]"#, #"[{"a":1}]"#, #"[{"a":0}]"#]
        )
    }

    @Test("a result that is too large is refused, and the connection goes on")
    func tooLarge() throws {
        let session = try MySQLTestSession()
        let query = session.query("SELECT seq AS a FROM seq_1_to_1000000", limit: 1000)
        #expect(throws: DatabaseError.tooLarge(1000)) { try session.run(query).get() }
        #expect(try session.json("SELECT 1 AS a") == #"[{"a":1}]"#)
    }

    @Test("a large result is handed over piece by piece, and only a part of it is held")
    func streams() throws {
        let session = try MySQLTestSession()
        let bytes = Atomic<Int>(0)
        let stream = ResultStream { stream, chunk in
            bytes.add(chunk.readableBytes, ordering: .relaxed)
            stream.consumed(chunk.readableBytes)
        }
        let rows = try session.run(
            session.query("SELECT seq AS a FROM seq_1_to_500000", limit: 1 << 20, stream: stream)
        ).get()
        #expect(rows.rowCount == 500_000)
        #expect(bytes.load(ordering: .relaxed) > 4 << 20)
        #expect(rows.body.readableBytes < 1 << 20)
    }

    @Test(
        "what was taken for a read cannot write",
        arguments: [
            "INSERT INTO v VALUES (2)", "DELETE FROM v", "CREATE TABLE w (a INT)", "TRUNCATE TABLE v",
            "CALL put()", "SELECT NEXTVAL(s)",
        ]
    )
    func readOnly(sql: String) throws {
        let session = try MySQLTestSession(hasDatabase: true)
        try session.connection.run("CREATE TABLE v (a INT)")
        try session.connection.run("CREATE SEQUENCE s")
        try session.connection.run("CREATE PROCEDURE put() INSERT INTO v VALUES (1)")
        #expect(session.error(sql)?.code == .readOnly)
        #expect(try session.json("SELECT COUNT(*) AS n FROM v") == #"[{"n":0}]"#)
        #expect(session.error(sql, readOnly: false)?.code != .readOnly)
    }

    @Test("a procedure answers with its first result, and with what its last statement changed")
    func procedures() throws {
        let session = try MySQLTestSession(hasDatabase: true)
        try session.connection.run("CREATE TABLE v (a INT)")
        try session.connection.run(
            "CREATE PROCEDURE p(n INT) BEGIN SELECT n AS a, JSON_OBJECT('n', 1) AS j; SELECT 'other', 2; "
                + "INSERT INTO v VALUES (n), (n); END"
        )
        let statement = MySQLTestSession.statement("CALL p(:n)", [.integer])
        for number in [Int64(1), 2] {
            let value = ParameterValue(type: .integer, content: .integer(number))
            let rows = try session.run(session.query("", [value], readOnly: false, statement: statement)).get()
            #expect(String(buffer: rows.body) == #"[{"a":\#(number),"j":{"n": 1}}]"#)
            #expect(rows.affectedRows == 2)
        }
        #expect(try session.json("SELECT COUNT(*) AS n FROM v") == #"[{"n":4}]"#)
    }

    @Test(
        "a query that leaves something behind for the next one ends its connection",
        arguments: [
            ("START TRANSACTION; INSERT INTO v VALUES (1);", DatabaseError.leftTransaction.message),
            ("START TRANSACTION; SIGNAL SQLSTATE '45000';", DatabaseError.leftTransaction.message),
            ("SET autocommit = 0;", DatabaseError.lostSettings.message),
        ]
    )
    func hygiene(body: String, reason: String) throws {
        let session = try MySQLTestSession(hasDatabase: true)
        try session.connection.run("CREATE TABLE v (a INT)")
        try session.connection.run("CREATE PROCEDURE p() BEGIN \(body) END")
        _ = session.run(session.query("CALL p()", readOnly: false))
        #expect(session.connection.loss?.message == reason)
    }

    @Test("renamed, changed and added columns are seen at once, by reads that were prepared before")
    func changedTables() throws {
        let session = try MySQLTestSession(hasDatabase: true)
        try session.connection.run("CREATE TABLE v (a INT, b VARCHAR(10))")
        try session.connection.run("INSERT INTO v VALUES (1, 'x')")
        let statement = MySQLTestSession.statement("SELECT * FROM v")
        let stale = Atomic<Int>(0)
        func json() throws -> String {
            let query = session.query("", statement: statement) { stale.add(1, ordering: .relaxed) }
            return String(buffer: try session.run(query).get().body)
        }
        #expect(try json() == #"[{"a":1,"b":"x"}]"#)
        #expect(try json() == #"[{"a":1,"b":"x"}]"#)
        #expect(stale.load(ordering: .relaxed) == 0)
        try session.connection.run("ALTER TABLE v CHANGE b c VARCHAR(10)")
        #expect(try json() == #"[{"a":1,"c":"x"}]"#)
        try session.connection.run("ALTER TABLE v MODIFY a VARCHAR(10)")
        #expect(try json() == #"[{"a":"1","c":"x"}]"#)
        try session.connection.run("ALTER TABLE v ADD d JSON DEFAULT '{}'")
        #expect(try json() == #"[{"a":"1","c":"x","d":{}}]"#)
        #expect(stale.load(ordering: .relaxed) == 3)
        try session.connection.run("ALTER TABLE v DROP a, DROP c")
        #expect(try json() == #"[{"d":{}}]"#)
        try session.connection.run("DROP TABLE v")
        let gone = session.run(session.query("", statement: statement))
        #expect(throws: DatabaseError.self) { try gone.get() }
        #expect(session.connection.isUsable)
    }

    @Test("no more statements stay prepared than are to be kept, and the server forgets the others")
    func cache() throws {
        let session = try MySQLTestSession(cacheSize: 2)
        for number in 0..<20 { #expect(try session.json("SELECT \(number) AS a") == "[{\"a\":\(number)}]") }
        let sql = "SHOW SESSION STATUS LIKE 'Com_stmt_close'"
        let closed = try session.connection.rows(EngineStatement(sql: sql, parameterOrder: []), [], limit: 1)
        #expect((closed.first?.values.last?.wholeNumber ?? 0) >= 18)
    }

    @Test("a batch is one transaction: all of it, or nothing")
    func batches() throws {
        let session = try MySQLTestSession(hasDatabase: true)
        try session.connection.run("CREATE TABLE v (a INT PRIMARY KEY)")
        func run(_ sql: [String]) -> (Result<QueryRows, DatabaseError>, AtomicBatch) {
            let batch = AtomicBatch(
                sql.map { text in
                    let statement = MySQLTestSession.statement(text)
                    let reads = text.hasPrefix("SELECT")
                    return AtomicBatch.Step(statement: statement, values: [], isReadOnly: reads, form: ResultForm())
                }
            )
            let query = QueuedQuery(
                tag: .medium,
                batch: batch,
                submittedAt: .now,
                deadline: .now + .seconds(30),
                maximumBytes: 1 << 20,
                onDetour: { _, _ in },
                completion: { _ in }
            )
            return (session.run(query), batch)
        }
        let (good, _) = run(["INSERT INTO v VALUES (1)", "INSERT INTO v VALUES (2)", "SELECT COUNT(*) AS n FROM v"])
        #expect(try String(buffer: good.get().body) == #"[{"n":2}]"#)
        let (bad, batch) = run(["INSERT INTO v VALUES (3)", "INSERT INTO v VALUES (1)"])
        #expect(throws: DatabaseError.self) { try bad.get() }
        #expect(batch.failedStep == 1)
        #expect(try session.json("SELECT a FROM v ORDER BY a") == #"[{"a":1},{"a":2}]"#)
        #expect(session.connection.isUsable)
    }

    @Test(
        "what has no place in a query, or is none, is refused when it is prepared",
        arguments: ["SET @a = 1", "BEGIN", "USE mysql", "LOCK TABLES v READ", "", " -- nothing", "SELEC 1", "SELECT ?"]
    )
    func refusedWhenPrepared(sql: String) throws {
        let session = try MySQLTestSession()
        #expect(throws: DatabaseError.self) { try session.connection.describe(MySQLTestSession.statement(sql)) }
        #expect(session.connection.isUsable)
    }

    @Test("a description has the columns with their types, and says what reads")
    func describes() throws {
        let session = try MySQLTestSession(hasDatabase: true)
        try session.connection.run(
            "CREATE TABLE v (a BIGINT UNSIGNED, b JSON, c ENUM('x'), d UUID, e TINYINT(1), f BLOB)"
        )
        let described = try session.connection.describe(
            MySQLTestSession.statement("SELECT * FROM v WHERE a = :a", [.integer])
        )
        #expect(described.facts.columns.map(\.name) == ["a", "b", "c", "d", "e", "f"])
        #expect(
            described.facts.columns.map(\.type) == ["bigint unsigned", "json", "enum", "uuid", "tinyint(1)", "blob"]
        )
        #expect(described.facts.isReadOnly)
        let write = try session.connection.describe(MySQLTestSession.statement("SELECT a FROM v FOR UPDATE"))
        #expect(!write.facts.isReadOnly)
    }

    @Test("the mark of the schema is another one after a change of a table or a function, and after nothing else")
    func schemaMarks() throws {
        let session = try MySQLTestSession(hasDatabase: true)
        var marks: [String?] = []
        for sql in [
            "CREATE TABLE v (a INT)", "ALTER TABLE v CHANGE a b INT", "ALTER TABLE v MODIFY b BIGINT",
            "CREATE FUNCTION f() RETURNS INT RETURN 1",
        ] {
            try session.connection.run(sql)
            marks.append(try session.connection.schemaMark())
            try session.connection.run("INSERT INTO v VALUES (1)")
            #expect(try session.connection.schemaMark() == marks.last)
        }
        #expect(Set(marks).count == marks.count)
    }

    @Test("the limit of connections is told, and sessions that were closed are gone")
    func sessions() throws {
        let session = try MySQLTestSession()
        #expect(try session.connection.connectionLimit()?.arithmetic == "max_connections 300")
        let other = try MySQLTestSession()
        let identifier = try #require(other.connection.sessionID)
        #expect(try session.connection.sessionsLeft(of: [identifier]) == 1)
        other.connection.close()
        #expect(try session.connection.sessionsLeft(of: [identifier]) == 0)
    }

    @Test("a bootstrap's query reads and does not write, in its time")
    func reads() throws {
        let session = try MySQLTestSession(hasDatabase: true)
        try session.connection.run("CREATE TABLE v (a INT)")
        let insert = EngineStatement(sql: "INSERT INTO v VALUES (1)", parameterOrder: [])
        #expect(throws: DatabaseError.self) {
            try session.connection.read(insert, [], limit: 1, within: .seconds(5))
        }
        let slow = EngineStatement(sql: "SELECT SLEEP(10)", parameterOrder: [])
        let began = ContinuousClock.now
        _ = try? session.connection.read(slow, [], limit: 1, within: .seconds(1))
        #expect(began.duration(to: .now) < .seconds(8))
        let rows = try session.connection.read(
            EngineStatement(sql: "SELECT COUNT(*) AS n FROM v", parameterOrder: []),
            [],
            limit: 1,
            within: .seconds(5)
        )
        #expect(rows.first?["n"] == .integer(0))
        try session.connection.run("INSERT INTO v VALUES (1)")
    }
}
