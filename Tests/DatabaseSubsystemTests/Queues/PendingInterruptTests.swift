import HydrogenCore
import HydrogenTesting
import NIOCore
import Synchronization
import Testing

@testable import DatabaseSubsystem

/// An engine whose first query runs until it is interrupted, by a request that is under way for as long as the test says.
private final class PendingInterrupt: DatabaseEngine, EngineInterrupter {
    let placeholders = ParsedSQL.Placeholders.questionNumbered
    let started = Latch()
    let asked = Latch()
    private let stopped: WakeupSignal
    private let ended = Mutex<(@Sendable () -> Void)?>(nil)
    private let mayRun = Atomic<Bool>(false)

    init() throws {
        stopped = try WakeupSignal()
    }

    func inspect() -> [Finding] { [.go("a test's engine")] }

    func connect(as label: QueueLabel, abort: AbortSignal) throws(DatabaseError) -> any EngineConnection {
        Connection(self)
    }

    func connectForRehearsal() throws(DatabaseError) -> any EngineConnection { Connection(self) }

    func interrupt(_ ended: @escaping @Sendable () -> Void) {
        self.ended.withLock { $0 = ended }
        stopped.raise()
        asked.open()
    }

    /// The request is no longer under way.
    func end() { ended.withLock { $0 }?() }

    fileprivate func run() -> Result<QueryRows, DatabaseError> {
        guard mayRun.exchange(true, ordering: .relaxed) else {
            started.open()
            _ = stopped.wait()
            return .failure(DatabaseError(.cancelled, "interrupted"))
        }
        return .success(QueryRows(body: ByteBuffer(string: "[]"), rowCount: 0, columnCount: 0))
    }

    private final class Connection: EngineConnection {
        let capacity = 1
        let inFlight = 0
        let loss: DatabaseError? = nil
        let interrupter: (any EngineInterrupter)?
        private let engine: PendingInterrupt

        init(_ engine: PendingInterrupt) {
            self.engine = engine
            interrupter = engine
        }

        func start(_ query: QueuedQuery, _ deliver: Deliver) { deliver(query, engine.run()) }
        func begin(_ isolation: TransactionIsolation?) throws(DatabaseError) {}
        func run(_ sql: String) throws(DatabaseError) {}
        func commit() throws(DatabaseError) {}
        func rollback() {}
        func rows(_ statement: EngineStatement, _ values: [ParameterValue], limit: Int) throws(DatabaseError)
            -> [DatabaseRow]
        {
            []
        }
        func describe(_ statement: EngineStatement) throws(DatabaseError) -> DescribedStatement {
            DescribedStatement(statement, facts: StatementFacts(columns: [], isReadOnly: true))
        }
        func check() throws(DatabaseError) {}
        func close() {}
    }
}

@Suite(.timeLimit(.minutes(1)))
struct PendingInterruptTests {
    private static func query(_ completion: @escaping @Sendable (Bool) -> Void) -> QueuedQuery {
        QueuedQuery(
            tag: .medium,
            statement: EngineStatement(sql: "", parameterOrder: []),
            values: [],
            isReadOnly: true,
            submittedAt: .now,
            deadline: .now + .seconds(60),
            maximumBytes: 1 << 20,
            form: ResultForm(.json),
            onDetour: { query, _ in query.complete(.failure(.closed)) },
            completion: { result in completion((try? result.get()) != nil) }
        )
    }

    @Test("what is handed in while a request to stop is under way waits for its end, and costs no connection")
    func handedIn() async throws {
        for _ in 0..<50 {
            let engine = try PendingInterrupt()
            let queue = try WorkerQueue(
                label: QueueLabel(database: "Test", number: 1, tags: .all),
                engine: engine,
                capacity: 10,
                clock: ContinuousClock(),
                // The machine may be slow; the test says when it ends.
                interruptLimit: .seconds(3600),
                onLost: { _ in }
            )
            try queue.start()
            try await queue.connect()
            let first = Self.query { _ in }
            queue.submit(first)
            await engine.started.wait()
            queue.withdraw(first, .callerLeft)
            await engine.asked.wait()
            let answers = Journal<Bool>()
            for _ in 0..<5 {
                queue.submit(Self.query { answers.append($0) })
                await Task.yield()
            }
            engine.end()
            while answers.entries.count < 5 { await Task.yield() }
            #expect(answers.entries == Array(repeating: true, count: 5))
            #expect(queue.isConnected)
            await queue.close()
        }
    }
}
