import HydrogenCore
import Launch
import Testing

@Suite("What is different since the previous launch")
struct LaunchReportChangesTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let before: LaunchReport
        let after: LaunchReport
        let sentences: [String]
        var testDescription: String { sentences.first ?? "nothing" }
    }

    private static func report(
        _ findings: [Finding],
        of name: String = "Database",
        check: String = "library",
        ending: LaunchOutcome.Ending = .running
    ) -> LaunchReport {
        LaunchReportTests.report(
            [
                SubsystemReadiness(
                    subsystem: name,
                    checks: [CheckResult(name: check, findings: findings, elapsedSeconds: .random(in: 0...1))]
                )
            ],
            outcomes: [LaunchOutcome(subsystem: name, ending: ending)]
        )
    }

    private static let cases: [Case] = [
        Case(before: report([.go("17.5")]), after: report([.go("17.5")]), sentences: []),
        Case(
            before: report([.go("17.5")]),
            after: report([.go("17.6")]),
            sentences: [#"Database: library was "17.5", now "17.6""#]
        ),
        Case(
            before: report([.go("17.5")]),
            after: report([.noGo("missing")], ending: .notLaunched),
            sentences: [
                #"Database: library was "17.5", now No-Go "missing""#,
                "Database: was Go, now No-Go",
                "Database: was Running, now Not Launched",
            ]
        ),
        Case(
            before: report([.go("a"), .go("b")]),
            after: report([.go("b"), .partNoGo("c"), .go("d")]),
            sentences: [
                #"Database: library no longer says "a""#,
                #"Database: library now says No-Go "c""#,
                #"Database: library now says "d""#,
            ]
        ),
        Case(
            before: report([.go("a")], check: "library"),
            after: report([.go("5432")], check: "port"),
            sentences: [#"Database: port is new: "5432""#, "Database: library is no longer checked"]
        ),
        Case(
            before: report([.go("a")], of: "Database"),
            after: report([.go("a")], of: "Mail"),
            sentences: ["Mail: is new", "Database: is gone"]
        ),
        Case(
            before: report([.go("a")]),
            after: report([.go("a")], ending: .failed),
            sentences: ["Database: was Running, now Failed to Launch"]
        ),
    ]

    @Test("One sentence for each change; times do not count", arguments: cases)
    func changes(_ test: Case) {
        #expect(test.after.changes(since: test.before) == test.sentences)
    }
}
