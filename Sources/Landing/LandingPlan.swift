import HydrogenCore

/// Who will land, in which order, and by when.
public struct LandingPlan: Sendable, Hashable, Codable {
    /// The names of the running subsystems: the exact reverse of the order of their launch.
    public let order: [String]
    /// How long the whole landing may take, in seconds.
    public let deadlineSeconds: Double

    /// Turns the order of the launch round.
    ///
    /// - Parameters:
    ///   - launchOrder: The names of those running, in the order in which their launches were complete.
    ///   - deadline: How long the whole landing may take.
    public init(launchOrder: [String], deadline: Duration) {
        self.order = launchOrder.reversed()
        self.deadlineSeconds = deadline / .seconds(1)
    }

    /// The report from `LANDING PLAN` to `LANDING PLAN COMPLETE`.
    public var lines: [String] {
        [
            "LANDING PLAN",
            "Total Subsystems To Land:  \(order.count)",
            "Landing Deadline:          \(Duration.seconds(deadlineSeconds).report)",
        ]
            + order.map { "  Go:     \($0)" }
            + ["LANDING PLAN COMPLETE"]
    }
}
