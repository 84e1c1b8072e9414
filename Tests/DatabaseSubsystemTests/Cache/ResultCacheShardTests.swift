import NIOCore
import Testing

@testable import DatabaseSubsystem

@Suite("What a result cache decides")
struct ResultCacheShardTests {
    private static let start = ContinuousClock.now
    private static let policy = CachePolicy(
        lifetime: .seconds(10),
        staleWhileRevalidate: .seconds(5),
        staleIfError: .seconds(60)
    )

    private func key(_ number: Int64 = 1) -> CachedResult.Key {
        CachedResult.Key(
            query: QueryID(1),
            fingerprint: 7,
            values: [ParameterValue(type: .integer, content: .integer(number))],
            format: .json
        )
    }

    private func question(_ second: Double, stamp: UInt64 = 0, key number: Int64 = 1) -> ResultCacheShard.Question {
        ResultCacheShard.Question(
            key: key(number),
            policy: Self.policy,
            stamp: stamp,
            now: Self.start + .seconds(second)
        )
    }

    private func follower(_ number: Int = 1, due second: Double = 100) -> ResultCacheShard.Follower {
        ResultCacheShard.Follower(number: number, deadline: Self.start + .seconds(second)) { _ in }
    }

    private func result(
        _ text: String = "[]",
        readAt second: Double,
        stamp: UInt64 = 0,
        key number: Int64 = 1
    ) -> CachedResult {
        CachedResult(
            QueryAnswer(
                rows: QueryRows(body: ByteBuffer(string: text), rowCount: 0, columnCount: 0),
                queue: QueueLabel(database: "Shop", number: 4, tags: TagSet(.cache)),
                executionTime: .zero
            ),
            for: key(number),
            readAt: Self.start + .seconds(second),
            stamp: stamp
        )
    }

    /// A shard that keeps a result which was asked for in second 0.
    private func filled(_ maximumBytes: Int = 1 << 20) throws -> ResultCacheShard {
        var shard = ResultCacheShard(maximumBytes: maximumBytes)
        guard case .launch(let flight) = shard.look(question(0), use: .allowed, follower: follower()) else {
            throw DatabaseError.closed
        }
        _ = shard.land(flight, result(readAt: 0), nil, stamp: 0, now: Self.start)
        return shard
    }

    private func name(_ look: ResultCacheShard.Look) -> String {
        switch look {
        case .kept(_, let source): source.rawValue
        case .keptAndLaunch: "stale, launch"
        case .launch: "launch"
        case .followed: "followed"
        }
    }

    @Test(
        "who asks is answered by age, by changes of the tables, and by wish",
        arguments: [
            (0, 0, .allowed, "hit"), (9.9, 0, .allowed, "hit"), (10, 0, .allowed, "stale, launch"),
            (14.9, 0, .allowed, "stale, launch"), (15, 0, .allowed, "launch"), (0, 1, .allowed, "launch"),
            (12, 1, .allowed, "launch"), (0, 0, .refreshed, "launch"),
        ] as [(Double, UInt64, CacheUse, String)]
    )
    func looks(second: Double, stamp: UInt64, use: CacheUse, expected: String) throws {
        var shard = try filled()
        #expect(name(shard.look(question(second, stamp: stamp), use: use, follower: follower())) == expected)
    }

    @Test("while a stale result is read anew, others are served it too, and launch nothing")
    func revalidation() throws {
        var shard = try filled()
        guard case .keptAndLaunch(_, let flight) = shard.look(question(11), use: .allowed, follower: follower()) else {
            Issue.record("not stale")
            return
        }
        #expect(name(shard.look(question(12), use: .allowed, follower: follower(2))) == "stale")
        #expect(shard.launched(flight, .answered) == true, "a refresh goes on though nobody waits")
        let landing = shard.land(flight, result(readAt: 11), nil, stamp: 0, now: Self.start + .seconds(13))
        #expect(landing.followers.isEmpty)
        #expect(name(shard.look(question(20), use: .allowed, follower: follower(3))) == "hit")
    }

    @Test("who asks the same meanwhile follows, and all are answered together")
    func followers() throws {
        var shard = ResultCacheShard(maximumBytes: 1 << 16)
        guard case .launch(let flight) = shard.look(question(0), use: .allowed, follower: follower(1)) else {
            Issue.record("not launched")
            return
        }
        #expect(name(shard.look(question(1), use: .allowed, follower: follower(2))) == "followed")
        #expect(name(shard.look(question(1, key: 2), use: .allowed, follower: follower(3))) == "launch")
        let landing = shard.land(flight, result(readAt: 0), nil, stamp: 0, now: Self.start + .seconds(2))
        #expect(landing.followers.map(\.number) == [1, 2])
    }

