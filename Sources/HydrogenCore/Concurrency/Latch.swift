import Synchronization

/// An event that happens once: tasks wait for it, any thread lets it happen.
package final class Latch: Sendable {
    private enum State {
        /// Not yet; those who wait, by ticket. Goes to `open`.
        case closed([UInt64: CheckedContinuation<Void, Never>])
        /// It has happened. The last state.
        case open
    }

    private let state = Mutex(State.closed([:]))
    private let lastTicket = Atomic<UInt64>(0)

    package init() {}

    /// Whether the event has happened.
    package var isOpen: Bool {
        state.withLock { if case .open = $0 { true } else { false } }
    }

    /// Lets the event happen, and everybody who waits go on. Again: no effect.
    package func open() {
        let waiting = state.withLock { state in
            defer { state = .open }
            if case .closed(let waiting) = state { return Array(waiting.values) }
            return []
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Returns when the event has happened, also when the task is cancelled: for ends that must be awaited.
    package func waitThroughCancellation() async {
        let ticket = lastTicket.add(1, ordering: .relaxed).newValue
        await withCheckedContinuation { continuation in
            let goOn = state.withLock { state in
                guard case .closed(var waiting) = state else { return true }
                waiting[ticket] = continuation
                state = .closed(waiting)
                return false
            }
            if goOn { continuation.resume() }
        }
    }

    /// Returns when the event has happened, when a clock has come to a moment, or when the task is cancelled.
    package func wait(until deadline: ContinuousClock.Instant, on clock: any MonotonicClock) async {
        await withTaskGroup { group in
            group.addTask { await self.wait() }
            group.addTask { try? await clock.sleep(until: deadline, tolerance: nil) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Returns when the event has happened, or when the task is cancelled: look at ``isOpen`` where that matters.
    package func wait() async {
        let ticket = lastTicket.add(1, ordering: .relaxed).newValue
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goOn = state.withLock { state in
                    // The cancellation handler may have run already: then nobody would resume the continuation.
                    guard case .closed(var waiting) = state, !Task.isCancelled else { return true }
                    waiting[ticket] = continuation
                    state = .closed(waiting)
                    return false
                }
                if goOn { continuation.resume() }
            }
        } onCancel: {
            let continuation = state.withLock { state -> CheckedContinuation<Void, Never>? in
                guard case .closed(var waiting) = state else { return nil }
                defer { state = .closed(waiting) }
                return waiting.removeValue(forKey: ticket)
            }
            continuation?.resume()
        }
    }
}
