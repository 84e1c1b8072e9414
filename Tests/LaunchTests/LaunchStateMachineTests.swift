import HydrogenCore
import Testing

@testable import Launch

@Suite("The launch state machine")
struct LaunchStateMachineTests {
    /// A stands alone, B needs A, C stands alone, D needs B and C.
    private func machine(go: Set<SubsystemName> = ["A", "B", "C", "D"]) throws -> LaunchStateMachine {
        let graph = try DependencyGraph([("A", []), ("B", ["A"]), ("C", []), ("D", ["B", "C"])])
        return LaunchStateMachine(graph: graph, go: go)
    }

    @Test("What needs nothing launches at once, the rest when all it needs runs")
    func order() throws {
        var machine = try machine()
        #expect(machine.begin() == [.launch("A"), .launch("C")])
        #expect(machine.launched("C") == [])
        #expect(machine.launched("A") == [.launch("B")])
        #expect(machine.launched("B") == [.launch("D")])
        #expect(machine.launched("D") == [])
        #expect(machine.stages.values.allSatisfy { $0 == .running })
    }

    @Test("What needs a failed one is never launched, nor is what needs that; others are")
    func failure() throws {
        var machine = try machine()
        _ = machine.begin()
        #expect(
            machine.failed("A") == [
                .ground("B", reason: "needs A, which failed to launch"),
                .ground("D", reason: "needs B, which was not launched"),
            ]
        )
        #expect(machine.launched("C") == [])
        #expect(machine.stages["C"] == .running)
    }

    @Test("What is No-Go is grounded without a word")
    func noGo() throws {
        var machine = try machine(go: ["C"])
        #expect(machine.begin() == [.launch("C")])
        #expect(machine.stages["A"] == .grounded("No-Go"))
    }

    @Test("When landing is asked for nothing more launches; what launches may still end")
    func stop() throws {
        var machine = try machine()
        _ = machine.begin()
        #expect(
            machine.stop() == [
                .ground("B", reason: "landing began first"), .ground("D", reason: "landing began first"),
            ]
        )
        #expect(machine.launching == ["A", "C"])
        #expect(machine.launched("A") == [])
        #expect(machine.failed("C") == [])
        #expect(machine.stop() == [])
        #expect(machine.launching.isEmpty)
    }
}
