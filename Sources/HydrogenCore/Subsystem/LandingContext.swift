public import Logging

/// What a subsystem gets when it lands.
public struct LandingContext: Sendable {
    /// Logs under the subsystem's name.
    public let logger: Logger
    /// Measures every deadline and interval.
    public let clock: any MonotonicClock
    /// When waiting must end. The task is cancelled then, and earlier when the operator asks a second time.
    public let deadline: ContinuousClock.Instant

    public init(logger: Logger, clock: any MonotonicClock, deadline: ContinuousClock.Instant) {
        self.logger = logger
        self.clock = clock
        self.deadline = deadline
    }
}

/// What became of the work a subsystem had when it landed.
public struct LandingTally: Sendable, Hashable, Codable {
    /// Finished normally during the landing.
    public var drained: Int
    /// Refused with a reason: it had not begun.
    public var rejected: Int
    /// Had begun and was stopped.
    public var cancelled: Int
    /// Could not be ended; each adds to a landing that left something behind.
    public var abandoned: Int
    /// Sessions that database servers still hold for this subsystem.
    public var sessionsLeft: Int

    public init(drained: Int = 0, rejected: Int = 0, cancelled: Int = 0, abandoned: Int = 0, sessionsLeft: Int = 0) {
        self.drained = drained
        self.rejected = rejected
        self.cancelled = cancelled
        self.abandoned = abandoned
        self.sessionsLeft = sessionsLeft
    }

    public static func + (left: LandingTally, right: LandingTally) -> LandingTally {
        LandingTally(
            drained: left.drained + right.drained,
            rejected: left.rejected + right.rejected,
            cancelled: left.cancelled + right.cancelled,
            abandoned: left.abandoned + right.abandoned,
            sessionsLeft: left.sessionsLeft + right.sessionsLeft
        )
    }
}
