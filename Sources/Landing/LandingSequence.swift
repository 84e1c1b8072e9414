package import HydrogenCore
package import Logging

/// Brings running subsystems down in the exact reverse of the order of their launch, within a deadline.
package struct LandingSequence: Sendable {
    let registry: SubsystemRegistry
    let subsystems: [any Subsystem]
    let background: [SubsystemName: BackgroundWork]
    let clock: any MonotonicClock
    let logger: Logger
    let nursery: Nursery
    let haste: Interruption
    let timeout: Duration
    let start: ContinuousClock.Instant
    let leftBehind: [String]

    private var log: OperatorLog { OperatorLog(logger, label: "Landing") }

    /// A landing of `running`.
    ///
    /// - Parameters:
    ///   - running: In the order in which their launches were complete.
    ///   - background: The background work of each, by name.
    ///   - logger: The process's logger; each subsystem gets it under its own label.
    ///   - nursery: Runs everything the subsystems do.
    ///   - haste: Comes when the operator asks a second time: what lands is cancelled at once.
    ///   - timeout: How long the whole landing may take.
    ///   - start: When landing was asked for.
    ///   - leftBehind: What the flight has left behind before: calls and work that did not end.
    package init(
        registry: SubsystemRegistry,
        running: [any Subsystem],
        background: [SubsystemName: BackgroundWork],
        clock: any MonotonicClock,
        logger: Logger,
        nursery: Nursery,
        haste: Interruption,
        timeout: Duration,
        start: ContinuousClock.Instant,
        leftBehind: [String]
    ) {
        self.registry = registry
        self.subsystems = running.reversed()
        self.background = background
        self.clock = clock
        self.logger = logger
        self.nursery = nursery
        self.haste = haste
        self.timeout = timeout
        self.start = start
        self.leftBehind = leftBehind
    }

    private var end: ContinuousClock.Instant { start.advanced(by: timeout) }

    /// Checks, plans, lands one after the other, reviews, and says that it is over.
    package func run() async -> LandingReport {
        let readiness = await checkReadiness()
        log.report(readiness.lines, alerts: readiness.alerts)
        let plan = LandingPlan(launchOrder: subsystems.reversed().map(\.name.rawValue), deadline: timeout)
        log.report(plan.lines)
        var outcomes: [LandingOutcome] = []
        for (index, subsystem) in subsystems.enumerated() {
            outcomes.append(await land(subsystem, stillToCome: subsystems.count - index - 1))
        }
        let report = LandingReport(
            readiness: readiness,
            plan: plan,
            review: LandingReview(
                outcomes: outcomes,
                leftBehind: leftBehind + readiness.subsystems.flatMap(\.leftBehind)
            ),
            elapsedSeconds: start.duration(to: clock.now).seconds
        )
        log.report(report.review.lines, level: report.isClean ? .notice : .warning)
        log.report(report.closingLines)
        return report
    }

    // Checks inform and decide nothing: together they get a tenth of the time, and none when the operator is in haste.
    private func checkReadiness() async -> LandingReadiness {
        let deadline = min(end, clock.now.advanced(by: timeout / 10))
        var readiness: [SubsystemReadiness] = []
        for subsystem in subsystems {
            var results: [CheckResult] = []
            for check in subsystem.landingChecks {
                results.append(
                    await .performing(
                        check,
                        in: nursery,
                        on: clock,
                        until: deadline,
                        cancelledBy: haste,
                        grace: LandingBudget.shortestGrace
                    )
                )
            }
            readiness.append(SubsystemReadiness(subsystem: subsystem.name.rawValue, checks: results))
        }
        return LandingReadiness(subsystems: readiness)
    }

    private func land(_ subsystem: any Subsystem, stillToCome: Int) async -> LandingOutcome {
        let name = subsystem.name
        registry.move(name, to: .stopping)
        log.report(["LANDING: \(name)"])
        let begin = clock.now
        let budget = LandingBudget(remaining: begin.duration(to: end), stillToCome: stillToCome)
        let result = await result(
            of: subsystem,
            within: haste.current == nil ? budget.landing : .zero,
            grace: budget.grace
        )
        let left = await background[name]?.end(within: budget.grace, on: clock) ?? []
        let outcome = LandingOutcome(name, ended: result, leftBehind: left, elapsed: begin.duration(to: clock.now))
        registry.move(name, to: outcome.ending == .landed ? .landed : .failed)
        report(outcome)
        return outcome
    }

    private func result(
        of subsystem: any Subsystem,
        within budget: Duration,
        grace: Duration
    ) async -> Result<LandingTally, any Error>? {
        let deadline = clock.now.advanced(by: budget)
        let context = LandingContext(logger: logger.labelled(subsystem.name.rawValue), clock: clock, deadline: deadline)
        let call = Call(in: nursery) { try await subsystem.land(context) }
        return await call.result(until: deadline, on: clock, cancelledBy: haste, grace: grace)
    }

    private func report(_ outcome: LandingOutcome) {
        switch outcome.ending {
        case .landed:
            log.report(["LANDING: \(outcome.subsystem) COMPLETE"])
        case .failed:
            log.report(["LANDING: \(outcome.subsystem) FAILED"] + outcome.details, level: .error)
        case .abandoned:
            log.report(["LANDING: \(outcome.subsystem) ABANDONED"] + outcome.details, level: .error)
        }
    }
}

extension LandingOutcome {
    /// The outcome of a landing that ended with `result`, `nil` for a `land` that did not return.
    fileprivate init(
        _ name: SubsystemName,
        ended result: Result<LandingTally, any Error>?,
        leftBehind: [String],
        elapsed: Duration
    ) {
        let left = (result == nil ? ["land"] : []) + leftBehind
        let (verdict, reason, tally): (LandingOutcome.Ending, String?, LandingTally) =
            switch result {
            case .success(let tally) where left.isEmpty: (.landed, nil, tally)
            case .success(let tally): (.abandoned, "did not end: \(left.joined(separator: ", "))", tally)
            case .failure(let error): (.failed, "\(error)", LandingTally())
            case nil: (.abandoned, "did not end: \(left.joined(separator: ", "))", LandingTally())
            }
        self.init(
            subsystem: name.rawValue,
            ending: verdict,
            reason: reason,
            tally: tally,
            leftBehind: left,
            elapsedSeconds: elapsed.seconds
        )
    }

    fileprivate var details: [String] {
        (reason ?? "").split(separator: "\n").map { "  \($0)" }
    }
}
