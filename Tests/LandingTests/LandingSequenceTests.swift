import HydrogenCore
import HydrogenTesting
import Logging
import Testing

@testable import Landing

@Suite("The landing sequence")
struct LandingSequenceTests {
    private let log = CapturedLog()
    private let clock = ManualClock()
    private let haste = Interruption()
    private let journal = Journal<ScriptedEvent>()

    private func subsystem(
        _ name: SubsystemName,
        script: (inout ScriptedSubsystem) -> Void = { _ in }
    ) -> ScriptedSubsystem {
        ScriptedSubsystem(name, journal: journal, script: script)
    }

    /// Launches in the given order without ceremony, and lands.
    private func land(_ running: [ScriptedSubsystem], timeout: Duration = .seconds(30)) async throws -> LandingReport {
        let registry = try SubsystemRegistry(running)
        let nursery = Nursery()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await nursery.run() }
            var background: [SubsystemName: BackgroundWork] = [:]
            for subsystem in running {
                let work = BackgroundWork(in: nursery)
                background[subsystem.name] = work
                for state: SubsystemState in [.ready, .starting] { registry.move(subsystem.name, to: state) }
                try await subsystem.launch(LaunchContext(logger: log.logger, clock: clock) { work.start($0, $1) })
                registry.move(subsystem.name, to: .running)
            }
            let sequence = LandingSequence(
                registry: registry,
                running: running,
                background: background,
                clock: clock,
                logger: log.logger,
                nursery: nursery,
                haste: haste,
                timeout: timeout,
                start: clock.now,
                leftBehind: []
            )
            let report = await sequence.run()
            nursery.close()
            return report
        }
    }

    private var landings: [String] {
        journal.entries.filter { $0.moment == .landing }.map(\.subsystem)
    }

    @Test("Subsystems land one after the other in the reverse of their launch, and their work is counted")
    func order() async throws {
        let database = subsystem("Database") { $0.tally = LandingTally(drained: 2, cancelled: 1) }
        let web = subsystem("Web") { $0.tally = LandingTally(drained: 1, rejected: 4) }
        let report = try await land([subsystem("Logging"), database, web])
        #expect(landings == ["Web", "Database", "Logging"])
        #expect(report.plan.order == landings)
        #expect(report.review.total == LandingTally(drained: 3, rejected: 4, cancelled: 1))
        #expect(report.isClean)
        #expect(
            log.lines(of: "Landing").filter { $0.hasPrefix("LANDING: ") } == [
                "LANDING: Web", "LANDING: Web COMPLETE", "LANDING: Database", "LANDING: Database COMPLETE",
                "LANDING: Logging", "LANDING: Logging COMPLETE",
            ]
        )
    }

    @Test("A landing past its budget is cancelled; one that obeys has landed badly but is not left behind")
    func budget() async throws {
        let database = subsystem("Database") { $0.landing = .hold(Gate()) }
        async let report = land([subsystem("Logging"), database])
        await database.reached(.landing)
        await clock.advanceSleeper(of: .seconds(26))
        try await report.expect(.failed, for: "Database")
        try await report.expect(.landed, for: "Logging")
        #expect(try await report.review.hasLeftBehind == false)
    }

    @Test("A landing that does not see its cancellation is abandoned after the grace, by name, and the others land")
    func abandoned() async throws {
        let gate = Gate()
        let database = subsystem("Database") { $0.landing = .hang(gate) }
        async let report = land([subsystem("Logging"), database])
        await database.reached(.landing)
        await clock.advanceSleeper(of: .seconds(26))
        await clock.advanceSleeper(of: .seconds(1))
        await log.line(beginning: "SHUTDOWN COMPLETE")
        gate.open()
        try await report.expect(.abandoned, for: "Database")
        try await report.expect(.landed, for: "Logging")
        #expect(try await report.review["Database"]?.leftBehind == ["land"])
        #expect(try await report.review.total.abandoned == 1)
        #expect(log.lines(of: "Landing").contains("LANDING: Database ABANDONED"))
    }

    @Test("Background work is cancelled after the landing and before the next; what stays is named")
    func background() async throws {
        let gate = Gate()
        let logging = subsystem("Logging") { $0.working = .hang(gate) }
        let database = subsystem("Database") { $0.working = .hold(Gate()) }
        async let report = land([logging, database])
        await logging.reached(.landed)
        await clock.advanceSleeper(of: .seconds(1))
        await log.line(beginning: "SHUTDOWN COMPLETE")
        let events = journal.entries
        gate.open()
        let ended = try #require(events.firstIndex(of: ScriptedEvent("Database", .workEnded)))
        let next = try #require(events.firstIndex(of: ScriptedEvent("Logging", .landing)))
        #expect(ended < next)
        try await report.expect(.landed, for: "Database")
        #expect(try await report.review["Logging"]?.leftBehind == ["scripted work"])
    }

    @Test("An error is in the report, and the others land")
    func failure() async throws {
        let database = subsystem("Database") { $0.landing = .fail("session 7 would not close") }
        let report = try await land([subsystem("Logging"), database])
        try report.expect(.failed, for: "Database")
        try report.expect(.landed, for: "Logging")
        #expect(report.review.lines.contains("- Database  Landing Failed (session 7 would not close)"))
        #expect(!report.isClean)
    }

    @Test("In haste what lands is cancelled at once, and so is everything after it")
    func inHaste() async throws {
        let logging = subsystem("Logging") { $0.landing = .hold(Gate()) }
        let database = subsystem("Database") { $0.landing = .hold(Gate()) }
        async let report = land([logging, database])
        await database.reached(.landing)
        haste.fulfil(clock.now)
        try await report.expect(.failed, for: "Database")
        try await report.expect(.failed, for: "Logging")
        #expect(try await report.elapsedSeconds == 0)
    }

    @Test("A warning before the landing does not hold it up")
    func warning() async throws {
        let database = subsystem("Database") { $0.landingFindings = [.go("idle"), .noGo("2 transactions are open")] }
        let report = try await land([database])
        #expect(report.readiness.lines.contains("    No-Go:   2 transactions are open"))
        #expect(report.isClean)
        #expect(log.lines().count { $0.contains("2 transactions are open") } == 1)
    }
}
