import HydrogenCore
import NIOCore
import Synchronization
import Testing

@testable import DatabaseSubsystem

@Suite("A PostgreSQL connection", PostgreSQLServer.isThere, .timeLimit(.minutes(2)))
struct PostgreSQLConnectionTests {
    private static let quick: TagSet = TagSet(.fast)

    private func integer(_ value: Int64) -> ParameterValue {
        ParameterValue(type: .integer, content: .integer(value))
    }

    // MARK: Values

    @Test(
        "every type has one form in each format",
        arguments: [
            ("NULL::int", "null"), ("1::int2", "1"), ("(-9223372036854775808)::int8", "-9223372036854775808"),
            ("12.50::numeric(9,2)", "12.50"), ("'NaN'::numeric", "\"NaN\""), ("'Infinity'::numeric", "\"Infinity\""),
            ("99999999999999999999.5::numeric", "99999999999999999999.5"),
            ("0.1::float8", "0.1"), ("1e300::float8", "1e+300"), ("'-Infinity'::float8", "\"-Infinity\""),
            ("1.5::float4", "1.5"),
            ("true", "true"), ("false", "false"), (#"'a"b\' || chr(10) || 'ü😀'"#, #""a\"b\\\nü😀""#),
            ("''::text", "\"\""),
            (#"'\x00ff10'::bytea"#, "\"AP8Q\""), ("''::bytea", "\"\""), ("date '2026-01-31'", "\"2026-01-31\""),
            ("time '12:00:00.5'", "\"12:00:00.5\""),
            ("timestamp '2026-01-31 12:00:00.123456'", "\"2026-01-31T12:00:00.123456\""),
            ("timestamptz '2026-01-31 12:00:00+02'", "\"2026-01-31T10:00:00Z\""),
            ("'infinity'::timestamptz", "\"infinity\""),
            (#"'{"a": [1, 2]}'::json"#, #"{"a": [1, 2]}"#), (#"'{"b":1}'::jsonb"#, #"{"b": 1}"#),
            ("'5f0c7f54-6b55-4d0f-8d9b-0d6e0c3a1f00'::uuid", "\"5f0c7f54-6b55-4d0f-8d9b-0d6e0c3a1f00\""),
            ("interval '1 day 2 hours'", "\"P1DT2H\""), ("ARRAY[1,2]", "\"{1,2}\""), ("to_json(ARRAY[1,2])", "[1,2]"),
            ("'x'::varchar(3)", "\"x\""), ("'x'::char(3)", "\"x  \""), ("4294967295::oid", "4294967295"),
        ],
        [TagSet(.medium), TagSet(.fast)]
    )
    func types(value: (sql: String, json: String), tags: TagSet) throws {
        let session = try PostgreSQLTestSession(tags)
        #expect(try session.json("SELECT \(value.sql) AS v") == "[{\"v\":\(value.json)}]")
        #expect(try session.text("SELECT \(value.sql) AS v", as: ResultForm(.ndjson)) == "{\"v\":\(value.json)}\n")
        let table = try session.text("SELECT \(value.sql) AS v, 1 AS one", as: ResultForm(.csv))
        #expect(table == "v,one\r\n\(try fieldOfCSV(value.json)),1\r\n")
    }

    @Test("parameters of every type come back as they went")
    func parameters() throws {
        let session = try PostgreSQLTestSession()
        let values = [
            integer(.max), ParameterValue(type: .string, content: .text("O'Reilly \\ ü😀")),
            ParameterValue(type: .boolean, content: .boolean(true)),
            ParameterValue(type: .float, content: .float(0.25)),
            ParameterValue(type: .date, content: .text("2026-01-31")),
            ParameterValue(type: .time, content: .text("12:00:00")),
            ParameterValue(type: .datetime, content: .text("2026-01-31T12:00:00")),
            ParameterValue(type: .timestamp, content: .text("2026-01-31T12:00:00+02:00")), .null(.integer),
        ]
        #expect(
            try session.json(
                "SELECT :a AS a, :b AS b, :c AS c, :d AS d, :e AS e, :f AS f, :g AS g, :h AS h, :i AS i",
                values
            )
                == #"[{"a":9223372036854775807,"b":"O'Reilly \\ ü😀","c":true,"d":0.25,"e":"2026-01-31","f":"12:00:00","#
                + #""g":"2026-01-31T12:00:00","h":"2026-01-31T10:00:00Z","i":null}]"#
        )
    }

    @Test(
        "a statement gets the parameter types that it takes",
        arguments: [
            ("SELECT CURRENT_DATE - :n::int AS d", ParameterType.integer), ("SELECT CURRENT_DATE - :n AS d", .integer),
            ("SELECT make_interval(days => :n) AS i", .integer), ("SELECT substr('abc', :n) AS s", .integer),
            ("SELECT 1 AS one WHERE gen_random_uuid() = :n", .string), ("SELECT :n IS NULL AS isnull", .string),
            ("SELECT * FROM generate_series(1, :n) AS g", .integer), ("SELECT 1 AS one LIMIT :n", .integer),
            ("SELECT concat(:n) AS c", .text),
        ]
    )
    func bindings(sql: String, type: ParameterType) throws {
        let session = try PostgreSQLTestSession()
        let statement = EngineStatement(ParsedSQL(sql), for: .dollar, types: [type])
        let described = try session.connection.describe(statement)
        let value =
            type == .integer
            ? integer(1) : ParameterValue(type: type, content: .text("5f0c7f54-6b55-4d0f-8d9b-0d6e0c3a1f00"))
        let outcome = session.run([session.query(sql, [value], statement: described.statement)])[0]
        #expect(throws: Never.self) { try outcome.get() }
    }

    // MARK: Errors

    @Test("an error of one read in a batch touches no other, however many there are", arguments: [1, 2, 3] as [UInt64])
    func isolation(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let session = try PostgreSQLTestSession(Self.quick)
        let good = EngineStatement(ParsedSQL("SELECT 10 / :d AS q"), for: .dollar, types: [.integer])
        for _ in 0..<20 {
            let divisors = (0..<64).map { _ in Int64.random(in: 0...5, using: &generator) }
            let outcomes = session.run(divisors.map { session.query("", [integer($0)], statement: good) })
            for (divisor, outcome) in zip(divisors, outcomes) {
                switch outcome {
                case .success(let rows):
                    #expect(String(buffer: rows.body) == "[{\"q\":\(10 / divisor)}]", "seed \(seed)")
                case .failure(let error): #expect(divisor == 0 && error.sqlState == "22012", "seed \(seed)")
                }
            }
            #expect(session.connection.isUsable)
        }
    }

    @Test("a batch that is full of statements that cannot be prepared answers each with its error")
    func refusedStatements() throws {
        let session = try PostgreSQLTestSession(Self.quick)
        let bad = EngineStatement(sql: "SELECT nothing FROM nowhere", parameterOrder: [])
        let outcomes = session.run([
            session.query("SELECT 1 AS one"), session.query("", statement: bad), session.query("SELECT 2 AS two"),
            session.query("", statement: bad), session.query("SELECT 3 AS three"),
        ])
        #expect(outcomes.map { (try? $0.get())?.rowCount } == [1, nil, 1, nil, 1])
        if case .failure(let error) = outcomes[1] { #expect(error.sqlState == "42P01") }
        if case .failure(let error) = outcomes[3] { #expect(error.sqlState == "42P01") }
    }

    @Test("what the server refuses has a code, a SQLSTATE, and its words kept apart")
    func refusals() throws {
        let session = try PostgreSQLTestSession()
        try session.connection.run(
            "CREATE TABLE t (id int PRIMARY KEY, parent int REFERENCES t DEFERRABLE INITIALLY DEFERRED)"
        )
        #expect(session.error("SELECT 1/0")?.sqlState == "22012")
        #expect(session.error("INSERT INTO t VALUES (1), (1)", readOnly: false)?.sqlState == "23505")
        let deferred = session.error("INSERT INTO t VALUES (2, 99)", readOnly: false)
        #expect(deferred?.code == .refused && deferred?.sqlState == "23503", "a commit that is refused is an error")
        #expect(try session.json("SELECT count(*) AS n FROM t") == #"[{"n":0}]"#)
        #expect(session.error("INSERT INTO t VALUES (3)")?.code == .readOnly)
        let nul = session.error("SELECT :a AS a", [ParameterValue(type: .string, content: .text("a\0"))])
        #expect(nul?.code == .refused && nul?.sqlState == "22021")
        #expect(session.connection.isUsable)
    }

    @Test(
        "a result that must be held and is too large is refused, and the connection goes on",
        arguments: [TagSet(.medium), TagSet(.fast)]
    )
    func tooLarge(tags: TagSet) throws {
        let session = try PostgreSQLTestSession(tags)
        let large = session.query("SELECT repeat('x', 1000) AS x FROM generate_series(1, 2000)", limit: 100_000)
        let outcomes = session.run([large])
        if case .failure(let error) = outcomes[0] {
            #expect(error.code == .resultTooLarge)
        } else {
            Issue.record("not refused")
        }
        #expect(try session.json("SELECT 1 AS one") == #"[{"one":1}]"#)
    }

    // MARK: Prepared statements

    @Test(
        "a changed table makes its statements anew, without the caller noticing",
        arguments: [TagSet(.medium), TagSet(.fast)]
    )
    func stalePlans(tags: TagSet) throws {
        let owner = try PostgreSQLTestSession()
        try owner.connection.run("CREATE TABLE t (a int)")
        try owner.connection.run("INSERT INTO t VALUES (1)")
        let session = try PostgreSQLTestSession(tags, schema: owner.schema)
        let statement = EngineStatement(sql: "SELECT * FROM t", parameterOrder: [])
        let steps = [
            ("", #"[{"a":1}]"#), ("ALTER TABLE t ADD b text DEFAULT 'x'", #"[{"a":1,"b":"x"}]"#),
            ("ALTER TABLE t ALTER a TYPE text", #"[{"a":"1","b":"x"}]"#),
            ("ALTER TABLE t RENAME b TO c", #"[{"a":"1","c":"x"}]"#),
        ]
        for (change, expected) in steps {
            if !change.isEmpty { try owner.connection.run(change) }
            let outcomes = session.run((0..<5).map { _ in session.query("", statement: statement) })
            for outcome in outcomes { #expect(String(buffer: try outcome.get().body) == expected) }
        }
    }

    @Test("more statements than the cache holds are prepared, given up and prepared again")
    func cache() throws {
        let session = try PostgreSQLTestSession(cacheSize: 4)
        let statements = (0..<10).map { EngineStatement(sql: "SELECT \($0) AS n", parameterOrder: []) }
        for _ in 0..<3 {
            for (number, statement) in statements.enumerated() {
                let rows = try session.run([session.query("", statement: statement)])[0].get()
                #expect(String(buffer: rows.body) == "[{\"n\":\(number)}]")
            }
        }
        let kept = try session.connection.rows(
            EngineStatement(
                sql: "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'h%'",
                parameterOrder: []
            ),
            [],
            limit: 1
        )
        #expect(kept.first?.values == [.integer(4)])
    }

    @Test("a server that forgot all statements is told them again")
    func forgotten() throws {
        let session = try PostgreSQLTestSession()
        let statement = EngineStatement(sql: "SELECT 1 AS one", parameterOrder: [])
        for _ in 0..<3 {
            #expect(throws: Never.self) { try session.run([session.query("", statement: statement)])[0].get() }
            try session.connection.run("DEALLOCATE ALL")
        }
    }

    // MARK: Hygiene

    @Test("a connection whose query left a transaction open is not used again")
    func openTransaction() throws {
        let session = try PostgreSQLTestSession()
        _ = session.run([session.query("BEGIN", readOnly: false)])
        #expect(!session.connection.isUsable)
    }

    @Test("a read writes nothing, whatever functions it calls", arguments: [TagSet(.medium), TagSet(.fast)])
    func readOnly(tags: TagSet) throws {
        let owner = try PostgreSQLTestSession()
        try owner.connection.run("CREATE SEQUENCE s")
        let session = try PostgreSQLTestSession(tags, schema: owner.schema)
        let error = session.error("SELECT nextval('s')")
        #expect(error?.code == .readOnly && error?.sqlState == "25006")
        if !tags.isQuick { #expect(try session.json("SELECT nextval('s') AS n", readOnly: false) == #"[{"n":1}]"#) }
    }

    @Test("the session that the server ends is noticed while nothing runs, and while a query does")
    func terminated() throws {
        let killer = try PostgreSQLTestSession()
        for isRunning in [false, true] {
            let session = try PostgreSQLTestSession()
            let process = try #require(session.connection.sessionID)
            let kill = "SELECT pg_terminate_backend(\(process))"
            if isRunning {
                let outcome = session.run([session.query(kill)])[0]
                if case .failure(let error) = outcome {
                    #expect(error.code == .unavailable)
                    #expect(session.connection.loss == error)
                } else {
                    Issue.record("it survived")
                }
            } else {
                _ = try killer.json(kill)
                while session.connection.isUsable { session.connection.receiveWhileIdle() }
            }
            #expect(session.connection.loss?.message == "the database server ended the session")
            #expect(session.connection.loss?.sqlState == "57P01")
        }
    }

    // MARK: Time

    @Test("a read that takes longer than its batch gives is outgrown, and its neighbours are answered")
    func outgrown() throws {
        let session = try PostgreSQLTestSession(Self.quick, quickTimeout: .milliseconds(100))
        let outcomes = session.run([
            session.query("SELECT 1 AS one"), session.query("SELECT pg_sleep(5)"), session.query("SELECT 2 AS two"),
        ])
        #expect(outcomes.map { (try? $0.get())?.rowCount } == [1, nil, 1])
        if case .failure(let error) = outcomes[1] { #expect(error.code == .outgrown) }
        #expect(session.connection.isUsable)
    }

    @Test("what was answered is delivered while neighbours still run, and others may start meanwhile")
    func overlapping() throws {
        let holder = try PostgreSQLTestSession()
        let lock = UInt32.random(in: 0...UInt32.max)
        try holder.connection.run("SELECT pg_advisory_lock(\(lock))")
        let session = try PostgreSQLTestSession(Self.quick, quickTimeout: .seconds(60))
        var outcomes: [(QueuedQuery, Result<QueryRows, DatabaseError>)] = []
        func start(_ sql: String) -> QueuedQuery {
            let query = session.query(sql)
            session.connection.start(query) { outcomes.append(($0, $1)) }
            return query
        }
        func advance() {
            session.connection.flush { outcomes.append(($0, $1)) }
            session.connection.advance { outcomes.append(($0, $1)) }
        }
        let first = start("SELECT 1 AS one")
        let slow = start("SELECT pg_advisory_xact_lock(\(lock))")
        advance()
        #expect(outcomes.map { $0.0 === first } == [true])
        #expect(session.connection.inFlight == 1 && session.connection.room > 0)
        let third = start("SELECT 3 AS three")
        try holder.connection.run("SELECT pg_advisory_unlock(\(lock))")
        while session.connection.inFlight > 0 { advance() }
        #expect(outcomes.dropFirst().map { $0.0 === slow } == [true, false])
        #expect(outcomes.last?.0 === third)
        #expect(try outcomes.last?.1.get().body == ByteBuffer(string: #"[{"three":3}]"#))
        #expect(session.connection.isUsable)
    }

    @Test("a busy connection comes to rest now and then, and goes on", arguments: [7, 8] as [UInt64])
    func rest(seed: UInt64) throws {
        let session = try PostgreSQLTestSession(Self.quick)
        let statement = EngineStatement(ParsedSQL("SELECT :n AS n"), for: .dollar, types: [.integer])
        var generator = SeededGenerator(seed: seed)
        var expected: [ObjectIdentifier: Int64] = [:]
        var queries: [QueuedQuery] = []
        var answered = 0
        let deliver: EngineConnection.Deliver = { query, outcome in
            answered += 1
            let number = expected[ObjectIdentifier(query)] ?? -1
            #expect((try? outcome.get())?.body == ByteBuffer(string: "[{\"n\":\(number)}]"), "seed \(seed)")
        }
        while queries.count < 10_000 {
            for _ in 0..<min(session.connection.room, Int.random(in: 1...200, using: &generator)) {
                let number = Int64(queries.count)
                let query = session.query(
                    "",
                    [ParameterValue(type: .integer, content: .integer(number))],
                    statement: statement
                )
                queries.append(query)
                expected[ObjectIdentifier(query)] = number
                session.connection.start(query, deliver)
            }
            session.connection.flush(deliver)
            session.connection.advance(deliver)
        }
        while session.connection.inFlight > 0 { session.connection.advance(deliver) }
        #expect(answered == queries.count, "seed \(seed)")
        #expect(session.connection.isUsable, "seed \(seed)")
    }

    @Test("the server stops a query whose process can no longer cancel it")
    func serverTimeout() throws {
        let session = try PostgreSQLTestSession()
        let outcome = session.run([session.query("SELECT pg_sleep(20)", deadline: .milliseconds(900))])[0]
        if case .failure(let error) = outcome {
            #expect(error.code != .refused)
        } else {
            Issue.record("it slept to its end")
        }
    }

    // MARK: Streams

    @Test("a large result comes in pieces that make the whole, and little of it is held")
    func streamed() throws {
        let session = try PostgreSQLTestSession()
        let whole = Mutex(ByteBuffer())
        let largest = Mutex(0)
        let stream = ResultStream { stream, chunk in
            var chunk = chunk
            let bytes = chunk.readableBytes
            largest.withLock { $0 = max($0, bytes) }
            _ = whole.withLock { $0.writeBuffer(&chunk) }
            stream.consumed(bytes)
        }
        let query = session.query(
            "SELECT g AS n FROM generate_series(1, 200000) g",
            limit: ResultStream.firstChunkBytes * 2,
            stream: stream
        )
        let rows = try session.run([query])[0].get()
        let text = String(buffer: whole.withLock { $0 }) + String(buffer: rows.body)
        #expect(rows.rowCount == 200_000)
        #expect(text == "[" + (1...200_000).map { "{\"n\":\($0)}" }.joined(separator: ",") + "]")
        #expect(largest.withLock { $0 } < ResultStream.firstChunkBytes + 4096)
    }

    @Test("a caller that takes nothing more is left, and the connection goes on")
    func stalled() throws {
        let session = try PostgreSQLTestSession()
        let stream = ResultStream { _, _ in }
        let query = session.query(
            "SELECT repeat('x', 1000) AS x FROM generate_series(1, 1000000)",
            deadline: .milliseconds(300),
            stream: stream
        )
        if case .failure(let error) = session.run([query])[0] {
            #expect(error.code == .deadlineExceeded)
        } else {
            Issue.record("no error")
        }
        #expect(try session.json("SELECT 1 AS one") == #"[{"one":1}]"#)
    }

    // MARK: The Lead's work

    @Test("a script is applied whole or not at all")
    func transactions() throws {
        let session = try PostgreSQLTestSession()
        try session.connection.transact(
            ["CREATE TABLE t (a int)", "INSERT INTO t VALUES (1)"],
            isolation: .serializable
        )
        #expect(throws: DatabaseError.self) {
            try session.connection.transact(["INSERT INTO t VALUES (2)", "SELECT nonsense"])
        }
        #expect(try session.json("SELECT a FROM t") == #"[{"a":1}]"#)
    }

    @Test("statements are described without being run, also within a rehearsal that one of them cannot end")
    func describe() throws {
        let session = try PostgreSQLTestSession()
        try session.connection.rehearse { () throws(DatabaseError) in
            try session.connection.run("CREATE TABLE t (id int, name varchar(9), at timestamptz)")
            do throws(DatabaseError) {
                _ = try session.connection.describe(EngineStatement(sql: "SELECT nothing", parameterOrder: []))
                Issue.record("nonsense was accepted")
            } catch {
                #expect(error.sqlState == "42703")
            }
            let facts = try session.connection.describe(EngineStatement(sql: "SELECT * FROM t", parameterOrder: []))
                .facts
            #expect(facts.columns.map(\.name) == ["id", "name", "at"])
            #expect(facts.columns.map(\.type) == ["integer", "character varying", "timestamp with time zone"])
            #expect(facts.isReadOnly)
            let write = try session.connection.describe(EngineStatement(sql: "DELETE FROM t", parameterOrder: [])).facts
            #expect(!write.isReadOnly && write.columns.isEmpty)
        }
        #expect(session.error("SELECT * FROM t")?.sqlState == "42P01")
        #expect(throws: DatabaseError.self) {
            try session.connection.describe(EngineStatement(sql: "SET a.b = 1", parameterOrder: []))
        }
    }

    @Test("the server tells its limit, and which sessions it still has")
    func sessions() throws {
        let session = try PostgreSQLTestSession()
        let other = try PostgreSQLTestSession(schema: session.schema)
        #expect(try session.connection.connectionLimit()?.available ?? 0 > 0)
        let process = try #require(other.connection.sessionID)
        #expect(try session.connection.sessionsLeft(of: [process, 1]) == 1)
    }

    @Test(
        "a server that cannot be used says why, without a name or a password",
        arguments: [
            ("postgresql://hydrogen:wrong@127.0.0.1:PORT/hydrogen", "28P01"),
            ("postgresql://hydrogen:hydrogen@127.0.0.1:PORT/nowhere", "3D000"),
            ("postgresql://hydrogen:hydrogen@127.0.0.1:1/hydrogen", "08006"),
            ("postgresql://hydrogen:wrong/half@127.0.0.1:PORT/hydrogen", "08006"),
            ("postgresql://hydrogen:half@wrong@127.0.0.1:PORT/hydrogen", "08006"),
        ]
    )
    func unusable(string: String, state: String) throws {
        let port = try #require(PostgreSQLServer.url?.split(separator: ":").last?.split(separator: "/").first)
        let engine = PostgreSQLServer.engine(connectionString: string.replacing("PORT", with: port))
        do throws(DatabaseError) {
            _ = try engine.connect(as: QueueLabel(database: "T", number: 0, tags: .all), abort: .never)
            Issue.record("it connected")
        } catch {
            #expect(error.code == .unavailable && error.sqlState == state)
            #expect(!error.message.contains("wrong") && !String(reflecting: error).contains("wrong"))
        }
    }

    @Test("an attempt ends when the landing wants it to")
    func aborted() throws {
        let engine = PostgreSQLServer.engine(connectionString: "host=192.0.2.1 dbname=d")
        do throws(DatabaseError) {
            _ = try engine.connect(as: QueueLabel(database: "T", number: 0, tags: .all), abort: AbortSignal { true })
            Issue.record("it connected")
        } catch {
            #expect(error.code == .landing || error.code == .unavailable)
        }
    }
}
