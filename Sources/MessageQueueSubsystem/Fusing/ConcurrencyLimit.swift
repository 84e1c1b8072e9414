import HydrogenCore

/// How many statements of one kind may run at once: more while the database answers as fast as it can, fewer once statements wait
/// for each other.
///
/// The rule is that of TCP Vegas: of `n` statements in flight, `n × (1 − best / present)` wait rather than work. The best is that of
/// statements which carry about as much, as one that carries more takes longer by itself. Pure.
struct ConcurrencyLimit: Sendable {
    /// At fewer waiting ones the limit grows.
    static let few = 0.5
    /// At more it shrinks.
    static let many = 1.5
    /// How often it may change.
    static let interval = Duration.milliseconds(100)
    /// For how long the best round trip counts.
    static let memory = Duration.seconds(30)

    /// The limit of this moment, 1 or more.
    private(set) var current: Int
    private let maximum: Int
    /// The shortest round trip of this period and of the one before, in seconds, by the power of two that the weight is below.
    private var best: [Int: (recent: Double, before: Double)] = [:]
    /// The best round trip as a part of the present one, on average: 1 while nothing waits.
    private var ratio: Double?
    private var periodEnds: ContinuousClock.Instant?
    private var nextChange: ContinuousClock.Instant?

    /// A limit that begins low and never passes `maximum`.
    init(maximum: Int) {
        self.maximum = maximum
        current = min(2, maximum)
    }

    /// Learns from one statement that has ended.
    ///
    /// - Parameters:
    ///   - weight: How much it carried.
    ///   - inFlight: How many ran when it ended, itself included.
    ///   - isWanted: Whether more is waiting to be run: an idle limit need not grow.
    mutating func ended(
        after roundTrip: Duration,
        weight: Int = 1,
        inFlight: Int,
        isWanted: Bool,
        now: ContinuousClock.Instant
    ) {
        let seconds = roundTrip.seconds
        if now >= periodEnds ?? now {
            best = best.mapValues { (.infinity, $0.recent) }
            periodEnds = now + Self.memory / 2
        }
        let size = Int.bitWidth - max(weight, 1).leadingZeroBitCount
        var alike = best[size] ?? (.infinity, .infinity)
        alike.recent = min(alike.recent, seconds)
        best[size] = alike
        let present = seconds > 0 ? min(alike.recent, alike.before) / seconds : 1
        ratio = ratio.map { $0 * 0.9 + present * 0.1 } ?? present
        guard let ratio, now >= nextChange ?? now else { return }
        nextChange = now + Self.interval
        let waiting = Double(inFlight) * (1 - ratio)
        if waiting < Self.few, isWanted {
            current = min(maximum, current + 1)
        } else if waiting > Self.many {
            current = max(1, current - 1)
        }
    }
}
