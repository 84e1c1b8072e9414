import HydrogenCore
import HydrogenTesting
import Logging
import Testing

@testable import Launch

@Suite("The launch sequence")
struct LaunchSequenceTests {
    private let log = CapturedLog()
    private let clock = ManualClock()
    private let stop = Interruption()
    private let journal = Journal<ScriptedEvent>()

    private func launch(_ subsystems: [ScriptedSubsystem], needsClients: Bool = false) async throws
        -> LaunchSequence.Flown
    {
        let graph = try DependencyGraph(subsystems)
        let registry = try SubsystemRegistry(subsystems)
        let nursery = Nursery()
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { await nursery.run() }
            let sequence = LaunchSequence(
                registry: registry,
                graph: graph,
                clock: clock,
                logger: log.logger,
                nursery: nursery,
                stop: stop,
                startedAt: "2026-11-21T12:00:00.000Z"
            )
            let background = Dictionary(uniqueKeysWithValues: graph.order.map { ($0, BackgroundWork(in: nursery)) })
            let flown = await sequence.run(background: background, needsClients: needsClients)
            nursery.close()
            return flown
        }
    }

    private func subsystem(
        _ name: SubsystemName,
        _ dependencies: [SubsystemName] = [],
        script: (inout ScriptedSubsystem) -> Void = { _ in }
    ) -> ScriptedSubsystem {
        ScriptedSubsystem(name, dependencies: dependencies, journal: journal, script: script)
    }

    @Test("A No-Go reaches everything that needs it, by the chain")
    func propagation() async throws {
        let database = subsystem("Database") { $0.findings = [.noGo("libpq.so.5 is missing; install libpq5")] }
        let flown = try await launch([
            subsystem("Logging"), database, subsystem("Queue", ["Database"]), subsystem("Web", ["Logging", "Queue"]),
        ])
        try flown.report.expectGo("Logging")
        try flown.report.expectNoGo("Queue", because: "needs Database, which is No-Go")
        try flown.report.expectNoGo("Web", because: "needs Queue, which is No-Go")
        try flown.report.expectFinding("Web", "needs Logging, which is Go")
        #expect(flown.running.map(\.name) == ["Logging"])
        #expect(flown.report.plan.ready == ["Logging"])
        #expect(flown.report.plan.notReady == ["Database", "Queue", "Web"])
    }

    @Test("A dependency that nobody registered is No-Go, and says how to mend it")
    func unknownDependency() async throws {
        let flown = try await launch([subsystem("Web", ["Databse"])])
        try flown.report.expectNoGo("Web", because: "no subsystem has that name; register it or mend the dependency")
    }

    @Test("A part that is No-Go does not ground the subsystem")
    func partNoGo() async throws {
        let database = subsystem("Database") { $0.findings = [.go("A"), .partNoGo("B: no host")] }
        let flown = try await launch([database])
        try flown.report.expectRunning("Database")
        #expect(!flown.report.readiness.isAllGo)
    }

    @Test("Every subsystem has exactly one Decide line, and every No-Go one a No-Go line")
    func decisions() async throws {
        let mail = subsystem("Mail") { $0.findings = [] }
        let database = subsystem("Database") { $0.findings = [.noGo("x")] }
        let report = try await launch([mail, database, subsystem("Web", ["Database"])]).report
        let decisions = report.readiness.lines.filter { $0.contains("Decide:") }
        #expect(
            decisions == [
                "    Decide:  Go For Launch of Mail Subsystem",
                "    Decide:  No-Go For Launch of Database Subsystem",
                "    Decide:  No-Go For Launch of Web Subsystem",
            ]
        )
    }

    @Test("Independent subsystems launch at the same time, dependents afterwards")
    func concurrency() async throws {
        let gate = Gate()
        let one = subsystem("One") { $0.launching = .hold(gate) }
        let two = subsystem("Two") { $0.launching = .hold(gate) }
        async let flown = launch([one, two, subsystem("Both", ["One", "Two"])])
        await one.reached(.launching)
        await two.reached(.launching)
        #expect(!journal.entries.contains(ScriptedEvent("Both", .launching)))
        gate.open()
        #expect(try await flown.running.last?.name == "Both")
    }

    @Test("What needs one that failed to launch is not launched; the rest is")
    func failure() async throws {
        let database = subsystem("Database") {
            $0.launching = .fail("port 5432 refused; start the server\nor change Port")
        }
        let report = try await launch([database, subsystem("Web", ["Database"]), subsystem("Mail")]).report
        try report.expectFailed("Database", because: "port 5432 refused")
        try report.expectRunning("Mail")
        #expect(report.review?["Web"]?.reason == "needs Database, which failed to launch")
        #expect((report.review?.attempts, report.review?.successes, report.review?.failures) == (2, 1, 1))
        let failed = try #require(log.entries.first { $0.message.hasPrefix("LAUNCH: Database FAILED") })
        #expect(failed.level == .error)
        #expect(
            failed.lines == ["LAUNCH: Database FAILED", "  port 5432 refused; start the server", "  or change Port"]
        )
    }

    @Test("Background work of a launch that failed is ended")
    func failedWork() async throws {
        let database = subsystem("Database") {
            $0.working = .hold(Gate())
            $0.launching = .fail("no")
        }
        let flown = try await launch([database])
        #expect(journal.entries.contains(ScriptedEvent("Database", .workEnded)))
        #expect(flown.leftBehind.isEmpty)
    }

    @Test(
        "A launch is a failure when nothing that serves clients runs",
        arguments: [(true, true, StartupSummary.Ending.complete), (false, true, .failed), (false, false, .complete)]
    )
    func useful(serves: Bool, needsClients: Bool, expected: StartupSummary.Ending) async throws {
        let web = subsystem("Web") { $0.servesClients = serves }
        #expect(try await launch([web], needsClients: needsClients).report.startup?.ending == expected)
    }

    @Test("Landing asked for during a launch cancels it, and nothing more is launched")
    func stopped() async throws {
        let database = subsystem("Database") { $0.launching = .hold(Gate()) }
        async let flown = launch([subsystem("Logging"), database, subsystem("Web", ["Database"])])
        await database.reached(.launching)
        await log.line(beginning: "LAUNCH: Logging COMPLETE")
        stop.fulfil(clock.now)
        let report = try await flown.report
        #expect(report.startup?.ending == .stopped)
        #expect(report.review?["Database"]?.ending == .failed)
        #expect(report.review?["Web"]?.reason == "landing began first")
        #expect(try await flown.running.map(\.name) == ["Logging"])
    }

    @Test("A launch that does not see its cancellation is given up after a second, by name")
    func abandoned() async throws {
        let gate = Gate()
        let database = subsystem("Database") { $0.launching = .hang(gate) }
        async let flown = launch([database])
        await database.reached(.launching)
        stop.fulfil(clock.now)
        await clock.advanceSleeper(of: .seconds(1))
        await log.line(beginning: "STARTUP STOPPED")
        gate.open()
        #expect(try await flown.leftBehind == ["Database: launch"])
    }

    @Test("Landing asked for during readiness: what was not checked is No-Go, the totals still add up")
    func stoppedInReadiness() async throws {
        let first = subsystem("First") { $0.checking = .hold(Gate()) }
        async let flown = launch([first, subsystem("Second")])
        await first.reached(.checked)
        stop.fulfil(clock.now)
        let report = try await flown.report
        try report.expectNoGo("Second", because: "landing began first")
        #expect(report.plan.total == 2)
        #expect(report.review?.attempts == 0)
    }

    @Test("An operator reads every report once: at STATE whole, at ALERT only what is No-Go")
    func levels() async throws {
        let database = subsystem("Database") { $0.findings = [.go("fine"), .noGo("bad; mend it")] }
        _ = try await launch([database])
        #expect(log.lines(of: "Launch").count { $0.contains("bad; mend it") } == 1)
        #expect(log.entries.filter { $0.message.hasPrefix("LAUNCH READINESS") }.map(\.level) == [.notice])

        let quiet = CapturedLog(level: .warning)
        let report = LaunchReadiness(subsystems: [LaunchReportTests.mail])
        OperatorLog(quiet.logger, label: "Launch").report(report.lines, alerts: report.alerts)
        #expect(quiet.entries.map(\.level) == [.warning])
        #expect(quiet.lines().first == "Mail  No-Go:   no server; set Mail.Host")
    }
}
