import HydrogenCore
import HydrogenHost
import HydrogenTesting
import Landing
import Launch
import Testing

@Suite("The order of launch and landing")
struct FlightOrderTests {
    /// Up to twelve subsystems, each needing some of those before it; registered in any order; a few that fail or are
    /// No-Go.
    private static func subsystems(seed: UInt64, field: Airfield) -> [ScriptedSubsystem] {
        var random = SeededGenerator(seed: seed)
        let count = Int.random(in: 1...12, using: &random)
        let names = (0..<count).map { SubsystemName(rawValue: "S\($0)") }
        let subsystems = names.enumerated().map { index, name in
            let needed = names[..<index].filter { _ in Int.random(in: 0..<3, using: &random) == 0 }
            let fate = Int.random(in: 0..<12, using: &random)
            return field.subsystem(name, Array(needed)) {
                if fate == 0 { $0.launching = .fail("scripted") }
                if fate == 1 { $0.findings = [.noGo("scripted")] }
            }
        }
        return subsystems.shuffled(using: &random)
    }

    @Test(
        "Landing is the exact reverse of launch, and dependencies run from before the launch to after the landing",
        arguments: 1...100
    )
    func reverse(seed: Int) async throws {
        let field = Airfield()
        let subsystems = Self.subsystems(seed: UInt64(seed), field: field)
        async let flight = field.fly(subsystems)
        await field.said("STARTUP")
        field.send(.terminate)
        let record = try await flight
        let launched = try #require(record.launch?.review?.launchOrder)
        #expect(record.landing?.review.outcomes.map(\.subsystem) == launched.reversed(), "seed \(seed)")

        let events = field.journal.entries
        for subsystem in subsystems where launched.contains(subsystem.name.rawValue) {
            for dependency in subsystem.dependencies {
                let name = (subsystem.name.rawValue, dependency.rawValue)
                let moments = [
                    ScriptedEvent(name.1, .launched), ScriptedEvent(name.0, .launching),
                    ScriptedEvent(name.0, .landed), ScriptedEvent(name.1, .landing),
                ].map { events.firstIndex(of: $0) ?? -1 }
                #expect(moments == moments.sorted() && moments[0] >= 0, "seed \(seed): \(name) \(moments)")
            }
        }
        let review = try #require(record.launch?.review)
        #expect(review.attempts == review.successes + review.failures, "seed \(seed)")
        #expect(review.attempts <= record.launch?.plan.ready.count ?? 0, "seed \(seed)")
    }
}
