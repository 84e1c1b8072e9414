/// Decides what a signal means at each moment of a flight.
struct FlightStateMachine {
    /// How far the flight is, as far as signals are concerned.
    enum State: Equatable {
        /// Reloads asked for meanwhile come after the launch. Goes to `flying` or `landing`.
        case launching(reloads: Int)
        /// Goes to `landing`.
        case flying
        /// Goes to `landingAtOnce`.
        case landing
        /// The last state.
        case landingAtOnce
    }

    /// What the owner is to do about a signal.
    enum Action: Equatable {
        case land
        case landAtOnce
        case reload
        /// To be done when the launch is over.
        case postponeReload
        case dump
        /// The flight is too far for it.
        case ignore
    }

    private(set) var state = State.launching(reloads: 0)

    /// A signal came.
    mutating func receive(_ signal: FlightSignal) -> Action {
        switch signal {
        case .terminate, .interrupt: land()
        case .reload: reload()
        case .dump: .dump
        }
    }

    /// Landing is asked for, by a signal or by the one who started the flight.
    mutating func land() -> Action {
        switch state {
        case .launching, .flying:
            state = .landing
            return .land
        case .landing:
            state = .landingAtOnce
            return .landAtOnce
        case .landingAtOnce:
            return .ignore
        }
    }

    /// The launch is over; answers how many reloads were asked for meanwhile.
    mutating func launched() -> Int {
        guard case .launching(let reloads) = state else { return 0 }
        state = .flying
        return reloads
    }

    private mutating func reload() -> Action {
        switch state {
        case .launching(let reloads):
            state = .launching(reloads: reloads + 1)
            return .postponeReload
        case .flying:
            return .reload
        case .landing, .landingAtOnce:
            return .ignore
        }
    }
}
