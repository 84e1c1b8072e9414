import HydrogenCore
import HydrogenHost
import HydrogenTesting
import Landing
import Launch
import Testing

/// Two subsystems, the second on top of the first; the signal comes while one of them stands at one moment.
@Suite("A signal at every step")
struct FlightSignalStepTests {
    struct Step: Sendable, CustomTestStringConvertible {
        let subsystem: String
        let moment: ScriptedEvent.Moment
        let script: @Sendable (inout ScriptedSubsystem) -> Void
        /// Those that were launched, and so must land.
        let landed: [String]
        var testDescription: String { "\(subsystem) \(moment)" }
    }

    private static let steps = [
        Step(subsystem: "Database", moment: .checked, script: { $0.checking = .hold(Gate()) }, landed: []),
        Step(subsystem: "Web", moment: .checked, script: { $0.checking = .hold(Gate()) }, landed: []),
        Step(subsystem: "Database", moment: .launching, script: { $0.launching = .hold(Gate()) }, landed: []),
        Step(subsystem: "Web", moment: .launching, script: { $0.launching = .hold(Gate()) }, landed: ["Database"]),
        Step(
            subsystem: "Web",
            moment: .becomingReady,
            script: { $0.becomingReady = .hold(Gate()) },
            landed: ["Web", "Database"]
        ),
        Step(subsystem: "Database", moment: .ready, script: { _ in }, landed: ["Web", "Database"]),
    ]

    @Test(
        "What launched lands in reverse, nothing else is touched, all reports are there, exit code 0",
        arguments: steps
    )
    func once(_ step: Step) async throws {
        let field = Airfield()
        let subsystems = [("Database", []), ("Web", ["Database"] as [SubsystemName])].map { name, dependencies in
            field.subsystem(SubsystemName(rawValue: name), dependencies) {
                if name == step.subsystem { step.script(&$0) }
            }
        }
        async let flight = field.fly(subsystems)
        let moment = ScriptedEvent(step.subsystem, step.moment)
        await field.journal.first { $0 == moment }
        field.send(.terminate)
        let record = try await flight
        #expect(record.exitCode == .clean)
        #expect(field.journal.entries.filter { $0.moment == .landed }.map(\.subsystem) == step.landed)
        #expect(record.launch?.plan.total == 2)
        #expect(record.launch?.review?.outcomes.count == 2)
        #expect(record.landing?.review.outcomes.map(\.subsystem) == step.landed)
        #expect(field.recorder.subsystems.allSatisfy { [.landed, .failed, .inactive].contains($0.state) })
        for headline in ["LAUNCH REVIEW", "LANDING REVIEW", "SHUTDOWN COMPLETE"] {
            #expect(field.log.lines().count { $0 == headline } == 1)
        }
    }

    @Test(
        "Two signals while the first to land is held: both are cancelled, nothing hangs",
        arguments: ["Database", "Web"]
    )
    func haste(held: String) async throws {
        let field = Airfield()
        let subsystems = [("Database", []), ("Web", ["Database"] as [SubsystemName])].map { name, dependencies in
            field.subsystem(SubsystemName(rawValue: name), dependencies) {
                if name == held { $0.landing = .hold(Gate()) }
            }
        }
        async let flight = field.fly(subsystems)
        await field.said("READY FOR REQUESTS")
        field.send(.terminate)
        let landing = ScriptedEvent(held, .landing)
        await field.journal.first { $0 == landing }
        field.send(.terminate)
        let record = try await flight
        #expect(record.exitCode == .landingIncomplete)
        #expect(record.landing?.review[held]?.ending == .failed)
        #expect(record.landing?.review.outcomes.count == 2)
    }
}
