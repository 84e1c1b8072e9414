import Testing

@testable import HydrogenHost

@Suite("What a signal means at each moment of a flight")
struct FlightStateMachineTests {
    enum Event: Sendable {
        case signal(FlightSignal)
        case launched
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let before: [Event]
        let signal: FlightSignal
        let action: FlightStateMachine.Action
        var testDescription: String { "\(before) then \(signal): \(action)" }
    }

    private static let cases: [Case] = [
        Case(before: [], signal: .terminate, action: .land),
        Case(before: [], signal: .interrupt, action: .land),
        Case(before: [], signal: .reload, action: .postponeReload),
        Case(before: [], signal: .dump, action: .dump),
        Case(before: [.launched], signal: .terminate, action: .land),
        Case(before: [.launched], signal: .reload, action: .reload),
        Case(before: [.launched], signal: .dump, action: .dump),
        Case(before: [.signal(.terminate)], signal: .interrupt, action: .landAtOnce),
        Case(before: [.signal(.terminate)], signal: .reload, action: .ignore),
        Case(before: [.signal(.terminate)], signal: .dump, action: .dump),
        Case(before: [.signal(.terminate), .launched], signal: .reload, action: .ignore),
        Case(before: [.signal(.interrupt), .signal(.interrupt)], signal: .terminate, action: .ignore),
    ]

    @Test("One answer for each moment", arguments: cases)
    func answers(_ test: Case) {
        var machine = FlightStateMachine()
        for event in test.before {
            switch event {
            case .signal(let signal): _ = machine.receive(signal)
            case .launched: _ = machine.launched()
            }
        }
        #expect(machine.receive(test.signal) == test.action)
    }

    @Test("Reloads asked for during the launch are made after it, each once")
    func postponed() {
        var machine = FlightStateMachine()
        _ = machine.receive(.reload)
        _ = machine.receive(.reload)
        #expect(machine.launched() == 2)
        #expect(machine.launched() == 0)
    }
}
