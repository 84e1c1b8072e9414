/// The kept results of some keys, and the queries under way for them. Pure: decides, does nothing itself.
///
/// One query runs for a key however many ask: who asks while it is under way follows it. A query that began before a
/// change of its tables answers only those who asked before that, and what it reads is not kept.
struct ResultCacheShard {
    typealias Key = CachedResult.Key

    /// Who waits for a query under way.
    struct Follower: Sendable {
        let number: Int
        /// When the answer is due.
        let deadline: ContinuousClock.Instant
        let completion: @Sendable (Result<QueryAnswer, DatabaseError>) -> Void
    }

    /// A query under way for a key.
    struct Flight {
        let key: Key
        let askedAt: ContinuousClock.Instant
        /// The state of the tables before it began.
        let stamp: UInt64
        let policy: CachePolicy
        /// Who waits; nobody when a stale result was served meanwhile.
        var followers: [Follower] = []
        /// Whether it goes on though nobody waits any more.
        let isRefresh: Bool
        /// What takes the query back.
        var ticket: QueryTicket?
    }

    /// What somebody asks for.
    struct Question {
        let key: Key
        let policy: CachePolicy
        /// The state of the tables now.
        let stamp: UInt64
        let now: ContinuousClock.Instant
    }

    /// What is to be done for who asks.
    enum Look {
        /// Answer with a kept result.
        case kept(CachedResult, CacheNote.Source)
        /// Answer with a kept result, and launch the query of this flight for those who come later.
        case keptAndLaunch(CachedResult, Int)
        /// Launch the query of this flight.
        case launch(Int)
        /// Wait for a query that is under way.
        case followed
    }

    /// What became of a flight.
    struct Landing {
        var followers: [Follower] = []
        /// What may be served in the place of an error.
        var standIn: CachedResult?
        /// The flight that those follow whose time goes on after this one's was up.
        var successor: Int?
    }

    private var results: LRUCache<Key, CachedResult>
    private var flights: [Int: Flight] = [:]
    /// The flight that who asks now may follow.
    private var current: [Key: Int] = [:]
    private var lastNumber = 0
    private let maximumBytes: Int
    /// What the kept results take in memory.
    private(set) var bytes = 0
    /// How many results were given up for others.
    private(set) var evictions = 0

    init(maximumBytes: Int) {
        self.maximumBytes = maximumBytes
        results = LRUCache(capacity: .max)
    }

    /// How many results are kept.
    var count: Int { results.count }

    /// A result that is fresh.
    mutating func fresh(_ question: Question) -> CachedResult? {
        kept(for: question, within: question.policy.lifetime)
    }

    /// A result of the present state of its tables that is no older than `age`.
    private mutating func kept(for question: Question, within age: Duration) -> CachedResult? {
        guard let result = results.value(for: question.key), result.stamp == question.stamp,
            result.readAt.duration(to: question.now) < age
        else { return nil }
        return result
    }

    /// Somebody asks.
    ///
    /// - Parameter follower: Who waits if the answer is not there yet.
    mutating func look(_ question: Question, use: CacheUse, follower: Follower) -> Look {
        if use == .allowed {
            if let result = fresh(question) { return .kept(result, .hit) }
            if let result = stale(question) {
                guard current[question.key] == nil else { return .kept(result, .stale) }
                return .keptAndLaunch(result, take(off: question, isRefresh: true))
            }
            if let number = current[question.key], flights[number]?.stamp == question.stamp {
                flights[number]?.followers.append(follower)
                return .followed
            }
        }
        let number = take(off: question, isRefresh: false)
        flights[number]?.followers.append(follower)
        return .launch(number)
    }

    /// A result past its lifetime that may still be served while it is read anew.
    private mutating func stale(_ question: Question) -> CachedResult? {
        kept(for: question, within: question.policy.lifetime + question.policy.staleWhileRevalidate)
    }

    private mutating func take(off question: Question, isRefresh: Bool) -> Int {
        lastNumber += 1
        flights[lastNumber] = Flight(
            key: question.key,
            askedAt: question.now,
            stamp: question.stamp,
            policy: question.policy,
            isRefresh: isRefresh
        )
        current[question.key] = lastNumber
        return lastNumber
    }

