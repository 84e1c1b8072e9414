public import HydrogenCore

/// What became of one subsystem at landing.
public struct LandingOutcome: Sendable, Hashable, Codable {
    /// How a landing ends.
    public enum Ending: String, Sendable, Hashable, Codable {
        /// `land` returned, and all background work ended.
        case landed
        /// `land` threw.
        case failed
        /// `land` did not return, or background work did not end, though cancelled.
        case abandoned
    }

    /// The subsystem's name.
    public let subsystem: String
    /// How its landing ended.
    public let ending: Ending
    /// Why it did not land; `nil` when it did.
    public let reason: String?
    /// What became of its work, as far as it told.
    public let tally: LandingTally
    /// What did not end: `land`, or the names of background work.
    public let leftBehind: [String]
    /// How long the landing took, in seconds.
    public let elapsedSeconds: Double

    /// How one landing ended; `elapsedSeconds` in seconds.
    public init(
        subsystem: String,
        ending: Ending,
        reason: String? = nil,
        tally: LandingTally = LandingTally(),
        leftBehind: [String] = [],
        elapsedSeconds: Double = 0
    ) {
        self.subsystem = subsystem
        self.ending = ending
        self.reason = reason
        self.tally = tally
        self.leftBehind = leftBehind
        self.elapsedSeconds = elapsedSeconds
    }

    /// Whether nothing was left behind: neither tasks nor work nor sessions on a server.
    public var isClean: Bool {
        ending == .landed && tally.abandoned == 0 && tally.sessionsLeft == 0
    }

    /// The words of the review: `Landed`, `Landing Failed (…)`, `Abandoned (…)`.
    public var words: String {
        let words =
            switch ending {
            case .landed: "Landed"
            case .failed: "Landing Failed"
            case .abandoned: "Abandoned"
            }
        let firstLine = reason?.split(separator: "\n").first
        return firstLine.map { "\(words) (\($0))" } ?? words
    }
}
