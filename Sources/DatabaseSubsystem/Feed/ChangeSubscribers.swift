import Synchronization

/// Those whom one change feed tells what it learns.
final class ChangeSubscribers: Sendable {
    private struct Held {
        weak var subscription: ChangeSubscription?
    }

    private enum State {
        case open([Held])
        /// The feed has ended.
        case ended
    }

    private let state = Mutex(State.open([]))

    /// Adds one; after the end it has ended at once.
    func add(_ subscription: ChangeSubscription) {
        let isAdded = state.withLock { state in
            guard case .open(let held) = state else { return false }
            state = .open(held.filter { $0.subscription != nil } + [Held(subscription: subscription)])
            return true
        }
        if !isAdded { subscription.end() }
    }

    /// Those who still listen.
    private var all: [ChangeSubscription] {
        state.withLock { state in
            if case .open(let held) = state { held.compactMap(\.subscription) } else { [] }
        }
    }

    /// Tells what was changed.
    func tell(_ changes: [TableChange]) {
        for subscription in all { subscription.tell(changes) }
    }

    /// Tells that anything may have changed.
    func tellGap() {
        for subscription in all { subscription.tellGap() }
    }

    /// Tells that nothing more comes.
    func end() {
        let last = all
        state.withLock { $0 = .ended }
        for subscription in last { subscription.end() }
    }
}
