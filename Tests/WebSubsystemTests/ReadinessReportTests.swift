import DatabaseSubsystem
import HydrogenCore
import Testing

@testable import WebSubsystem

@Suite("Readiness report")
struct ReadinessReportTests {
    private typealias Status = ReadinessReport.Status

    @Test(
        "requests should come from READY to landing, as long as one database serves",
        arguments: [
            (.launching, [.starting(reason: nil)], [:], .starting),
            (.started, [.ready, .starting(reason: "refused")], [:], .starting),
            (.started, [.ready], [:], .starting),
            (.ready, [.ready, .ready], [:], .ready),
            (.ready, [.ready, .recovering(reason: "lost")], [:], .degraded),
            (.ready, [.ready], ["Broken": "no file"], .degraded),
            (.ready, [.recovering(reason: "lost")], [:], .unavailable),
            (.ready, [], ["Broken": "no file"], .unavailable),
            (.landing, [.ready], [:], .landing),
            (.landed, [.landed], [:], .landing),
        ] as [(FlightRecorder.Phase, [Database.Phase], [String: String], ReadinessReport.Status)]
    )
    func status(
        flight: FlightRecorder.Phase,
        phases: [Database.Phase],
        grounded: [String: String],
        expected: ReadinessReport.Status
    ) {
        let databases = phases.enumerated().map { (name: "D\($0)", phase: $1) }
        let report = ReadinessReport(flight: flight, databases: databases, grounded: grounded)
        #expect(report.status == expected)
        #expect(report.ready == [.ready, .degraded].contains(expected))
        #expect(report.success == report.ready)
        #expect(report.databasesExpected == phases.count + grounded.count)
        #expect(report.databasesReady == phases.count { $0 == .ready })
    }

    @Test("what does not serve is named with its reason")
    func absences() {
        let report = ReadinessReport(
            flight: .ready,
            databases: [("A", .starting(reason: "refused")), ("B", .recovering(reason: "lost")), ("C", .ready)],
            grounded: ["E": "no file", "D": "no library"]
        )
        #expect(report.starting == [.init(name: "A", reason: "refused")])
        #expect(report.degraded == [.init(name: "B", reason: "lost")])
        #expect(report.noGo == [.init(name: "D", reason: "no library"), .init(name: "E", reason: "no file")])
    }
}
