import HydrogenCore
import HydrogenHost
import HydrogenTesting
import Synchronization
import Testing

@Suite("A reload")
struct ReloadingTests {
    private let field = Airfield()

    private func reports() -> [[String]] {
        field.log.entries.filter { $0.label == "Host" && $0.message.hasPrefix("RELOAD ") }.map(\.lines)
    }

    @Test("All prepare before any applies; the changes are listed and counted")
    func complete() async throws {
        let database = field.subsystem("Database") { $0.reloadChanges = ["Fast.Max: 4 -> 8"] }
        async let flight = field.fly([database, field.subsystem("Web", ["Database"])])
        await field.said("READY FOR REQUESTS")
        field.send(.reload)
        await field.said("RELOAD COMPLETE")
        field.send(.dump, .terminate)
        #expect(try await flight.exitCode == .clean)
        #expect(reports() == [["RELOAD COMPLETE", "  Database: Fast.Max: 4 -> 8", "Reload Count:  1"]])
        #expect(field.hostLines.contains("SIGHUP received, reloading configuration"))
        #expect(field.hostLines.contains("effective values of next.json"))
        let reloads = field.journal.entries.filter { [.reloadPrepared, .reloadApplied].contains($0.moment) }
        #expect(
            reloads == [
                ScriptedEvent("Database", .reloadPrepared), ScriptedEvent("Web", .reloadPrepared),
                ScriptedEvent("Database", .reloadApplied), ScriptedEvent("Web", .reloadApplied),
            ]
        )
    }

    @Test("One that cannot keeps everything as it was, and every fault is said")
    func refused() async throws {
        let database = field.subsystem("Database") {
            $0.preparing = .fail("no server at db2; start it\nor change Host")
        }
        let web = field.subsystem("Web") { $0.preparing = .fail("port 80 is not allowed") }
        async let flight = field.fly([database, web, field.subsystem("Mail")])
        await field.said("READY FOR REQUESTS")
        field.send(.reload)
        await field.said("RELOAD REFUSED")
        field.send(.dump, .terminate)
        #expect(try await flight.exitCode == .clean)
        let report = try #require(reports().first)
        #expect(report.first == "RELOAD REFUSED")
        #expect(
            Set(report.dropFirst()) == [
                "  Database: no server at db2; start it", "  Database: or change Host", "  Web: port 80 is not allowed",
                "The configuration in use is kept", "Reload Count:  0",
            ]
        )
        #expect(!field.journal.entries.contains { $0.moment == .reloadApplied })
        #expect(field.hostLines.contains("effective values of first.json"))
        #expect(field.recorder.snapshot.reloads.refused == 1)
    }

    @Test("A text that is no configuration is refused with its place, and no subsystem is asked")
    func badText() async throws {
        field.nextConfiguration.withLock { $0 = "" }
        async let flight = field.fly([field.subsystem("Web")])
        await field.said("READY FOR REQUESTS")
        field.send(.reload)
        await field.said("RELOAD REFUSED")
        field.send(.terminate)
        #expect(try await flight.exitCode == .clean)
        #expect(reports().first?.contains { $0.hasPrefix("  next.json:1:1") } == true)
        #expect(!field.journal.entries.contains { $0.moment == .reloadPreparing })
    }

    @Test("Five reloads are five, also those asked for during the launch")
    func counted() async throws {
        let gate = Gate()
        let web = field.subsystem("Web") { $0.launching = .hold(gate) }
        async let flight = field.fly([web])
        await web.reached(.launching)
        field.send(.reload, .reload)
        await field.log.entry { $0.message == "SIGHUP received, reloading configuration after the launch" }
        gate.open()
        await field.said("READY FOR REQUESTS")
        field.send(.reload, .reload, .reload)
        await field.said("Reload Count:  5")
        field.send(.terminate)
        #expect(try await flight.exitCode == .clean)
        #expect(field.recorder.snapshot.reloads.completed == 5)
    }

    @Test(
        "Landing comes first: a reload under way is cancelled, and one that does not end is named",
        arguments: [true, false]
    )
    func landingFirst(obeys: Bool) async throws {
        let gate = Gate()
        let web = field.subsystem("Web") { $0.preparing = obeys ? .hold(gate) : .hang(gate) }
        async let flight = field.fly([web])
        await field.said("READY FOR REQUESTS")
        field.send(.reload)
        await web.reached(.reloadPreparing)
        field.send(.terminate)
        if !obeys { await field.clock.advanceSleeper(of: .seconds(1)) }
        await field.said("SHUTDOWN COMPLETE")
        gate.open()
        #expect(try await flight.exitCode == (obeys ? .clean : .landingIncomplete))
        #expect(!field.journal.entries.contains { $0.moment == .reloadApplied })
    }
}
