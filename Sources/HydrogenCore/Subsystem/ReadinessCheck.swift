/// One step of a subsystem's readiness: it looks, changes nothing, and says what it found.
public struct ReadinessCheck: Sendable {
    /// What is checked, for reports as data: `client library`, `port`.
    public let name: String
    /// Looks and answers with one finding for each thing looked at, in order. It must not start or change anything.
    public let findings: @Sendable () async -> [Finding]

    /// A check with any number of findings.
    public init(_ name: String, findings: @escaping @Sendable () async -> [Finding]) {
        self.name = name
        self.findings = findings
    }

    /// A check with one finding.
    public static func single(_ name: String, _ finding: @escaping @Sendable () async -> Finding) -> ReadinessCheck {
        ReadinessCheck(name) { [await finding()] }
    }
}

/// What a readiness check found about one thing: one `Go:` or `No-Go:` line.
public struct Finding: Sendable, Hashable, Codable {
    /// How a finding bears on the decision.
    public enum Verdict: String, Sendable, Hashable, Codable {
        /// Fit to fly.
        case go
        /// This one thing does not fly, the subsystem does: one bad database among several.
        case partNoGo
        /// The subsystem does not fly.
        case noGo
    }

    /// How the finding bears on the decision.
    public let verdict: Verdict
    /// The evidence; for a No-Go what is wrong and how to mend it. Shown to operators: never a secret.
    public let text: String

    private init(_ verdict: Verdict, _ text: String) {
        self.verdict = verdict
        self.text = text
    }

    /// Fit to fly, with the evidence.
    public static func go(_ evidence: String) -> Finding { Finding(.go, evidence) }
    /// The subsystem cannot fly: what is wrong, and how to mend it.
    public static func noGo(_ reason: String) -> Finding { Finding(.noGo, reason) }
    /// One part cannot fly, the rest can: what is wrong, and how to mend it.
    public static func partNoGo(_ reason: String) -> Finding { Finding(.partNoGo, reason) }
}
