import NIOCore
import Testing

@testable import DatabaseSubsystem

/// Batches that are one transaction, the same on every engine.
@Suite("Atomic batches", .timeLimit(.minutes(2)))
struct AtomicBatchTests {
    /// The engines that are there.
    enum Engine: String, Sendable, CaseIterable {
        case sqlite, postgresql

        static let there = allCases.filter { $0 == .sqlite || PostgreSQLServer.url != nil }
    }

    /// One connection with a table `t` of its own.
    private final class Session {
        let connection: any EngineConnection
        private let placeholders: ParsedSQL.Placeholders
        private let server: PostgreSQLTestSession?
        private let folder = try? TemporaryFolder()

        init(_ engine: Engine, cacheSize: Int = 16) throws {
            switch engine {
            case .sqlite:
                let engine = SQLiteEngine(
                    database: "\(folder?.path ?? "")/test.db",
                    resolve: { $0 },
                    busyTimeout: .milliseconds(50),
                    statementCacheSize: cacheSize
                )
                let label = QueueLabel(database: "Test", number: 0, tags: .all)
                connection = try engine.connect(as: label, abort: .never)
                placeholders = .questionNumbered
                server = nil
            case .postgresql:
                let session = try PostgreSQLTestSession(cacheSize: cacheSize)
                connection = session.connection
                placeholders = .dollar
                server = session
            }
            try connection.run(
                "CREATE TABLE t (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES t DEFERRABLE INITIALLY DEFERRED)"
            )
        }

        func step(_ sql: String, _ value: Int64? = nil, reads: Bool = false) -> AtomicBatch.Step {
            let values = value.map { [ParameterValue(type: .integer, content: .integer($0))] } ?? []
            return AtomicBatch.Step(
                statement: EngineStatement(ParsedSQL(sql), for: placeholders, types: values.map(\.type)),
                values: values,
                isReadOnly: reads,
                form: ResultForm()
            )
        }

        func insert(_ id: Int64) -> AtomicBatch.Step { step("INSERT INTO t (id) VALUES (:id)", id) }
        var count: AtomicBatch.Step { step("SELECT count(*) AS n FROM t", reads: true) }

        /// Runs a batch to its outcome.
        func run(
            _ batch: AtomicBatch,
            deadline: Duration = .seconds(30),
            limit: Int = 1 << 20,
            meanwhile: (QueuedQuery) -> Void = { _ in }
        ) -> DatabaseError? {
            let query = QueuedQuery(
                tag: .medium,
                batch: batch,
                submittedAt: .now,
                deadline: .now + deadline,
                maximumBytes: limit,
                onDetour: { _, _ in },
                completion: { _ in }
            )
            var outcomes: [Result<QueryRows, DatabaseError>] = []
            let deliver: EngineConnection.Deliver = { outcomes.append($1) }
            meanwhile(query)
            connection.start(query, deliver)
            connection.flush(deliver)
            while connection.isUsable, connection.inFlight > 0 { connection.advance(deliver) }
            #expect(outcomes.count == 1 && connection.inFlight == 0)
            if case .failure(let error) = outcomes.first { return error }
            return nil
        }

        /// How many rows the table has.
        func rows() throws -> Int64? {
            let statement = EngineStatement(sql: "SELECT count(*) FROM t", parameterOrder: [])
            guard case .integer(let count) = try connection.rows(statement, [], limit: 1).first?.values.first else {
                return nil
            }
            return count
        }
    }

    private func texts(_ batch: AtomicBatch) -> [String] { batch.results.map { String(buffer: $0.body) } }

    @Test("all take effect, each sees what came before it, and each has its own result", arguments: Engine.there)
    func together(engine: Engine) throws {
        let session = try Session(engine)
        let batch = AtomicBatch([
            session.count, session.insert(1), session.count, session.insert(2), session.count,
            session.step("UPDATE t SET parent = 1"),
        ])
        #expect(session.run(batch) == nil && batch.failedStep == nil)
        #expect(texts(batch) == [#"[{"n":0}]"#, "[]", #"[{"n":1}]"#, "[]", #"[{"n":2}]"#, "[]"])
        #expect(batch.results.map(\.affectedRows) == [nil, 1, nil, 1, nil, 2])
        #expect(try session.rows() == 2)
    }

    @Test("one that fails takes the others with it, wherever it stands", arguments: Engine.there, 0..<4)
    func fails(engine: Engine, place: Int) throws {
        let session = try Session(engine)
        #expect(session.run(AtomicBatch([session.insert(9)])) == nil)
        var steps = [session.insert(1), session.count, session.insert(2)]
        steps.insert(session.insert(9), at: place)
        let batch = AtomicBatch(steps)
        #expect(session.run(batch)?.code == .refused && batch.failedStep == place)
        #expect(try session.rows() == 1)
        #expect(session.run(AtomicBatch([session.insert(1)])) == nil, "the connection serves on")
        #expect(try session.rows() == 2)
    }

