import Synchronization

/// What all connections to one endpoint share: how many requests are under way, and what the endpoint last said of itself.
final class EndpointGate: Sendable {
    typealias Ticket = EndpointGateStateMachine.Ticket

    private struct State {
        var machine: EndpointGateStateMachine
        /// What wakes the connections of those that wait.
        var bells: [Ticket: WakeupSignal] = [:]
        var lastTicket: Ticket = 0
        var lastSign: ContinuousClock.Instant?
    }

    /// How long an answer of the endpoint stands for a sign of life: its connections are checked one after the other.
    private static let freshness = Duration.seconds(5)

    private let state: Mutex<State>

    init(limit: Int) {
        state = Mutex(State(machine: EndpointGateStateMachine(limit: limit)))
    }

    /// A number of its own for a request.
    func makeTicket() -> Ticket {
        state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
    }

    /// Asks whether a request may go.
    ///
    /// - Parameter bell: Raised when it is worth while to ask again.
    func ask(
        _ ticket: Ticket,
        deadline: ContinuousClock.Instant,
        now: ContinuousClock.Instant,
        bell: WakeupSignal
    ) -> EndpointGateStateMachine.Admission {
        state.withLock { state in
            let admission = state.machine.ask(ticket, deadline: deadline, now: now)
            if case .wait = admission { state.bells[ticket] = bell } else { state.bells[ticket] = nil }
            return admission
        }
    }

    /// A request has ended, or is given up.
    func leave(_ ticket: Ticket) {
        let bells = state.withLock { state in
            state.bells[ticket] = nil
            return state.machine.leave(ticket).compactMap { state.bells[$0] }
        }
        for bell in bells { bell.raise() }
    }

    /// The endpoint wants no more requests until a moment.
    func pause(until end: ContinuousClock.Instant) {
        state.withLock { $0.machine.pause(until: end) }
    }

    /// The endpoint has answered, or has failed to.
    func saw(sign: Bool, now: ContinuousClock.Instant) {
        state.withLock { $0.lastSign = sign ? now : nil }
    }

    /// Whether the endpoint has answered only just.
    func isAlive(now: ContinuousClock.Instant) -> Bool {
        state.withLock { $0.lastSign.map { now - $0 < Self.freshness } ?? false }
    }
}
