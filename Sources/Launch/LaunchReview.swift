/// What became of every subsystem at launch.
public struct LaunchReview: Sendable, Hashable, Codable {
    /// All subsystems, in the order of the plan.
    public let outcomes: [LaunchOutcome]
    /// The names of those running, in the order in which their launches were complete. They land in the reverse of it.
    public let launchOrder: [String]

    /// The outcomes in the order of the plan, and the names of those running as they came.
    public init(outcomes: [LaunchOutcome], launchOrder: [String]) {
        self.outcomes = outcomes
        self.launchOrder = launchOrder
    }

    /// How many launches were begun: the successes and the failures.
    public var attempts: Int { successes + failures }
    /// How many subsystems run.
    public var successes: Int { outcomes.count { $0.ending == .running } }
    /// How many launches failed.
    public var failures: Int { outcomes.count { $0.ending == .failed } }

    /// The outcome of one subsystem; `nil` for a name that was not checked.
    public subscript(name: String) -> LaunchOutcome? {
        outcomes.first { $0.subsystem == name }
    }

    /// The report that begins with `LAUNCH REVIEW`.
    public var lines: [String] {
        let width = outcomes.map(\.subsystem.count).max() ?? 0
        return ["LAUNCH REVIEW"]
            + outcomes.map { outcome in
                let padding = String(repeating: " ", count: width - outcome.subsystem.count)
                return "- \(outcome.subsystem)\(padding)  \(outcome.words)"
            }
            + [
                "Subsystems:        \(outcomes.count)",
                "Launch Attempts:   \(attempts)",
                "Launch Successes:  \(successes)",
                "Launch Failures:   \(failures)",
            ]
    }
}
