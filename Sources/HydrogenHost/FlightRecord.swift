public import HydrogenCore
public import Landing
public import Launch

/// A whole flight as a value.
public struct FlightRecord: Sendable, Hashable {
    /// The launch, or the preflight; `nil` when the subsystems could not be put in an order.
    public let launch: LaunchReport?
    /// The landing; `nil` after a preflight.
    public let landing: LandingReport?
    /// What the process says when it ends.
    ///
    /// A launch that failed is named before a landing that did: it came first.
    public let exitCode: ExitCode

    /// A flight that never began: its subsystems cannot be put in an order.
    init() {
        self.launch = nil
        self.landing = nil
        self.exitCode = .configuration
    }

    /// A preflight: anything No-Go, be it one part of one subsystem, is what it was made to find.
    init(preflight: LaunchReport) {
        self.launch = preflight
        self.landing = nil
        self.exitCode = preflight.readiness.isAllGo ? .clean : .preflightNoGo
    }

    /// A flight from launch to landing.
    init(launch: LaunchReport, landing: LandingReport) {
        self.launch = launch
        self.landing = landing
        if launch.startup?.ending == .failed {
            self.exitCode = .launchFailed
        } else {
            self.exitCode = landing.isClean ? .clean : .landingIncomplete
        }
    }
}
