import HydrogenCore

/// How the time that is left for the whole landing is shared: one subsystem's part, when those still to come keep
/// theirs.
///
/// Every subsystem still to come is kept a reserve of two seconds, or an equal share when time is too short for that.
/// The part is the rest. It ends with two times of grace: one for a `land` that was
/// cancelled, one for the background work that is cancelled after it. So a landing in which everything hangs is over in
/// time.
package struct LandingBudget: Sendable, Hashable {
    /// The longest reserve for a subsystem still to come.
    package static let reserve = Duration.seconds(2)
    /// The longest grace.
    package static let longestGrace = Duration.seconds(1)
    /// The shortest grace, given also when no time is left: cancelled work needs a moment to see that it is.
    package static let shortestGrace = Duration.milliseconds(50)

    /// How long `land` may take before it is cancelled.
    package let landing: Duration
    /// How long cancelled work may take before it is abandoned.
    package let grace: Duration

    /// The part of one subsystem.
    ///
    /// - Parameters:
    ///   - remaining: What is left for this subsystem and all still to come.
    ///   - stillToCome: How many subsystems land after this one.
    package init(remaining: Duration, stillToCome: Int) {
        let remaining = max(.zero, remaining)
        let part = remaining - min(Self.reserve, remaining / (stillToCome + 1)) * stillToCome
        self.grace = max(Self.shortestGrace, min(Self.longestGrace, part / 4))
        self.landing = max(.zero, part - grace * 2)
    }
}
