import HydrogenCore
import HydrogenHost
import HydrogenTesting
import Landing
import Launch
import Testing

@Suite("A flight")
struct FlightTests {
    private let field = Airfield()

    @Test("Its reports come once each, in the order of the contract")
    func reports() async throws {
        async let flight = field.fly([field.subsystem("Logging"), field.subsystem("Web", ["Logging"])])
        await field.said("READY FOR REQUESTS")
        #expect(field.recorder.isReady)
        field.send(.terminate)
        #expect(try await flight.exitCode == .clean)
        let headlines = field.log.entries.compactMap(\.lines.first).filter {
            $0.uppercased() == $0 || $0.hasPrefix("SIGTERM")
        }
        #expect(
            headlines == [
                "LAUNCH READINESS", "LAUNCH PLAN", "LAUNCH REVIEW", "STARTUP COMPLETE", "READY FOR REQUESTS",
                "SIGTERM received, initiating landing", "LANDING READINESS", "LANDING PLAN", "LANDING REVIEW",
                "SHUTDOWN COMPLETE",
            ]
        )
        #expect(field.recorder.phase == .landed)
        #expect(field.recorder.subsystems.map(\.state) == [.landed, .landed])
    }

    @Test("READY FOR REQUESTS waits for the slowest, and the record tells who is awaited")
    func ready() async throws {
        let gate = Gate()
        let database = field.subsystem("Database") { $0.becomingReady = .hold(gate) }
        async let flight = field.fly([field.subsystem("Logging"), database])
        await field.subsystem("Logging").reached(.ready)
        await database.reached(.becomingReady)
        #expect(field.recorder.snapshot.starting.contains("Database"))
        #expect(field.recorder.phase != .ready)
        gate.open()
        await field.said("READY FOR REQUESTS")
        #expect(field.recorder.snapshot.atStrength.sorted() == ["Database", "Logging"])
        field.send(.terminate)
        #expect(try await flight.exitCode == .clean)
    }

    @Test("Landing that begins before all are ready cancels the waiting, and READY is never said")
    func notReady() async throws {
        let database = field.subsystem("Database") { $0.becomingReady = .hold(Gate()) }
        async let flight = field.fly([database])
        await database.reached(.becomingReady)
        field.send(.interrupt)
        #expect(try await flight.exitCode == .clean)
        #expect(!field.hostLines.contains("READY FOR REQUESTS"))
        #expect(field.hostLines.contains("SIGINT received, initiating landing"))
    }

    @Test("The second signal lands at once, the third is ignored, and there is one landing")
    func twice() async throws {
        let gate = Gate()
        let database = field.subsystem("Database") {
            $0.landing = .hang(gate)
            $0.tally = LandingTally(cancelled: 1)
        }
        async let flight = field.fly([database])
        await field.said("READY FOR REQUESTS")
        field.send(.terminate)
        await database.reached(.landing)
        field.send(.interrupt, .terminate)
        await field.said("SIGTERM received, ignored")
        await field.clock.advanceSleeper(of: .seconds(1))
        await field.said("SHUTDOWN COMPLETE")
        gate.open()
        #expect(try await flight.exitCode == .landingIncomplete)
        #expect(field.hostLines.contains("SIGINT received, landing at once"))
        #expect(field.log.lines().count { $0 == "LANDING READINESS" } == 1)
    }

    @Test("A cancelled flight lands in good order")
    func cancelled() async throws {
        let flight = try field.flight([field.subsystem("Web") { $0.working = .hold(Gate()) }])
        let code = await withTaskGroup(of: ExitCode.self) { group in
            group.addTask { await flight.run(signals: AsyncStream<FlightSignal> { _ in }) }
            await field.said("READY FOR REQUESTS")
            group.cancelAll()
            return await group.next()
        }
        #expect(code == .clean)
        #expect(field.journal.entries.last == ScriptedEvent("Web", .workEnded))
        #expect(field.hostLines.contains("Flight cancelled, initiating landing"))
    }

    @Test("When nothing that serves clients runs the launch has failed; what launched lands, and every report is there")
    func launchFailed() async throws {
        let web = field.subsystem("Web") { $0.launching = .fail("port 5000 is taken; choose another") }
        let logging = field.subsystem("Logging") { $0.servesClients = false }
        let flight = try await field.fly([logging, web])
        #expect(flight.exitCode == .launchFailed)
        try flight.landing?.expect(.landed, for: "Logging")
        #expect(field.log.lines().contains("STARTUP FAILED"))
        #expect(field.log.lines().contains("SHUTDOWN COMPLETE"))
    }

    @Test("Whatever is left behind is named, and the exit code tells")
    func leftBehind() async throws {
        let gate = Gate()
        let database = field.subsystem("Database") { $0.becomingReady = .hang(gate) }
        async let flight = field.fly([database])
        await database.reached(.becomingReady)
        field.send(.terminate)
        await field.clock.advanceSleeper(of: .seconds(1))
        await field.said("SHUTDOWN COMPLETE")
        #expect(try await flight.exitCode == .landingIncomplete)
        #expect(field.log.lines(of: "Landing").contains("- left behind: Database: becomeReady"))
        gate.open()
    }

    @Test(
        "The exit code tells what was left",
        arguments: [
            (LandingTally(drained: 1, rejected: 1, cancelled: 1), ExitCode.clean),
            (LandingTally(abandoned: 1), .landingIncomplete), (LandingTally(sessionsLeft: 1), .landingIncomplete),
        ]
    )
    func exitCode(_ tally: LandingTally, code: ExitCode) async throws {
        async let flight = field.fly([field.subsystem("Web") { $0.tally = tally }])
        await field.said("READY FOR REQUESTS")
        field.send(.terminate)
        #expect(try await flight.exitCode == code)
    }

    @Test("Subsystems without an order are a configuration fault, and nothing begins")
    func circle() async throws {
        let flight = try await field.fly([field.subsystem("A", ["B"]), field.subsystem("B", ["A"])])
        #expect(flight.exitCode == .configuration)
        #expect(field.hostLines.contains { $0.contains("A -> B -> A") })
        #expect(field.journal.entries.isEmpty)
        #expect(try await Airfield().fly([field.subsystem("A"), field.subsystem("A")]).exitCode == .configuration)
    }

    @Test("A preflight launches nothing, and one bad part is enough for its exit code", arguments: [true, false])
    func preflight(isFit: Bool) async throws {
        let database = field.subsystem("Database") { $0.findings = [isFit ? .go("A") : .partNoGo("B: no host")] }
        let record = try await field.flight([database]).preflight()
        #expect(record.exitCode == (isFit ? .clean : .preflightNoGo))
        #expect(field.journal.entries == [ScriptedEvent("Database", .checked)])
        #expect(record.launch?.review == nil)
    }

    @Test("The effective configuration is dumped at any time, between its two lines")
    func dump() async throws {
        async let flight = field.fly([field.subsystem("Web")])
        await field.said("READY FOR REQUESTS")
        field.send(.dump, .terminate)
        #expect(try await flight.exitCode == .clean)
        let dump = field.log.entries.first { $0.message.hasPrefix("CONFIGURATION DUMP") }
        #expect(dump?.lines == ["CONFIGURATION DUMP", "effective values of first.json", "CONFIGURATION DUMP COMPLETE"])
    }
}