    @Test("what only the end finds out undoes everything, and is no query's fault", arguments: Engine.there)
    func commitFails(engine: Engine) throws {
        let session = try Session(engine)
        if engine == .sqlite { try session.connection.run("PRAGMA foreign_keys = ON") }
        let batch = AtomicBatch([session.insert(1), session.step("INSERT INTO t (id, parent) VALUES (2, :p)", 77)])
        #expect(session.run(batch)?.code == .refused && batch.failedStep == nil)
        #expect(try session.rows() == 0)
    }

    @Test("a statement that its engine does not know fails the batch at its place", arguments: Engine.there)
    func refused(engine: Engine) throws {
        let session = try Session(engine)
        let batch = AtomicBatch([
            session.insert(1), session.step("SELECT * FROM missing", reads: true), session.insert(2),
        ])
        #expect(session.run(batch)?.code == .refused && batch.failedStep == 1)
        #expect(try session.rows() == 0)
    }

    @Test("a read that writes is refused, and the batch with it", arguments: Engine.there)
    func readOnly(engine: Engine) throws {
        let session = try Session(engine)
        let batch = AtomicBatch([session.count, session.step("INSERT INTO t (id) VALUES (1)", reads: true)])
        #expect(session.run(batch)?.code == .readOnly && batch.failedStep == 1)
        #expect(try session.rows() == 0)
    }

    @Test("one that is stopped has no effect, and its connection serves on", arguments: Engine.there)
    func stopped(engine: Engine) throws {
        let session = try Session(engine)
        let endless = """
            WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1000000000)
            SELECT max(n) FROM c
            """
        let batch = AtomicBatch([session.insert(1), session.step(endless, reads: true), session.insert(2)])
        // Seen by the engine while it runs, as a caller that leaves then.
        #expect(session.run(batch) { $0.requestStop(.callerLeft) } != nil)
        #expect(session.connection.isUsable)
        #expect(try session.rows() == 0)
        #expect(session.run(AtomicBatch([session.insert(1)])) == nil)
    }

    @Test("more statements than the connection keeps prepared are no matter", arguments: Engine.there)
    func manyStatements(engine: Engine) throws {
        let session = try Session(engine, cacheSize: 1)
        for round in 0..<3 {
            let steps = (0..<20).map { session.step("INSERT INTO t (id) VALUES (\(round * 100 + $0))") }
            #expect(session.run(AtomicBatch(steps)) == nil)
        }
        #expect(try session.rows() == 60)
    }

    @Test("a plan that went stale is made anew, and nothing runs twice", arguments: Engine.there)
    func stalePlan(engine: Engine) throws {
        let session = try Session(engine)
        let all = session.step("SELECT * FROM t ORDER BY id", reads: true)
        #expect(session.run(AtomicBatch([all, session.insert(1)])) == nil)
        try session.connection.run("ALTER TABLE t ADD COLUMN more INTEGER")
        let batch = AtomicBatch([session.insert(2), all, session.insert(3)])
        #expect(session.run(batch) == nil)
        #expect(batch.results.count == 3 && batch.results.map(\.columnCount) == [0, 3, 0])
        #expect(try session.rows() == 3)
    }

    @Test(
        "a connection that is lost meanwhile leaves nothing, and says that this is not known",
        .enabled(if: PostgreSQLServer.url != nil)
    )
    func lost() throws {
        let (session, other) = (try Session(.postgresql), try PostgreSQLTestSession())
        let process = try #require(session.connection.sessionID)
        let batch = AtomicBatch([
            session.insert(1), session.step("SELECT pg_terminate_backend(\(process))"), session.insert(2),
        ])
        let error = session.run(batch)
        #expect(error?.code == .unavailable && error?.isOutcomeUnknown == true)
        #expect(!session.connection.isUsable)
        _ = other
    }

    @Test(
        "a result that is too large undoes the batch, though its database had nothing against it",
        arguments: Engine.there
    )
    func tooLarge(engine: Engine) throws {
        let session = try Session(engine)
        let large = session.step("SELECT '\(String(repeating: "x", count: 2000))' AS text", reads: true)
        let batch = AtomicBatch([session.insert(1), large, session.insert(2)])
        let error = session.run(batch, limit: 1000)
        #expect(error?.code == .resultTooLarge && error?.isOutcomeUnknown == false && batch.failedStep == 1)
        #expect(try session.rows() == 0)
        #expect(session.run(AtomicBatch([session.insert(1)])) == nil)
    }

    @Test(
        "what would commit by itself is refused, and the batch with it",
        .enabled(if: PostgreSQLServer.url != nil),
        arguments: ["VACUUM t", "CALL commits()", "REINDEX TABLE CONCURRENTLY t"],
        [0, 1]
    )
    func commitsByItself(sql: String, place: Int) throws {
        let session = try Session(.postgresql)
        try session.connection.run(
            "CREATE PROCEDURE commits() LANGUAGE plpgsql AS 'BEGIN INSERT INTO t VALUES (5); COMMIT; END'"
        )
        var steps = [session.insert(1), session.insert(2)]
        steps.insert(session.step(sql), at: place)
        let batch = AtomicBatch(steps)
        #expect(session.run(batch)?.code == .refused && batch.failedStep == place)
        #expect(try session.rows() == 0)
        #expect(session.run(AtomicBatch([session.insert(1)])) == nil)
    }
}
