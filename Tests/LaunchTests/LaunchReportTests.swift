import HydrogenCore
import Launch
import Testing

@Suite("The launch report")
struct LaunchReportTests {
    static let database = SubsystemReadiness(
        subsystem: "Database",
        checks: [
            CheckResult(
                name: "client library",
                findings: [.go("libpq 17.6"), .partNoGo("B: no host; set Host")],
                elapsedSeconds: 0.25
            )
        ]
    )
    static let mail = SubsystemReadiness(
        subsystem: "Mail",
        checks: [CheckResult(name: "server", findings: [.noGo("no server; set Mail.Host\nor take Mail away")])]
    )

    static func report(
        _ subsystems: [SubsystemReadiness] = [database, mail],
        outcomes: [LaunchOutcome] = [
            LaunchOutcome(subsystem: "Database", ending: .running, elapsedSeconds: 0.5),
            LaunchOutcome(subsystem: "Mail", ending: .notLaunched, reason: "No-Go"),
        ]
    ) -> LaunchReport {
        LaunchReport(
            startedAt: "2026-11-21T12:00:00.123Z",
            readiness: LaunchReadiness(subsystems: subsystems),
            review: LaunchReview(outcomes: outcomes, launchOrder: ["Database"]),
            startup: StartupSummary(
                ending: .complete,
                facts: [StartupFact("Web", "http://127.0.0.1:5000"), StartupFact("DQMs", "1 L\n2 F")],
                elapsedSeconds: 0.1234
            )
        )
    }

    @Test("Its lines are the contract")
    func lines() {
        #expect(
            Self.report().lines == [
                "LAUNCH READINESS",
                "  Database",
                "    Go:      libpq 17.6",
                "    No-Go:   B: no host; set Host",
                "    Decide:  Go For Launch of Database Subsystem",
                "  Mail",
                "    No-Go:   no server; set Mail.Host",
                "             or take Mail away",
                "    Decide:  No-Go For Launch of Mail Subsystem",
                "LAUNCH READINESS COMPLETE",
                "LAUNCH PLAN",
                "Total Subsystems Checked:  2",
                "Ready Subsystems:          1",
                "Not Ready Subsystems:      1",
                "  Go:     Database",
                "  No-Go:  Mail",
                "LAUNCH PLAN COMPLETE",
                "LAUNCH REVIEW",
                "- Database  Running",
                "- Mail      Not Launched (No-Go)",
                "Subsystems:        2",
                "Launch Attempts:   1",
                "Launch Successes:  1",
                "Launch Failures:   0",
                "STARTUP COMPLETE",
                "  Web:   http://127.0.0.1:5000",
                "  DQMs:  1 L",
                "         2 F",
                "Startup elapsed time:  0.123s",
            ]
        )
    }

    @Test("Its JSON form comes back as the same report, and has snake case names", arguments: [true, false])
    func json(isWhole: Bool) throws {
        var report = Self.report()
        if !isWhole {
            report.review = nil
            report.startup = nil
        }
        let json = try report.json()
        #expect(try LaunchReport(json: json) == report)
        let text = String(decoding: json, as: UTF8.self)
        #expect(text.contains(#""started_at":"2026-11-21T12:00:00.123Z""#))
        #expect(text.contains(#""elapsed_seconds":0.25"#))
        #expect(text.contains(#""verdict":"noGo""#))
    }

    @Test("Bytes that are no report are refused", arguments: ["", "{}", "[1]", #"{"started_at":"x"}"#])
    func badJSON(_ text: String) {
        #expect(throws: (any Error).self) { try LaunchReport(json: Array(text.utf8)) }
    }

    @Test(
        "A launch is of use or not, and its last report says which",
        arguments: [
            (StartupSummary.Ending.complete, "STARTUP COMPLETE"), (.failed, "STARTUP FAILED"),
            (.stopped, "STARTUP STOPPED"),
        ]
    )
    func ending(_ ending: StartupSummary.Ending, headline: String) {
        let lines = StartupSummary(ending: ending, facts: [], elapsedSeconds: 12.0006).lines
        #expect(lines.first == headline)
        #expect(lines.last == "Startup elapsed time:  12.001s")
    }

    @Test("Attempts are successes and failures together; reasons stand in one line")
    func review() {
        let review = LaunchReview(
            outcomes: [
                LaunchOutcome(subsystem: "A", ending: .running),
                LaunchOutcome(subsystem: "B", ending: .failed, reason: "port taken\nby another"),
                LaunchOutcome(subsystem: "C", ending: .notLaunched, reason: "needs B, which failed to launch"),
            ],
            launchOrder: ["A"]
        )
        #expect((review.attempts, review.successes, review.failures) == (2, 1, 1))
        #expect(review.lines[2] == "- B  Failed to Launch (port taken)")
        #expect(review.lines[3] == "- C  Not Launched (needs B, which failed to launch)")
    }
}
