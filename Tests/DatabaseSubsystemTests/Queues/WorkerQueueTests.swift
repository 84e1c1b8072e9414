import HydrogenCore
import HydrogenTesting
import NIOCore
import Synchronization
import Testing

@testable import DatabaseSubsystem

/// Real threads and a real SQLite: races are made by numbers, and waited for by events.
@Suite(.serialized) struct WorkerQueueTests {
    private static let endless =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS n FROM n"

    /// What callers saw, counted from many tasks.
    private final class Counts: Sendable {
        let mixed = Atomic<Int>(0)
        let answered = Atomic<Int>(0)
    }

    private func queue(capacity: Int = 1000) async throws -> WorkerQueue {
        let engine = SQLiteEngine(
            database: ":memory:",
            resolve: { $0 },
            busyTimeout: .seconds(1),
            statementCacheSize: 16
        )
        let queue = try WorkerQueue(
            label: QueueLabel(database: "Test", number: 0, tags: .all),
            engine: engine,
            capacity: capacity,
            clock: ContinuousClock()
        ) { _ in }
        try queue.start()
        try await queue.connect()
        return queue
    }

    private func query(
        _ sql: String,
        _ values: [ParameterValue] = [],
        due: Duration = .seconds(60),
        _ completion: @escaping @Sendable (Result<QueryAnswer, DatabaseError>) -> Void
    ) -> QueuedQuery {
        QueuedQuery(
            statement: EngineStatement(ParsedSQL(sql), for: .questionNumbered),
            values: values,
            isReadOnly: true,
            submittedAt: .now,
            deadline: .now + due,
            maximumBytes: 1 << 20,
            completion: completion
        )
    }

    private func answer(_ queue: WorkerQueue, _ sql: String) async -> Result<String, DatabaseError> {
        await withCheckedContinuation { continuation in
            queue.submit(query(sql) { continuation.resume(returning: $0.map { String(buffer: $0.rows.body) }) })
        }
    }

    @Test("a query is answered with the label of the queue that ran it")
    func answers() async throws {
        let queue = try await queue()
        let result = await withCheckedContinuation { continuation in
            queue.submit(query("SELECT 1 AS one") { continuation.resume(returning: $0) })
        }
        let answer = try result.get()
        #expect(String(buffer: answer.rows.body) == #"[{"one":1}]"#)
        #expect(answer.queue.description == "DQM-Test-00-LSMFC")
        await queue.close()
    }

    @Test("a running query is stopped when its caller leaves, and its neighbours are not touched")
    func interrupt() async throws {
        let queue = try await queue()
        for _ in 0..<50 {
            let stopped = Latch()
            let outcome = Mutex<DatabaseError.Code?>(nil)
            let endless = query(Self.endless) { result in
                if case .failure(let error) = result { outcome.withLock { $0 = error.code } }
                stopped.open()
            }
            queue.submit(endless)
            async let neighbour = answer(queue, "SELECT 2 AS two")
            queue.withdraw(endless, .callerLeft)
            await stopped.wait()
            #expect(outcome.withLock { $0 } == .cancelled)
            #expect(await neighbour == .success(#"[{"two":2}]"#))
        }
        await queue.close()
    }

