/// What one readiness check found, and how long it looked.
public struct CheckResult: Sendable, Hashable, Codable {
    /// The name of the check.
    public let name: String
    /// What it found, in order.
    public let findings: [Finding]
    /// How long it looked, in seconds.
    public let elapsedSeconds: Double
    /// Whether the check returned. One that did not, though it was cancelled, still runs and is left behind.
    public let answered: Bool

    /// What a check found; `elapsedSeconds` in seconds.
    public init(name: String, findings: [Finding], elapsedSeconds: Double = 0, answered: Bool = true) {
        self.name = name
        self.findings = findings
        self.elapsedSeconds = elapsedSeconds
        self.answered = answered
    }
}

extension CheckResult {
    /// Performs `check` in `nursery`, and cancels it at `deadline`, if there is one, or when `interruption` comes.
    ///
    /// - Parameter grace: How long a cancelled check may still take before it is given up.
    package static func performing(
        _ check: ReadinessCheck,
        in nursery: Nursery,
        on clock: any MonotonicClock,
        until deadline: ContinuousClock.Instant? = nil,
        cancelledBy interruption: Interruption,
        grace: Duration
    ) async -> CheckResult {
        let start = clock.now
        let call = Call(in: nursery) { await check.findings() }
        let result = await call.result(until: deadline, on: clock, cancelledBy: interruption, grace: grace)
        return CheckResult(
            name: check.name,
            findings: (try? result?.get()) ?? [.noGo("\(check.name): the check did not answer")],
            elapsedSeconds: start.duration(to: clock.now).seconds,
            answered: result != nil
        )
    }
}
