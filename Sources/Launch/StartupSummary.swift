public import HydrogenCore

/// How the whole launch ended, with what runs now.
public struct StartupSummary: Sendable, Hashable, Codable {
    /// How a launch ends.
    public enum Ending: String, Sendable, Hashable, Codable {
        /// Something that serves clients runs.
        case complete
        /// Nothing that serves clients runs.
        case failed
        /// The operator ended the flight before the launch was over.
        case stopped
    }

    /// How the launch ended.
    public let ending: Ending
    /// What the running subsystems say of themselves, in the order of their launch.
    public let facts: [StartupFact]
    /// From the beginning of the flight to the end of the launch, in seconds.
    public let elapsedSeconds: Double

    /// How the whole launch ended; `elapsedSeconds` in seconds.
    public init(ending: Ending, facts: [StartupFact], elapsedSeconds: Double) {
        self.ending = ending
        self.facts = facts
        self.elapsedSeconds = elapsedSeconds
    }

    /// The report that begins with `STARTUP COMPLETE`, or says why the startup is not.
    public var lines: [String] {
        let head =
            switch ending {
            case .complete: ["STARTUP COMPLETE"]
            case .failed:
                [
                    "STARTUP FAILED",
                    "No subsystem that serves clients is running: see LAUNCH READINESS and LAUNCH REVIEW for the reasons",
                ]
            case .stopped: ["STARTUP STOPPED", "Landing was asked for before the launch was over"]
            }
        return head + facts.flatMap(lines(of:)) + ["Startup elapsed time:  \(Duration.seconds(elapsedSeconds).report)"]
    }

    // One line for each line of the value, the first with the title: values stand in one column.
    private func lines(of fact: StartupFact) -> [String] {
        let width = facts.map(\.title.count).max() ?? 0
        let title = "\(fact.title):" + String(repeating: " ", count: width - fact.title.count)
        let blank = String(repeating: " ", count: width + 1)
        return fact.value.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { index, line in
            "  \(index == 0 ? title : blank)  \(line)"
        }
    }
}