    @Test("closing interrupts what runs, rejects what waits, and ends the thread")
    func closing() async throws {
        let queue = try await queue()
        let codes = Mutex<[DatabaseError.Code]>([])
        let began = Latch()
        for _ in 0..<5 {
            queue.submit(
                query(Self.endless) { result in
                    if case .failure(let error) = result { codes.withLock { $0.append(error.code) } }
                }
            )
        }
        // The first query runs as soon as it is the only one that does not wait.
        await eventually { queue.statistics.running == 1 }
        began.open()
        let end = await queue.close()
        #expect(end.rejected == 4 && end.interrupted == 1)
        #expect(codes.withLock { $0 } == Array(repeating: .landing, count: 5))
        #expect(
            await answer(queue, "SELECT 1")
                == .failure(
                    DatabaseError(
                        .landing,
                        "the database is landing and takes no more queries",
                        retryAfter: .seconds(1)
                    )
                )
        )
    }

    @Test("deadlines end queries that wait and queries that run")
    func deadlines() async throws {
        let queue = try await queue()
        let results = Mutex<[DatabaseError.Code]>([])
        let ended = (0..<3).map { _ in Latch() }
        for latch in ended {
            queue.submit(
                query(Self.endless, due: .milliseconds(1)) { result in
                    if case .failure(let error) = result { results.withLock { $0.append(error.code) } }
                    latch.open()
                }
            )
        }
        await eventually { !queue.expire() }
        for latch in ended { await latch.wait() }
        #expect(results.withLock { $0 } == [.deadlineExceeded, .deadlineExceeded, .deadlineExceeded])
        #expect(queue.statistics.timedOut == 3)
        await queue.close()
    }

    @Test("under random cancels every caller gets its own answer or its own cancel", arguments: [31, 32] as [UInt64])
    func noMixedAnswers(seed: UInt64) async throws {
        let queue = try await queue(capacity: 10_000)
        let counts = Counts()
        await withTaskGroup { group in
            for caller in 0..<8 {
                group.addTask {
                    var generator = SeededGenerator(seed: seed &* 100 &+ UInt64(caller))
                    for round in 0..<400 {
                        let nonce = Int64(caller * 1_000_000 + round)
                        let doomed = Int.random(in: 0..<4, using: &generator) == 0
                        let sql = doomed ? Self.endless + " WHERE i <> :nonce" : "SELECT :nonce AS n"
                        let value = ParameterValue(type: .integer, content: .integer(nonce))
                        await withCheckedContinuation { continuation in
                            let query = self.query(sql, [value]) { result in
                                switch result {
                                case .success(let answer):
                                    let isMine = String(buffer: answer.rows.body) == "[{\"n\":\(nonce)}]"
                                    if doomed || !isMine { counts.mixed.add(1, ordering: .relaxed) }
                                    counts.answered.add(1, ordering: .relaxed)
                                case .failure(let error):
                                    if !doomed || error.code != .cancelled { counts.mixed.add(1, ordering: .relaxed) }
                                }
                                continuation.resume()
                            }
                            queue.submit(query)
                            if doomed { queue.withdraw(query, .callerLeft) }
                        }
                    }
                }
            }
        }
        #expect(counts.mixed.load(ordering: .relaxed) == 0, "seed \(seed)")
        #expect(counts.answered.load(ordering: .relaxed) > 1000, "seed \(seed)")
        await queue.close()
    }

    @Test("the connection is lent between queries, and a lost one is reported once")
    func losing() async throws {
        let lost = Mutex(0)
        let reported = Latch()
        let engine = SQLiteEngine(
            database: ":memory:",
            resolve: { $0 },
            busyTimeout: .seconds(1),
            statementCacheSize: 16
        )
        let queue = try WorkerQueue(
            label: QueueLabel(database: "Test", number: 3, tags: TagSet(.fast)),
            engine: engine,
            capacity: 10,
            clock: ContinuousClock()
        ) { _ in
            lost.withLock { $0 += 1 }
            reported.open()
        }
        try queue.start()
        try await queue.connect()
        try await queue.withConnection { connection throws(DatabaseError) in try connection.check() }
        #expect(await answer(queue, "BEGIN") == .success("[]"))
        #expect(await answer(queue, "SELECT 1").map { _ in "" } != .success(""))
        await reported.wait()
        #expect(lost.withLock { $0 } == 1)
        #expect(!queue.isConnected)
        try await queue.connect()
        #expect(await answer(queue, "SELECT 1 AS one") == .success(#"[{"one":1}]"#))
        await queue.close()
    }
}
