package import HydrogenCore
package import Logging

/// Brings the subsystems of a registry from readiness to review, and writes what operators read on the way.
package struct LaunchSequence: Sendable {
    /// What a launch leaves to its landing.
    package struct Flown: Sendable {
        /// The whole launch as a value.
        package let report: LaunchReport
        /// Those running, in the order in which their launches were complete.
        package let running: [any Subsystem]
        /// What was left behind: checks, launches and background work that did not end.
        package let leftBehind: [String]
    }

    /// How long a cancelled check or launch may take before it is given up.
    package static let grace = Duration.seconds(1)

    let registry: SubsystemRegistry
    let graph: DependencyGraph
    let clock: any MonotonicClock
    let logger: Logger
    let nursery: Nursery
    let stop: Interruption
    let start: ContinuousClock.Instant
    let startedAt: String

    var log: OperatorLog { OperatorLog(logger, label: "Launch") }

    /// A launch of all subsystems of `registry`.
    ///
    /// - Parameters:
    ///   - graph: Made of the same subsystems.
    ///   - logger: The process's logger; each subsystem gets it under its own label.
    ///   - nursery: Runs everything the subsystems do.
    ///   - stop: Comes when landing is asked for: nothing more starts, and what starts is cancelled.
    ///   - startedAt: When the flight began, in civil time, RFC 3339.
    package init(
        registry: SubsystemRegistry,
        graph: DependencyGraph,
        clock: any MonotonicClock,
        logger: Logger,
        nursery: Nursery,
        stop: Interruption,
        startedAt: String
    ) {
        self.registry = registry
        self.graph = graph
        self.clock = clock
        self.logger = logger
        self.nursery = nursery
        self.stop = stop
        self.start = clock.now
        self.startedAt = startedAt
    }

    /// Checks and plans; launches nothing. The report's review is `nil`.
    package func preflight() async -> LaunchReport {
        let report = await plan(isPreflight: true)
        log.report(report.readiness.verdict)
        return report
    }

    private func plan(isPreflight: Bool) async -> LaunchReport {
        let readiness = await checkReadiness(isPreflight: isPreflight)
        log.report(readiness.lines, alerts: readiness.alerts)
        let report = LaunchReport(startedAt: startedAt, readiness: readiness)
        log.report(report.plan.lines)
        return report
    }

    /// Checks, plans, launches, and reviews.
    ///
    /// - Parameters:
    ///   - background: Keeps the background work of each subsystem, by name.
    ///   - needsClients: Whether a launch without a running subsystem that serves clients has failed.
    package func run(background: [SubsystemName: BackgroundWork], needsClients: Bool) async -> Flown {
        var report = await plan(isPreflight: false)
        let launches = Launches(sequence: self, background: background, go: Set(report.plan.ready))
        let outcome = await launches.run()
        let review = LaunchReview(outcomes: outcome.outcomes, launchOrder: outcome.order.map(\.rawValue))
        log.report(review.lines)
        let running = outcome.order.compactMap { name in registry.subsystems.first { $0.name == name } }
        let startup = StartupSummary(
            ending: ending(of: running, needsClients: needsClients),
            facts: running.flatMap(\.startupFacts),
            elapsedSeconds: start.duration(to: clock.now).seconds
        )
        log.report(startup.lines, level: startup.ending == .failed ? .error : .notice)
        report.review = review
        report.startup = startup
        let left = report.readiness.subsystems.flatMap(\.leftBehind) + outcome.leftBehind
        return Flown(report: report, running: running, leftBehind: left)
    }

    private func ending(of running: [any Subsystem], needsClients: Bool) -> StartupSummary.Ending {
        if stop.current != nil { return .stopped }
        let isOfUse = needsClients ? running.contains(where: \.servesClients) : !running.isEmpty
        return isOfUse ? .complete : .failed
    }
}
