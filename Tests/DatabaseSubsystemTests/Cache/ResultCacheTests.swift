import CoreMetrics
import HydrogenCore
import NIOCore
import Synchronization
import Testing

@testable import DatabaseSubsystem

/// The cache under many threads, above a database of which only the numbers count.
@Suite("A result cache under concurrency", .timeLimit(.minutes(2)))
struct ResultCacheTests {
    private static let policy = CachePolicy(lifetime: .seconds(3600))

    /// One row that writers count up, and what is known of it.
    private final class Truth: Sendable {
        private let value = Atomic<Int64>(0)
        private let told = Atomic<Int64>(0)
        let queries = Atomic<Int>(0)
        let epochs = TableEpochs()

        /// What every reader must have from now on.
        var known: Int64 { told.load(ordering: .acquiring) }

        func write() {
            let new = value.add(1, ordering: .acquiringAndReleasing).newValue
            epochs.changed(["truth"])
            told.max(new, ordering: .acquiringAndReleasing)
        }

        /// A query: it reads at some moment after its launch, and answers some time later.
        func query(yields: Int, _ completion: @escaping @Sendable (Result<QueryAnswer, DatabaseError>) -> Void)
            -> QueryTicket
        {
            queries.add(1, ordering: .relaxed)
            Task {
                for _ in 0..<yields { await Task.yield() }
                let read = value.load(ordering: .acquiring)
                for _ in 0..<yields { await Task.yield() }
                completion(.success(Self.answer(read)))
            }
            return .answered
        }

        private static func answer(_ value: Int64) -> QueryAnswer {
            QueryAnswer(
                rows: QueryRows(body: ByteBuffer(integer: value), rowCount: 1, columnCount: 1),
                queue: QueueLabel(database: "Test", number: 4, tags: TagSet(.cache)),
                executionTime: .zero
            )
        }
    }

    private func prepared(_ epochs: TableEpochs) -> PreparedQuery {
        let template = QueryTemplate(
            id: QueryID(1),
            name: "Truth",
            sql: ParsedSQL("SELECT 1"),
            tables: ["truth"],
            source: "test"
        )
        let statement = EngineStatement(sql: "SELECT 1", parameterOrder: [])
        let described = DescribedStatement(statement, facts: StatementFacts(columns: [], isReadOnly: true))
        return PreparedQuery(
            template,
            described,
            database: "Test",
            cachePolicy: Self.policy,
            epochs: epochs.epochs(of: ["truth"]),
            metrics: NOOPMetricsHandler.instance
        )
    }

    private func ask(_ cache: ResultCache, _ prepared: PreparedQuery, _ truth: Truth, yields: Int) async throws -> Int64
    {
        let result: Result<QueryAnswer, DatabaseError> = await withCheckedContinuation { continuation in
            _ = cache.submit(
                prepared,
                Self.policy,
                values: [],
                use: .allowed,
                deadline: .now + .seconds(3600)
            ) { result in
                continuation.resume(returning: result)
            } launch: { completion in
                truth.query(yields: yields, completion)
            }
        }
        let json = try result.get().rows.body
        return try #require(json.getInteger(at: json.readerIndex))
    }

    @Test("1,000 who ask the same together cause one query")
    func stampede() async throws {
        let truth = Truth()
        let (cache, prepared) = (ResultCache(maximumBytes: 1 << 20, clock: ContinuousClock()), prepared(truth.epochs))
        try await withThrowingTaskGroup(of: Int64.self) { group in
            for _ in 0..<1000 { group.addTask { try await ask(cache, prepared, truth, yields: 50) } }
            for try await value in group { #expect(value == 0) }
        }
        #expect(truth.queries.load(ordering: .relaxed) == 1)
        let answers = cache.statistics.answers
        #expect(answers[.miss] == 1)
        #expect((answers[.coalesced] ?? 0) + (answers[.hit] ?? 0) == 999)
    }

    @Test("nobody is answered with less than was known when it asked", arguments: [1, 2, 3, 4] as [UInt64])
    func staleness(seed: UInt64) async throws {
        let truth = Truth()
        let (cache, prepared) = (ResultCache(maximumBytes: 1 << 20, clock: ContinuousClock()), prepared(truth.epochs))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for reader in 0..<8 {
                group.addTask {
                    var generator = SeededGenerator(seed: seed &* 100 + UInt64(reader))
                    for _ in 0..<500 {
                        let known = truth.known
                        let value = try await ask(cache, prepared, truth, yields: .random(in: 0...5, using: &generator))
                        #expect(value >= known, "seed \(seed)")
                        if Bool.random(using: &generator) { await Task.yield() }
                    }
                }
            }
            group.addTask {
                var generator = SeededGenerator(seed: seed)
                for _ in 0..<500 {
                    truth.write()
                    for _ in 0..<Int.random(in: 0...8, using: &generator) { await Task.yield() }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await ask(cache, prepared, truth, yields: 0) == 500)
        #expect(cache.statistics.answers[.hit] ?? 0 > 0)
    }
}
