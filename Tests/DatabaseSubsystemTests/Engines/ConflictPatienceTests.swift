import NIOCore
import Testing

@testable import DatabaseSubsystem

/// How often a query is tried again that stood in others' way.
struct ConflictPatienceTests {
    /// A connection that fails as it is told.
    private final class ScriptedConnection: BlockingConnection {
        var loss: DatabaseError?
        var running: QueuedQuery?
        var interrupter: (any EngineInterrupter)? { nil }
        private(set) var attempts = 0
        private(set) var rollbacks = 0
        private var failures: [DatabaseError]

        init(failures: [DatabaseError]) {
            self.failures = failures
        }

        func execute(_ step: AtomicBatch.Step, for query: QueuedQuery) throws(DatabaseError) -> QueryRows {
            attempts += 1
            guard failures.isEmpty else { throw failures.removeFirst() }
            return QueryRows(body: ByteBuffer(string: "[]"), rowCount: 0, columnCount: 0)
        }

        func waitToRetry(_ query: QueuedQuery, after error: DatabaseError, attempts: Int) -> Bool {
            ConflictPatience.wait(query, after: error, attempts: attempts)
        }

        func rollback() { rollbacks += 1 }
        func beginBatch(isReadOnly: Bool) {}
        func settle() {}
        func begin(_ isolation: TransactionIsolation?) {}
        func run(_ sql: String) {}
        func commit() {}
        func rows(_ statement: EngineStatement, _ values: [ParameterValue], limit: Int) -> [DatabaseRow] { [] }
        func describe(_ statement: EngineStatement) throws(DatabaseError) -> DescribedStatement { throw .closed }
        func check() {}
        func close() {}
    }

    private static let busy = DatabaseError(.busy, "others hold it", retryAfter: .seconds(1))
    private static let refused = DatabaseError(.refused, "no")

    private static func query(batch: Bool, deadline: Duration) -> QueuedQuery {
        let statement = EngineStatement(sql: "UPDATE t SET n = 1", parameterOrder: [])
        guard batch else {
            return QueuedQuery(
                statement: statement,
                values: [],
                isReadOnly: false,
                submittedAt: .now,
                deadline: .now + deadline,
                maximumBytes: 1 << 20
            ) { _ in }
        }
        let step = AtomicBatch.Step(statement: statement, values: [], isReadOnly: false, form: ResultForm())
        return QueuedQuery(
            tag: .medium,
            batch: AtomicBatch([step]),
            submittedAt: .now,
            deadline: .now + deadline,
            maximumBytes: 1 << 20,
            onDetour: { _, _ in },
            completion: { _ in }
        )
    }

    /// Runs a query; returns its error, and how often it was tried.
    private func run(
        _ failures: [DatabaseError],
        batch: Bool,
        deadline: Duration = .seconds(60),
        stop: QueuedQuery.StopReason? = nil
    ) -> (error: DatabaseError?, connection: ScriptedConnection) {
        let connection = ScriptedConnection(failures: failures)
        let query = Self.query(batch: batch, deadline: deadline)
        if let stop { query.requestStop(stop) }
        var outcomes: [Result<QueryRows, DatabaseError>] = []
        connection.start(query) { outcomes.append($1) }
        #expect(outcomes.count == 1)
        if case .failure(let error) = outcomes.first { return (error, connection) }
        return (nil, connection)
    }

    @Test("what lost a conflict is tried again, a few times", arguments: [false, true])
    func conflicts(batch: Bool) {
        let (error, connection) = run([Self.busy, Self.busy], batch: batch)
        #expect(error == nil && connection.attempts == 3 && connection.rollbacks == (batch ? 2 : 0))
        let (last, other) = run(Array(repeating: Self.busy, count: 9), batch: batch)
        #expect(last == Self.busy && other.attempts == ConflictPatience.maximumAttempts)
    }

    @Test("nothing else is: no refusal, no unknown outcome, no query that is due or stopped", arguments: [false, true])
    func others(batch: Bool) {
        #expect(run([Self.refused], batch: batch).connection.attempts == 1)
        #expect(run([Self.busy.withUnknownOutcome], batch: batch).connection.attempts == 1)
        #expect(run([Self.busy], batch: batch, deadline: .zero).connection.attempts == 1)
        #expect(run([Self.busy], batch: batch, stop: .callerLeft).connection.attempts == 1)
    }
}
