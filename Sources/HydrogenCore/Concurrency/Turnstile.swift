import Synchronization

/// Lets one task at a time do something that awaits; the others wait their turn, in the order in which they came.
///
/// A cancelled task waits its turn too: what it does then may look at the cancellation.
package final class Turnstile: Sendable {
    private enum State {
        /// Nobody is inside.
        case free
        /// Somebody is; those who wait, first come first.
        case taken([CheckedContinuation<Void, Never>])
    }

    private let state = Mutex(State.free)

    package init() {}

    /// Performs `body` when it is this task's turn.
    package func pass<Value: Sendable, Failure: Error>(
        _ body: @Sendable () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        await enter()
        defer { leave() }
        return try await body()
    }

    private func enter() async {
        await withCheckedContinuation { continuation in
            let mayEnter = state.withLock { state in
                switch state {
                case .free:
                    state = .taken([])
                    return true
                case .taken(let waiting):
                    state = .taken(waiting + [continuation])
                    return false
                }
            }
            if mayEnter { continuation.resume() }
        }
    }

    private func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard case .taken(let waiting) = state, let first = waiting.first else {
                state = .free
                return nil
            }
            state = .taken(Array(waiting.dropFirst()))
            return first
        }
        next?.resume()
    }
}
