import CoreMetrics
import HydrogenCore
import HydrogenTesting
import NIOCore
import Synchronization
import Testing

@testable import DatabaseSubsystem

/// An engine whose queries hang, or not, as the test says.
private final class HangingEngine: DatabaseEngine {
    let placeholders = ParsedSQL.Placeholders.questionNumbered
    let hangs = Atomic<Bool>(false)
    let released = WakeupBox()

    func inspect() -> [Finding] { [.go("a test's engine")] }

    func connect(as label: QueueLabel, abort: AbortSignal) throws(DatabaseError) -> any EngineConnection {
        HangingConnection(self, isLead: label.number == 0)
    }

    func connectForRehearsal() throws(DatabaseError) -> any EngineConnection { HangingConnection(self, isLead: true) }
}

/// Lets all hanging threads go.
private final class WakeupBox: Sendable {
    private let signals = Mutex<[WakeupSignal]?>([])

    func open() {
        let waiting = signals.withLock { signals in
            defer { signals = nil }
            return signals ?? []
        }
        for signal in waiting { signal.raise() }
    }

    func wait() {
        guard let signal = try? WakeupSignal() else { return }
        let mayWait = signals.withLock { signals in
            signals?.append(signal)
            return signals != nil
        }
        if mayWait { _ = signal.wait() }
    }
}

private final class HangingConnection: EngineConnection {
    let capacity = 1
    let inFlight = 0
    let loss: DatabaseError? = nil
    let interrupter: (any EngineInterrupter)? = nil
    private let engine: HangingEngine
    private let isLead: Bool

    init(_ engine: HangingEngine, isLead: Bool) {
        self.engine = engine
        self.isLead = isLead
    }

    func start(_ query: QueuedQuery, _ deliver: Deliver) {
        if !isLead, engine.hangs.load(ordering: .relaxed) { engine.released.wait() }
        deliver(query, .success(QueryRows(body: ByteBuffer(string: "[]"), rowCount: 0, columnCount: 0)))
    }

    func begin(_ isolation: TransactionIsolation?) throws(DatabaseError) {}
    func run(_ sql: String) throws(DatabaseError) {}
    func commit() throws(DatabaseError) {}
    func rollback() {}
    func rows(_ statement: EngineStatement, _ values: [ParameterValue], limit: Int) throws(DatabaseError)
        -> [DatabaseRow]
    {
        [DatabaseRow(["query_id": .integer(1), "query": .text("hang")])]
    }
    func describe(_ statement: EngineStatement) throws(DatabaseError) -> DescribedStatement {
        DescribedStatement(statement, facts: StatementFacts(columns: [], isReadOnly: true))
    }
    func check() throws(DatabaseError) {}
    func close() {}
}

@Suite("Dead workers", .timeLimit(.minutes(1)))
struct DeadWorkerTests {
    private let engine = HangingEngine()
    private let clock = ManualClock()

    private func database() throws -> Database {
        let text = """
            { "Databases": { "Connections": [ { "Name": "Test", "Engine": "sqlite", "Database": ":memory:",
              "Bootstrap": { "SQL": "any" }, "Workers": { "Slow": 0, "Medium": 0, "Fast": 1, "Cache": 0 } } ] } }
            """
        let document = try ConfigurationDocument(
            parsing: Array(text.utf8),
            file: "test.json",
            files: .builtIn([:]),
            environment: [:]
        )
        var connection = try document.decode(section: "Databases", DatabasesConfiguration.init).value.connections[0]
        connection.engine = engine
        return try Database(connection, clock: clock, metrics: NOOPMetricsHandler.instance)
    }

    /// Whether another worker has taken the place of a child's, and serves.
    private func isReplaced(_ worker: WorkerQueue, in database: Database) -> Bool {
        let queues = database.queues
        return queues.count > 1 && queues[1] !== worker && queues[1].isConnected
    }

    @Test("a worker that does not come back is replaced, its callers answered, until the budget is spent")
    func replaced() async throws {
        let database = try database()
        let log = CapturedLog()
        try database.lead.start()
        let conductor = Conductor()
        let lead = Lead(
            database,
            timing: Lead.Timing(heartbeatInterval: .seconds(3600), scaleDownHold: .seconds(3600)),
            logger: log.logger,
            firstAttempt: conductor.firstAttempt
        )
        await withTaskGroup { group in
            group.addTask { await conductor.run(lead) }
            await database.reachedReady.wait()
            engine.hangs.store(true, ordering: .relaxed)
            for death in 0...RestartBudget.limit {
                guard case .ready(let query) = database.query(QueryID(1)) else {
                    Issue.record("no query")
                    break
                }
                let worker = database.queues[1]
                let answered = Latch()
                database.submit(query, values: [], queue: .fast, timeLimit: .seconds(1)) { result in
                    if case .success = result { Issue.record("death \(death): an answer from a dead worker") }
                    answered.open()
                }
                // The thread lives in real time.
                await eventually { worker.statistics.running == 1 }
                while !isReplaced(worker, in: database), !database.isGrounded {
                    await clock.advanceSleeper(of: LeadWatch.interval)
                }
                #expect(answered.isOpen)
                #expect(database.isGrounded == (death == RestartBudget.limit))
            }
            #expect(
                log.lines().contains {
                    $0.hasPrefix("DQM-Test-00-LSM") && $0.contains("No-Go: its workers died more than")
                }
            )
            engine.released.open()
            await conductor.stop()
        }
        for queue in database.allQueues { await queue.close() }
    }
}
