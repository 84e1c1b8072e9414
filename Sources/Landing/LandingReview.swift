public import HydrogenCore

/// What became of every subsystem at landing, and of the work they had.
public struct LandingReview: Sendable, Hashable, Codable {
    /// All subsystems that were running, in the order in which they landed.
    public let outcomes: [LandingOutcome]
    /// What else did not end though it was cancelled: launches, checks, `Database: becomeReady`.
    public let leftBehind: [String]

    /// The outcomes in the order of landing, and what else did not end.
    public init(outcomes: [LandingOutcome], leftBehind: [String] = []) {
        self.outcomes = outcomes
        self.leftBehind = leftBehind
    }

    /// The sums over all subsystems; each thing left behind counts as one more abandoned.
    public var total: LandingTally {
        outcomes.reduce(into: LandingTally(abandoned: leftBehind.count)) { total, outcome in
            total = total + outcome.tally
            total.abandoned += outcome.leftBehind.count
        }
    }

    /// Whether tasks still run: calls or background work that did not end though cancelled.
    package var hasLeftBehind: Bool {
        !leftBehind.isEmpty || outcomes.contains { !$0.leftBehind.isEmpty }
    }

    /// Whether every subsystem landed and nothing was left behind.
    public var isClean: Bool { leftBehind.isEmpty && outcomes.allSatisfy(\.isClean) }

    /// The outcome of one subsystem; `nil` for a name that was not running.
    public subscript(name: String) -> LandingOutcome? {
        outcomes.first { $0.subsystem == name }
    }

    /// The report that begins with `LANDING REVIEW`.
    public var lines: [String] {
        let width = outcomes.map(\.subsystem.count).max() ?? 0
        let total = total
        return ["LANDING REVIEW"]
            + outcomes.map { outcome in
                let padding = String(repeating: " ", count: width - outcome.subsystem.count)
                return "- \(outcome.subsystem)\(padding)  \(outcome.words)"
            }
            + leftBehind.map { "- left behind: \($0)" }
            + [
                "Drained:    \(total.drained)",
                "Rejected:   \(total.rejected)",
                "Cancelled:  \(total.cancelled)",
                "Abandoned:  \(total.abandoned)",
                "Server sessions left: \(total.sessionsLeft)",
            ]
    }
}
