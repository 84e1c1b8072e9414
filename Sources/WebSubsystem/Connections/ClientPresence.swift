import Synchronization

/// Whether somebody still waits for the answer that a route works on, for the client of one connection.
final class ClientPresence: Sendable {
    /// Why nobody waits any more.
    enum Departure: Sendable, Hashable {
        /// The client has left.
        case left
        /// The gate has answered in the route's place, and measured that.
        case answered
    }

    private enum State {
        /// The client waits; what to do when it leaves.
        case present(leaving: [@Sendable () -> Void])
        /// Nobody waits. The last state.
        case gone(Departure)
    }

    private let state: Mutex<State>

    /// A client that waits, or one that does not any more.
    init(departed departure: Departure? = nil) {
        state = Mutex(departure.map { .gone($0) } ?? .present(leaving: []))
    }

    /// Why nobody waits; `nil` while the client does.
    var departure: Departure? {
        state.withLock { if case .gone(let departure) = $0 { departure } else { nil } }
    }

    /// Calls `action` when nobody waits any more, at once if that is so already.
    func whenGone(_ action: @escaping @Sendable () -> Void) {
        let isGone = state.withLock { state in
            switch state {
            case .present(let actions):
                state = .present(leaving: actions + [action])
                return false
            case .gone:
                return true
            }
        }
        if isGone { action() }
    }

    /// The request has been answered: nothing is to be done any more when the client leaves.
    func forget() {
        state.withLock { state in
            if case .present = state { state = .present(leaving: []) }
        }
    }

    /// Nobody waits any more; the first reason stays.
    func depart(_ departure: Departure) {
        let actions = state.withLock { state -> [@Sendable () -> Void] in
            guard case .present(let actions) = state else { return [] }
            state = .gone(departure)
            return actions
        }
        for action in actions { action() }
    }
}
