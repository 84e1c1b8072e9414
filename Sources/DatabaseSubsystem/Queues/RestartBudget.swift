/// How often a dead worker may be replaced before its database is given up. Pure.
///
/// Source: Erlang/OTP, "Supervision Principles", maximum restart intensity.
struct RestartBudget {
    /// The most replacements within ``period``.
    static let limit = 5
    /// The time in which replacements count.
    static let period = Duration.seconds(600)

    private var replacements: [ContinuousClock.Instant] = []

    /// Takes one replacement from the budget. Returns whether there was one left.
    mutating func spend(now: ContinuousClock.Instant) -> Bool {
        replacements.removeAll { $0 + Self.period <= now }
        guard replacements.count < Self.limit else { return false }
        replacements.append(now)
        return true
    }
}