    /// The query of a flight was handed in.
    ///
    /// Returns whether anybody waits for it still: else it is to be taken back.
    mutating func launched(_ number: Int, _ ticket: QueryTicket) -> Bool {
        guard let flight = flights[number] else { return true }
        flights[number]?.ticket = ticket
        return flight.isRefresh || !flight.followers.isEmpty
    }

    /// The flight, as long as its query is under way.
    func flight(_ number: Int) -> Flight? { flights[number] }

    /// The query of a flight has ended.
    ///
    /// - Parameters:
    ///   - result: What it returned; `nil` when it failed, or is not to be kept.
    ///   - error: Why it failed.
    ///   - stamp: The state of the tables now.
    mutating func land(
        _ number: Int,
        _ result: CachedResult?,
        _ error: DatabaseError?,
        stamp: UInt64,
        now: ContinuousClock.Instant
    ) -> Landing {
        guard let flight = flights.removeValue(forKey: number) else { return Landing() }
        if current[flight.key] == number { current[flight.key] = nil }
        var landing = Landing(followers: flight.followers)
        if let result, flight.stamp == stamp { keep(result, for: flight.key) }
        guard let error else { return landing }
        if error.mayBeStoodIn, let kept = results.value(for: flight.key),
            kept.readAt.duration(to: now) < flight.policy.lifetime + flight.policy.staleIfError
        {
            landing.standIn = kept
        } else if error.code == .deadlineExceeded {
            // It had the time of the first; who came later has more.
            let rest = flight.followers.filter { $0.deadline > now }
            guard !rest.isEmpty else { return landing }
            landing.followers.removeAll { $0.deadline > now }
            let question = Question(key: flight.key, policy: flight.policy, stamp: stamp, now: now)
            let successor = take(off: question, isRefresh: false)
            flights[successor]?.followers = rest
            landing.successor = successor
        }
        return landing
    }

    private mutating func keep(_ result: CachedResult, for key: Key) {
        // One that would push out a large part of the others is not worth it.
        guard result.bytes <= maximumBytes / 4 else { return }
        if let kept = results.value(for: key), kept.readAt > result.readAt { return }
        bytes += result.bytes
        if let former = results.insert(result, for: key) { bytes -= former.bytes }
        while bytes > maximumBytes, let oldest = results.removeOldest() {
            bytes -= oldest.bytes
            evictions += 1
        }
    }

    /// A follower waits no longer.
    ///
    /// Returns it, and the query that nobody waits for any more.
    mutating func withdraw(_ follower: Int) -> (Follower?, QueryTicket?) {
        for (number, flight) in flights {
            guard let place = flight.followers.firstIndex(where: { $0.number == follower }) else { continue }
            flights[number]?.followers.remove(at: place)
            let isIdle = flight.followers.count == 1 && !flight.isRefresh
            if isIdle, current[flight.key] == number { current[flight.key] = nil }
            return (flight.followers[place], isIdle ? flight.ticket : nil)
        }
        return (nil, nil)
    }

    /// Takes out the followers whose time is up. Whether any is left is said by ``hasFollowers``.
    mutating func expire(now: ContinuousClock.Instant) -> [Follower] {
        var late: [Follower] = []
        for (number, flight) in flights where flight.followers.contains(where: { $0.deadline <= now }) {
            late += flight.followers.filter { $0.deadline <= now }
            flights[number]?.followers.removeAll { $0.deadline <= now }
        }
        return late
    }

    /// Whether anybody waits.
    var hasFollowers: Bool { flights.values.contains { !$0.followers.isEmpty } }
}

extension DatabaseError {
    /// Whether an older result is better than this error: the database cannot answer now, and the query is not to blame.
    fileprivate var mayBeStoodIn: Bool {
        switch code {
        case .unavailable, .busy, .queueFull, .starting, .deadlineExceeded, .libraryMissing: true
        case .refused, .readOnly, .resultTooLarge, .cancelled, .outgrown, .landing, .migration: false
        }
    }
}
