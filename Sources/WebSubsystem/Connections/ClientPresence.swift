import Synchronization

/// Whether the client of one connection is still there, for the request that is being answered on it.
final class ClientPresence: Sendable {
    private enum State {
        /// The client waits; what to do when it leaves.
        case present(leaving: (@Sendable () -> Void)?)
        /// The client has left, or the landing has given it up. The last state.
        case gone
    }

    private let state = Mutex(State.present(leaving: nil))

    /// A client that is there.
    init() {}

    /// Whether the client has left.
    var isGone: Bool {
        state.withLock { if case .gone = $0 { true } else { false } }
    }

    /// Calls `action` when the client leaves, at once if it has left already.
    func whenGone(_ action: @escaping @Sendable () -> Void) {
        let isGone = state.withLock { state in
            switch state {
            case .present:
                state = .present(leaving: action)
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
            if case .present = state { state = .present(leaving: nil) }
        }
    }

    /// The client has left.
    func leave() {
        let action = state.withLock { state in
            defer { state = .gone }
            if case .present(let action) = state { return action }
            return nil
        }
        action?()
    }
}
