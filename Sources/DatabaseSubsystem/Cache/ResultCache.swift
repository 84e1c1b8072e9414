import HydrogenCore
import Synchronization

/// Keeps the results of one database's cacheable queries, and asks the database once for all who ask the same together.
///
/// ``ResultCacheShard`` decides, under the lock of the key's shard; this class acts, outside it.
package final class ResultCache: Sendable {
    /// What the cache has done and holds.
    package struct Statistics: Sendable, Hashable {
        /// How many callers were answered, by where the rows came from.
        package var answers: [CacheNote.Source: Int] = [:]
        /// How many results were given up for others.
        package var evictions = 0
        /// How many results are kept.
        package var count = 0
        /// What they take in memory.
        package var bytes = 0
    }

    /// Hands the query of a flight in.
    typealias Launch = @Sendable (@escaping @Sendable (Result<QueryAnswer, DatabaseError>) -> Void) -> QueryTicket

    private let shards: [Shard]
    private let clock: any MonotonicClock
    private let lastFollower = Atomic(0)
    private let counts = CacheNote.Source.allCases.map { _ in Counter() }

    private final class Shard: Sendable {
        let state: Mutex<ResultCacheShard>
        init(maximumBytes: Int) { state = Mutex(ResultCacheShard(maximumBytes: maximumBytes)) }
    }

    private final class Counter: Sendable {
        let value = Atomic(0)
    }

    /// - Parameter maximumBytes: The most that the kept results take in memory together.
    init(maximumBytes: Int, shardCount: Int = 16, clock: any MonotonicClock) {
        self.clock = clock
        self.shards = (0..<shardCount).map { _ in Shard(maximumBytes: maximumBytes / shardCount) }
    }

    private func shard(of key: CachedResult.Key) -> Shard {
        shards[Int(UInt(bitPattern: key.hashValue) % UInt(shards.count))]
    }

    private func count(_ source: CacheNote.Source) {
        counts[source.index].value.add(1, ordering: .relaxed)
    }

    /// What the cache has done and holds.
    var statistics: Statistics {
        var statistics = Statistics()
        for source in CacheNote.Source.allCases {
            statistics.answers[source] = counts[source.index].value.load(ordering: .relaxed)
        }
        for shard in shards {
            shard.state.withLock { state in
                statistics.evictions += state.evictions
                statistics.count += state.count
                statistics.bytes += state.bytes
            }
        }
        return statistics
    }

    // MARK: Asking

    /// The answer to a query whose result is kept and fresh.
    func fresh(
        _ prepared: PreparedQuery,
        _ policy: CachePolicy,
        _ values: [ParameterValue],
        _ format: RowFormat = .json
    ) -> QueryAnswer? {
        let question = question(prepared, policy, values, format)
        guard let result = shard(of: question.key).state.withLock({ $0.fresh(question) }) else { return nil }
        count(.hit)
        return result.answer(.hit, now: question.now, policy: policy)
    }

    /// Answers from what is kept, or lets the database answer.
    ///
    /// - Parameters:
    ///   - deadline: When this caller's answer is due.
    ///   - launch: Hands the query in for all who ask the same; called at most once now, and perhaps again later.
    func submit(
        _ prepared: PreparedQuery,
        _ policy: CachePolicy,
        values: [ParameterValue],
        format: RowFormat = .json,
        use: CacheUse,
        deadline: ContinuousClock.Instant,
        completion: @escaping @Sendable (Result<QueryAnswer, DatabaseError>) -> Void,
        launch: @escaping Launch
    ) -> QueryTicket {
        let question = question(prepared, policy, values, format)
        let number = lastFollower.add(1, ordering: .relaxed).newValue
        let follower = ResultCacheShard.Follower(number: number, deadline: deadline, completion: completion)
        let shard = shard(of: question.key)
        switch shard.state.withLock({ $0.look(question, use: use, follower: follower) }) {
        case .kept(let result, let source):
            count(source)
            completion(.success(result.answer(source, now: question.now, policy: policy)))
            return .answered
        case .keptAndLaunch(let result, let flight):
            count(.stale)
            completion(.success(result.answer(.stale, now: question.now, policy: policy)))
            self.launch(flight, of: prepared, in: shard, launch)
            return .answered
        case .launch(let flight):
            self.launch(flight, of: prepared, in: shard, launch)
        case .followed: break
        }
        return QueryTicket(leave: { [self] in withdraw(number, from: shard) })
    }

    private func question(
        _ prepared: PreparedQuery,
        _ policy: CachePolicy,
        _ values: [ParameterValue],
        _ format: RowFormat
    ) -> ResultCacheShard.Question {
        // The stamp first: a change after it makes what is read count as old.
        let stamp = prepared.stamp
        let key = CachedResult.Key(
            query: prepared.template.id,
            fingerprint: prepared.fingerprint,
            values: values,
            format: format
        )
        return ResultCacheShard.Question(key: key, policy: policy, stamp: stamp, now: clock.now)
    }

    private func launch(_ number: Int, of prepared: PreparedQuery, in shard: Shard, _ launch: @escaping Launch) {
        let ticket = launch { [self] result in land(number, of: prepared, in: shard, result, launch) }
        if !shard.state.withLock({ $0.launched(number, ticket) }) { ticket.cancel() }
    }

    private func land(
        _ number: Int,
        of prepared: PreparedQuery,
        in shard: Shard,
        _ result: Result<QueryAnswer, DatabaseError>,
        _ launch: @escaping Launch
    ) {
        guard let flight = shard.state.withLock({ $0.flight(number) }) else { return }
        let now = clock.now
        var kept: CachedResult?
        var failure: DatabaseError?
        switch result {
        case .success(let answer):
            kept = CachedResult(answer, for: flight.key, readAt: flight.askedAt, stamp: flight.stamp)
        case .failure(let error): failure = error
        }
        let landing = shard.state.withLock { $0.land(number, kept, failure, stamp: prepared.stamp, now: now) }
        if let successor = landing.successor { self.launch(successor, of: prepared, in: shard, launch) }
        var source = CacheNote.Source.miss
        for follower in landing.followers {
            if let kept {
                count(source)
                follower.completion(.success(kept.answer(source, now: now, policy: flight.policy)))
                source = .coalesced
            } else if let standIn = landing.standIn {
                count(.stale)
                follower.completion(.success(standIn.answer(.stale, now: now, policy: flight.policy)))
            } else if let failure {
                follower.completion(.failure(failure))
            }
        }
    }

    private func withdraw(_ follower: Int, from shard: Shard) {
        let (left, unwanted) = shard.state.withLock { $0.withdraw(follower) }
        unwanted?.cancel()
        left?.completion(.failure(DatabaseError(stopped: .callerLeft, whileRunning: false)))
    }

    /// Answers those whose time is up.
    ///
    /// Returns whether anybody waits still.
    func expire() -> Bool {
        let now = clock.now
        var isBusy = false
        for shard in shards {
            let (late, hasFollowers) = shard.state.withLock { ($0.expire(now: now), $0.hasFollowers) }
            for follower in late {
                follower.completion(.failure(DatabaseError(stopped: .deadline, whileRunning: true)))
            }
            isBusy = isBusy || hasFollowers
        }
        return isBusy
    }
}

extension CacheNote.Source {
    fileprivate var index: Int {
        switch self {
        case .hit: 0
        case .miss: 1
        case .stale: 2
        case .coalesced: 3
        }
    }
}
