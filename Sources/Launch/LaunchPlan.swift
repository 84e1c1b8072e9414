import HydrogenCore

/// Who will be launched and who will not.
public struct LaunchPlan: Sendable, Hashable, Codable {
    /// The names of those that are Go, in the order of launch.
    public let ready: [String]
    /// The names of those that are No-Go, in the same order.
    public let notReady: [String]
    /// All names, in the order in which they were checked.
    private let checked: [String]

    /// Plans by what the checks decided.
    public init(_ readiness: LaunchReadiness) {
        self.checked = readiness.subsystems.map(\.subsystem)
        self.ready = readiness.subsystems.filter { $0.decision == .go }.map(\.subsystem)
        self.notReady = readiness.subsystems.filter { $0.decision == .noGo }.map(\.subsystem)
    }

    /// How many subsystems were checked: the ready and the not ready.
    public var total: Int { checked.count }

    /// The report from `LAUNCH PLAN` to `LAUNCH PLAN COMPLETE`.
    public var lines: [String] {
        let grounded = Set(notReady)
        return [
            "LAUNCH PLAN",
            "Total Subsystems Checked:  \(total)",
            "Ready Subsystems:          \(ready.count)",
            "Not Ready Subsystems:      \(notReady.count)",
        ]
            + checked.map { grounded.contains($0) ? "  No-Go:  \($0)" : "  Go:     \($0)" }
            + ["LAUNCH PLAN COMPLETE"]
    }
}
