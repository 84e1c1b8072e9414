public import Logging

/// What a subsystem gets when it launches.
public struct LaunchContext: Sendable {
    /// Logs under the subsystem's name.
    public let logger: Logger
    /// Measures every deadline and interval.
    public let clock: any MonotonicClock

    private let keeper: @Sendable (String, @escaping @Sendable () async -> Void) -> Void

    /// A context whose background work is handed to `keeper`, with the name of the work.
    public init(
        logger: Logger,
        clock: any MonotonicClock,
        keeper: @escaping @Sendable (String, @escaping @Sendable () async -> Void) -> Void
    ) {
        self.logger = logger
        self.clock = clock
        self.keeper = keeper
    }

    /// Runs `work` in a child task of the host for as long as the subsystem flies.
    ///
    /// The task is cancelled after the subsystem's `land` has returned, and awaited before its dependencies land.
    /// - Parameter name: What the work is, for reports of work that did not end.
    public func keepRunning(_ name: String, _ work: @escaping @Sendable () async -> Void) {
        keeper(name, work)
    }
}
