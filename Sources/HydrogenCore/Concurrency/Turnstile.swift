import Synchronization

/// Lets one task at a time do something that awaits; the others wait their turn, in the order in which they came.
///
/// Those who wait for the same thing, by its key, share one turn and its value: however many they are, it is done once more and not
/// so often. What has begun is not shared: who comes then wants what is newer. A cancelled task does not wait on, and what a task
/// did that was cancelled meanwhile is done again for those who shared its turn.
package final class Turnstile<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    fileprivate typealias Continuation = CheckedContinuation<Turn?, Never>

    /// What becomes of a task that waits.
    fileprivate enum Turn {
        /// It is inside.
        case own
        /// Another one was inside for it.
        case shared(Value)
    }

    fileprivate struct Waiter {
        let ticket: UInt64
        let continuation: Continuation
    }

    fileprivate struct Group {
        let key: Key
        var waiters: [Waiter]
    }

    fileprivate enum State {
        /// Nobody is inside.
        case free
        /// Somebody is, also for followers; groups wait, first come first.
        case taken(followers: [Waiter], groups: [Group])
    }

    private let state = Mutex(State.free)
    private let lastTicket = Atomic<UInt64>(0)

    /// A turnstile with nobody inside.
    package init() {}

    /// How many tasks wait, for a turn of their own or for another's.
    package var waitingCount: Int {
        state.withLock { state in
            guard case .taken(let followers, let groups) = state else { return 0 }
            return groups.reduce(followers.count) { $0 + $1.waiters.count }
        }
    }

    /// Performs `body` when it is this task's turn, or shares the turn of another one that waits with the same key.
    ///
    /// - Returns: What `body` returned, here or there; `nil` when the task was cancelled while it waited.
    package func pass(for key: Key, _ body: @Sendable () async -> Value) async -> Value? {
        switch await turn(for: key) {
        case .own?:
            let value = await body()
            leave(with: Task.isCancelled ? nil : value)
            return value
        case .shared(let value)?: return value
        case nil: return nil
        }
    }

    private func turn(for key: Key) async -> Turn? {
        let ticket = lastTicket.add(1, ordering: .relaxed).newValue
        return await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: Continuation) in
                let waiter = Waiter(ticket: ticket, continuation: continuation)
                // The cancellation handler may have run already: then nobody would resume the continuation.
                let isCancelled = Task.isCancelled
                let mayEnter = state.withLock { isCancelled ? false : $0.enter(waiter, for: key) }
                if isCancelled { continuation.resume(returning: nil) }
                if mayEnter { continuation.resume(returning: .own) }
            }
        } onCancel: {
            state.withLock { $0.remove(ticket) }?.continuation.resume(returning: nil)
        }
    }

    /// - Parameter value: What those who share the turn get; `nil` lets one of them do it again.
    private func leave(with value: Value?) {
        let (served, next) = state.withLock { $0.leave(isDone: value != nil) }
        if let value { for waiter in served { waiter.continuation.resume(returning: .shared(value)) } }
        next?.continuation.resume(returning: .own)
    }
}

extension Turnstile.State {
    /// Returns whether a task may enter at once; otherwise it waits.
    fileprivate mutating func enter(_ waiter: Turnstile.Waiter, for key: Key) -> Bool {
        switch self {
        case .free:
            self = .taken(followers: [], groups: [])
            return true
        case .taken(let followers, var groups):
            if let index = groups.firstIndex(where: { $0.key == key }) {
                groups[index].waiters.append(waiter)
            } else {
                groups.append(Turnstile.Group(key: key, waiters: [waiter]))
            }
            self = .taken(followers: followers, groups: groups)
            return false
        }
    }

    /// Takes out one that waits, if it still does.
    fileprivate mutating func remove(_ ticket: UInt64) -> Turnstile.Waiter? {
        guard case .taken(var followers, var groups) = self else { return nil }
        var removed: Turnstile.Waiter?
        if let index = followers.firstIndex(where: { $0.ticket == ticket }) {
            removed = followers.remove(at: index)
        }
        for group in groups.indices {
            guard let index = groups[group].waiters.firstIndex(where: { $0.ticket == ticket }) else { continue }
            removed = groups[group].waiters.remove(at: index)
        }
        groups.removeAll { $0.waiters.isEmpty }
        self = .taken(followers: followers, groups: groups)
        return removed
    }

    /// Returns who has what was done, and who is inside now.
    fileprivate mutating func leave(isDone: Bool) -> (served: [Turnstile.Waiter], next: Turnstile.Waiter?) {
        guard case .taken(let followers, let groups) = self else { return ([], nil) }
        if !isDone, let heir = followers.first {
            self = .taken(followers: Array(followers.dropFirst()), groups: groups)
            return ([], heir)
        }
        guard let group = groups.first, let first = group.waiters.first else {
            self = .free
            return (followers, nil)
        }
        self = .taken(followers: Array(group.waiters.dropFirst()), groups: Array(groups.dropFirst()))
        return (followers, first)
    }
}
