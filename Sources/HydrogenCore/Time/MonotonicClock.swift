/// The clock that every deadline, interval and elapsed time of Hydrogen is measured with.
///
/// It is a parameter wherever time matters, so that a test advances it by hand (`ManualClock` of `HydrogenTesting`).
/// Its instants are those of `ContinuousClock`: values of every conformer compare with each other.
public protocol MonotonicClock: Clock where Instant == ContinuousClock.Instant {}

extension ContinuousClock: MonotonicClock {}

extension Duration {
    /// The whole duration in seconds, for reports and metrics.
    public var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }

    /// The whole duration in milliseconds, for reports and responses.
    public var milliseconds: Double {
        seconds * 1000
    }

    /// The form of reports: seconds with three decimals and the unit, `0.123s`.
    public var report: String {
        let milliseconds = max(0, Int64((seconds * 1000).rounded()))
        let fraction = String(milliseconds % 1000)
        return "\(milliseconds / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)s"
    }
}
