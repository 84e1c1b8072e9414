import HydrogenCore
import Testing

@testable import Landing

@Suite("The landing report")
struct LandingReportTests {
    private let report = LandingReport(
        readiness: LandingReadiness(subsystems: [
            SubsystemReadiness(
                subsystem: "Web",
                checks: [CheckResult(name: "clients", findings: [.noGo("3 uploads run")])]
            ),
            SubsystemReadiness(subsystem: "Database", checks: []),
        ]),
        plan: LandingPlan(launchOrder: ["Database", "Web"], deadline: .seconds(30)),
        review: LandingReview(
            outcomes: [
                LandingOutcome(subsystem: "Web", ending: .landed, tally: LandingTally(drained: 3, rejected: 1)),
                LandingOutcome(
                    subsystem: "Database",
                    ending: .abandoned,
                    reason: "did not end: land, poll",
                    tally: LandingTally(cancelled: 2, abandoned: 1, sessionsLeft: 1),
                    leftBehind: ["land", "poll"]
                ),
            ],
            leftBehind: ["Mail: launch"]
        ),
        elapsedSeconds: 0.25
    )

    @Test("Its lines are the contract")
    func lines() {
        #expect(
            report.lines == [
                "LANDING READINESS",
                "  Web",
                "    No-Go:   3 uploads run",
                "    Decide:  No-Go For Landing of Web, which lands all the same",
                "  Database",
                "    Decide:  Go For Landing of Database",
                "LANDING READINESS COMPLETE",
                "LANDING PLAN",
                "Total Subsystems To Land:  2",
                "Landing Deadline:          30.000s",
                "  Go:     Web",
                "  Go:     Database",
                "LANDING PLAN COMPLETE",
                "LANDING REVIEW",
                "- Web       Landed",
                "- Database  Abandoned (did not end: land, poll)",
                "- left behind: Mail: launch",
                "Drained:    3",
                "Rejected:   1",
                "Cancelled:  2",
                "Abandoned:  4",
                "Server sessions left: 1",
                "SHUTDOWN COMPLETE",
                "Shutdown elapsed time:  0.250s",
            ]
        )
    }

    @Test("Its JSON form comes back as the same report")
    func json() throws {
        #expect(try LandingReport(json: report.json()) == report)
        #expect(throws: (any Error).self) { try LandingReport(json: Array("{}".utf8)) }
    }

    @Test(
        "A landing is clean when all landed and nothing is left",
        arguments: [
            (LandingOutcome(subsystem: "A", ending: .landed), true),
            (
                LandingOutcome(
                    subsystem: "A",
                    ending: .landed,
                    tally: LandingTally(drained: 9, rejected: 9, cancelled: 9)
                ), true
            ),
            (LandingOutcome(subsystem: "A", ending: .landed, tally: LandingTally(abandoned: 1)), false),
            (LandingOutcome(subsystem: "A", ending: .landed, tally: LandingTally(sessionsLeft: 1)), false),
            (LandingOutcome(subsystem: "A", ending: .failed, reason: "no"), false),
            (LandingOutcome(subsystem: "A", ending: .abandoned, leftBehind: ["land"]), false),
        ]
    )
    func clean(_ outcome: LandingOutcome, isClean: Bool) {
        #expect(LandingReview(outcomes: [outcome]).isClean == isClean)
        #expect(!LandingReview(outcomes: [outcome], leftBehind: ["Mail: launch"]).isClean)
    }
}
