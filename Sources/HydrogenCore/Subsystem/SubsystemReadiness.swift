/// The findings of all checks of one subsystem, and what they decide.
public struct SubsystemReadiness: Sendable, Hashable, Codable {
    /// What findings decide together.
    public enum Decision: String, Sendable, Hashable, Codable {
        /// Fit to fly: no finding grounds the subsystem.
        case go
        /// At least one finding grounds the subsystem.
        case noGo
    }

    /// The subsystem's name.
    public let subsystem: String
    /// The checks in the order in which they were made.
    public let checks: [CheckResult]
    /// What they decide.
    public let decision: Decision

    /// Decides: one `noGo` finding grounds the subsystem, a `partNoGo` does not.
    public init(subsystem: String, checks: [CheckResult]) {
        self.subsystem = subsystem
        self.checks = checks
        let findings = checks.flatMap(\.findings)
        self.decision = findings.contains { $0.verdict == .noGo } ? .noGo : .go
    }

    /// Every finding, in order.
    public var findings: [Finding] { checks.flatMap(\.findings) }

    /// Whether there is nothing at all to mend, not even a part.
    public var isAllGo: Bool { findings.allSatisfy { $0.verdict == .go } }

    /// The block of the report: the name, a line for each finding, and the decision in the words of `decide`.
    package func lines(decide: (Decision) -> String) -> [String] {
        ["  \(subsystem)"] + findings.flatMap(\.lines).map { "    \($0)" } + ["    Decide:  \(decide(decision))"]
    }

    /// The checks that still run, each with the subsystem's name.
    package var leftBehind: [String] {
        checks.filter { !$0.answered }.map { "\(subsystem): check \($0.name)" }
    }

    /// The lines of what is No-Go, each with the subsystem's name: for those who read alerts only.
    package var alerts: [String] {
        findings.filter { $0.verdict != .go }.flatMap(\.lines).map { "\(subsystem)  \($0)" }
    }
}

extension Finding {
    /// The line of reports; those that follow in a long text are indented to the first line's evidence.
    fileprivate var lines: [String] {
        let head =
            switch verdict {
            case .go: "Go:      "
            case .noGo, .partNoGo: "No-Go:   "
            }
        let indentation = String(repeating: " ", count: head.count)
        return text.split(separator: "\n").enumerated().map { index, line in
            (index == 0 ? head : indentation) + line
        }
    }
}
