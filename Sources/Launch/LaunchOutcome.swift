/// What became of one subsystem at launch.
public struct LaunchOutcome: Sendable, Hashable, Codable {
    /// How a launch ends.
    public enum Ending: String, Sendable, Hashable, Codable {
        /// Launched.
        case running
        /// `launch` threw, or was given up.
        case failed
        /// Not attempted: No-Go, something it needs does not run, or landing began first.
        case notLaunched
    }

    /// The subsystem's name.
    public let subsystem: String
    /// How its launch ended.
    public let ending: Ending
    /// Why it does not run; `nil` when it does.
    public let reason: String?
    /// How long the launch took, in seconds; 0 when it was not attempted.
    public let elapsedSeconds: Double

    /// How one launch ended; `elapsedSeconds` in seconds.
    public init(subsystem: String, ending: Ending, reason: String? = nil, elapsedSeconds: Double = 0) {
        self.subsystem = subsystem
        self.ending = ending
        self.reason = reason
        self.elapsedSeconds = elapsedSeconds
    }

    /// The words of the review: `Running`, `Failed to Launch (…)`, `Not Launched (…)`.
    public var words: String {
        let words =
            switch ending {
            case .running: "Running"
            case .failed: "Failed to Launch"
            case .notLaunched: "Not Launched"
            }
        let firstLine = reason?.split(separator: "\n").first
        return firstLine.map { "\(words) (\($0))" } ?? words
    }
}