    @Test("a query that began before a change answers those from before it, and is not kept")
    func guardedFill() throws {
        var shard = ResultCacheShard(maximumBytes: 1 << 16)
        guard case .launch(let old) = shard.look(question(0), use: .allowed, follower: follower(1)),
            case .launch(let new) = shard.look(question(1, stamp: 1), use: .allowed, follower: follower(2))
        else {
            Issue.record("who asks after a change must not follow a query from before it")
            return
        }
        let landing = shard.land(old, result(readAt: 0), nil, stamp: 1, now: Self.start + .seconds(2))
        #expect(landing.followers.map(\.number) == [1])
        #expect(shard.count == 0)
        #expect(name(shard.look(question(2, stamp: 1), use: .allowed, follower: follower(3))) == "followed")
        let next = shard.land(new, result(readAt: 1, stamp: 1), nil, stamp: 1, now: Self.start + .seconds(3))
        #expect(next.followers.map(\.number) == [2, 3])
        #expect(name(shard.look(question(3, stamp: 1), use: .allowed, follower: follower(4))) == "hit")
    }

    @Test("a change during the run alone keeps the result out")
    func changedMeanwhile() throws {
        var shard = ResultCacheShard(maximumBytes: 1 << 16)
        guard case .launch(let flight) = shard.look(question(0), use: .allowed, follower: follower()) else { return }
        _ = shard.land(flight, result(readAt: 0), nil, stamp: 1, now: Self.start + .seconds(1))
        #expect(shard.count == 0 && shard.bytes == 0)
    }

    @Test(
        "an older result stands in for an error that is not the query's fault, within its time",
        arguments: [
            (DatabaseError.Code.unavailable, 20, true), (.busy, 69.9, true), (.queueFull, 20, true),
            (.deadlineExceeded, 20, true), (.unavailable, 70, false), (.refused, 20, false), (.landing, 20, false),
        ] as [(DatabaseError.Code, Double, Bool)]
    )
    func standIn(code: DatabaseError.Code, second: Double, isServed: Bool) throws {
        var shard = try filled()
        // Also after a change of its tables: it is better than nothing.
        guard case .launch(let flight) = shard.look(question(second, stamp: 3), use: .allowed, follower: follower())
        else { return }
        let error = DatabaseError(code, "no")
        let landing = shard.land(flight, nil, error, stamp: 3, now: Self.start + .seconds(second))
        #expect((landing.standIn != nil) == isServed)
        #expect(landing.followers.count == 1)
    }

    @Test("when the time of the first is up, those who came later go on with a query of their own")
    func successor() {
        var shard = ResultCacheShard(maximumBytes: 1 << 16)
        guard case .launch(let flight) = shard.look(question(0), use: .allowed, follower: follower(1, due: 5)) else {
            return
        }
        _ = shard.look(question(4), use: .allowed, follower: follower(2, due: 9))
        let error = DatabaseError(stopped: .deadline, whileRunning: true)
        let landing = shard.land(flight, nil, error, stamp: 0, now: Self.start + .seconds(5))
        #expect(landing.followers.map(\.number) == [1])
        #expect(landing.successor.flatMap { shard.flight($0) }?.followers.map(\.number) == [2])
    }

    @Test("each follower has a deadline of its own, and may leave; the last one takes the query with it")
    func leaving() {
        var shard = ResultCacheShard(maximumBytes: 1 << 16)
        guard case .launch(let flight) = shard.look(question(0), use: .allowed, follower: follower(1, due: 5)) else {
            return
        }
        #expect(shard.launched(flight, .answered) == true)
        for number in 2...3 { _ = shard.look(question(1), use: .allowed, follower: follower(number)) }
        #expect(shard.expire(now: Self.start + .seconds(5)).map(\.number) == [1])
        #expect(shard.withdraw(2).0?.number == 2)
        #expect(shard.hasFollowers)
        let (last, query) = shard.withdraw(3)
        #expect(last?.number == 3 && query != nil)
        #expect(!shard.hasFollowers)
        #expect(name(shard.look(question(2), use: .allowed, follower: follower(4))) == "launch")
        #expect(shard.withdraw(9).0 == nil)
    }

    @Test("the budget holds: what was used longest ago goes first, and a giant is not kept")
    func budget() throws {
        var shard = ResultCacheShard(maximumBytes: 10_000)
        func keep(_ number: Int64, _ length: Int) {
            guard case .launch(let flight) = shard.look(question(0, key: number), use: .allowed, follower: follower())
            else { return }
            let kept = result(String(repeating: "x", count: length), readAt: 0, key: number)
            _ = shard.land(flight, kept, nil, stamp: 0, now: Self.start)
        }
        keep(1, 2000)
        keep(2, 2000)
        keep(3, 2000)
        #expect(shard.fresh(question(1, key: 1)) != nil)
        keep(4, 2000)
        keep(5, 2000)
        #expect(shard.bytes <= 10_000 && shard.evictions == 1)
        #expect(shard.fresh(question(1, key: 2)) == nil)
        for kept in [1, 3, 4, 5] as [Int64] { #expect(shard.fresh(question(1, key: kept)) != nil) }
        keep(6, 3000)
        #expect(shard.count == 4)
    }
}
