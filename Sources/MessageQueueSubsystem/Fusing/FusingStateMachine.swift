import DequeModule

/// Decides when the requests of many callers become one statement, and which of them.
///
/// A request that finds room runs at once, alone. What comes while as many statements run as may waits, and goes out together as
/// soon as one has ended: so a lone caller is never held back, and the more there are the more each statement carries. Pure.
struct FusingStateMachine<Request: Sendable>: Sendable {
    /// A request that waits or runs.
    struct Entry: Sendable {
        let number: UInt64
        let request: Request
    }

    private let mostRequests: Int
    private let mostWeight: Int
    private let weight: @Sendable (Request) -> Int
    private var limit: ConcurrencyLimit
    private var waiting = Deque<Entry>()
    private var lastNumber: UInt64 = 0

    /// How many statements run.
    private(set) var inFlight = 0
    /// How many statements may run.
    var statementLimit: Int { limit.current }
    /// How many requests wait.
    var depth: Int { waiting.count }

    /// - Parameters:
    ///   - mostRequests: The most requests of one statement.
    ///   - mostWeight: The most that they may weigh together, unless it is one alone.
    ///   - weight: What a request weighs.
    init(
        mostRequests: Int,
        mostWeight: Int,
        limit: ConcurrencyLimit,
        weight: @escaping @Sendable (Request) -> Int
    ) {
        self.mostRequests = mostRequests
        self.mostWeight = mostWeight
        self.limit = limit
        self.weight = weight
    }

    /// Takes a request.
    ///
    /// - Returns: Its number, and what is to be run now.
    mutating func submit(_ request: Request) -> (number: UInt64, run: [Entry]) {
        lastNumber += 1
        waiting.append(Entry(number: lastNumber, request: request))
        return (lastNumber, next())
    }

    /// Takes back a request that waits. Returns `false` for one that runs or has ended.
    mutating func withdraw(_ number: UInt64) -> Bool {
        guard let index = waiting.firstIndex(where: { $0.number == number }) else { return false }
        waiting.remove(at: index)
        return true
    }

    /// A statement has ended.
    ///
    /// - Parameter roundTrip: How long it took; `nil` for one that failed, which says nothing of the database's speed.
    /// - Returns: What is to be run now.
    mutating func ended(_ batch: [Entry] = [], after roundTrip: Duration?, now: ContinuousClock.Instant) -> [Entry] {
        if let roundTrip {
            let total = batch.reduce(0) { $0 + weight($1.request) }
            limit.ended(after: roundTrip, weight: total, inFlight: inFlight, isWanted: !waiting.isEmpty, now: now)
        }
        inFlight -= 1
        return next()
    }

    private mutating func next() -> [Entry] {
        guard !waiting.isEmpty, inFlight < limit.current else { return [] }
        var batch: [Entry] = []
        var total = 0
        while batch.count < mostRequests, let first = waiting.first {
            total += weight(first.request)
            guard batch.isEmpty || total <= mostWeight else { break }
            batch.append(waiting.removeFirst())
        }
        inFlight += 1
        return batch
    }
}
