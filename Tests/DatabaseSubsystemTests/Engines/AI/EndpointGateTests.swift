import Testing

@testable import DatabaseSubsystem

/// Which requests may go to an endpoint, and when.
struct EndpointGateTests {
    private let now = ContinuousClock.now

    private func ask(
        _ gate: inout EndpointGateStateMachine,
        _ ticket: UInt64,
        due: Duration = .seconds(60),
        after time: Duration = .zero
    ) -> EndpointGateStateMachine.Admission {
        gate.ask(ticket, deadline: now + due, now: now + time)
    }

    @Test("so many go at once, and the next in the order of asking")
    func order() {
        var gate = EndpointGateStateMachine(limit: 2)
        #expect(ask(&gate, 1) == .go)
        #expect(ask(&gate, 2) == .go)
        #expect(ask(&gate, 3) == .wait(until: nil))
        #expect(ask(&gate, 4) == .wait(until: nil))
        #expect(gate.leave(1) == [3])
        #expect(ask(&gate, 5) == .wait(until: nil), "a later one does not overtake")
        #expect(ask(&gate, 4) == .wait(until: nil))
        #expect(ask(&gate, 3) == .go)
        #expect(gate.leave(2) == [4])
        #expect(ask(&gate, 4) == .go)
    }

    @Test("one that gives up waiting makes room, and wakes the next")
    func givingUp() {
        var gate = EndpointGateStateMachine(limit: 1)
        #expect(ask(&gate, 1) == .go)
        #expect(ask(&gate, 2) == .wait(until: nil))
        #expect(ask(&gate, 3) == .wait(until: nil))
        #expect(gate.leave(2) == [])
        #expect(gate.leave(1) == [3])
        #expect(gate.leave(1) == [3], "leaving twice changes nothing")
        #expect(ask(&gate, 3) == .go)
        #expect(gate.leave(3) == [])
    }

    @Test("during a pause requests wait, unless their time is up before its end")
    func pause() {
        var gate = EndpointGateStateMachine(limit: 1)
        gate.pause(until: now + .seconds(10))
        #expect(ask(&gate, 1) == .wait(until: now + .seconds(10)))
        #expect(ask(&gate, 2, due: .seconds(5), after: .seconds(1)) == .refused(rest: .seconds(9)))
        #expect(ask(&gate, 2, after: .seconds(9)) == .wait(until: now + .seconds(10)))
        #expect(ask(&gate, 2, after: .seconds(10)) == .wait(until: nil), "the first one waited longer")
        #expect(ask(&gate, 1, after: .seconds(10)) == .go)
    }

    @Test("a shorter pause does not end a longer one")
    func pauses() {
        var gate = EndpointGateStateMachine(limit: 1)
        gate.pause(until: now + .seconds(10))
        gate.pause(until: now + .seconds(5))
        #expect(ask(&gate, 1, after: .seconds(6)) == .wait(until: now + .seconds(10)))
    }
}
