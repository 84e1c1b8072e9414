import HydrogenCore

/// How many statements of one kind may run at once: more while the database answers as fast as it can, fewer once statements wait
/// for each other.
///
/// The rule is that of TCP Vegas: of `n` statements in flight, `n × (1 − best / recent)` wait rather than work. Pure.
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
    /// The shortest round trip of this period and of the one before, in seconds.
    private var best = (recent: Double.infinity, before: Double.infinity)
    private var recent: Double?
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
    ///   - inFlight: How many ran when it ended, itself included.
    ///   - isWanted: Whether more is waiting to be run: an idle limit need not grow.
    mutating func ended(
        after roundTrip: Duration,
        inFlight: Int,
        isWanted: Bool,
        now: ContinuousClock.Instant
    ) {
        let seconds = roundTrip.seconds
        if now >= periodEnds ?? now {
            best = (.infinity, best.recent)
            periodEnds = now + Self.memory / 2
        }
        best.recent = min(best.recent, seconds)
        recent = recent.map { $0 * 0.9 + seconds * 0.1 } ?? seconds
        guard let recent, recent > 0, now >= nextChange ?? now else { return }
        nextChange = now + Self.interval
        let waiting = Double(inFlight) * (1 - min(best.recent, best.before) / recent)
        if waiting < Self.few, isWanted {
            current = min(maximum, current + 1)
        } else if waiting > Self.many {
            current = max(1, current - 1)
        }
    }
}
