/// A whole launch as a value: what was checked, planned, done, and how it ended.
///
/// A preflight's report ends with the plan: its ``review`` and ``startup`` are `nil`.
public struct LaunchReport: Sendable, Hashable, Codable {
    /// When the flight began, in civil time, RFC 3339.
    public let startedAt: String
    /// What the checks found.
    public let readiness: LaunchReadiness
    /// Who was to be launched.
    public let plan: LaunchPlan
    /// Who was launched; `nil` after a preflight.
    public var review: LaunchReview?
    /// How the launch ended; `nil` after a preflight.
    public var startup: StartupSummary?

    /// A report as far as the launch has come.
    public init(
        startedAt: String,
        readiness: LaunchReadiness,
        review: LaunchReview? = nil,
        startup: StartupSummary? = nil
    ) {
        self.startedAt = startedAt
        self.readiness = readiness
        self.plan = LaunchPlan(readiness)
        self.review = review
        self.startup = startup
    }

    /// All parts there are, as operators read them.
    public var lines: [String] {
        readiness.lines + plan.lines + (review?.lines ?? []) + (startup?.lines ?? [])
    }
}
