import Synchronization

/// A growing list that tests wait on: for an event, never for time.
public final class Journal<Entry: Sendable>: Sendable {
    private struct Waiter {
        let matches: @Sendable (Entry) -> Bool
        let continuation: CheckedContinuation<Entry?, Never>
    }

    private struct State {
        var entries: [Entry] = []
        var waiters: [Int: Waiter] = [:]
        var waitersEver = 0
    }

    private let state = Mutex(State())

    /// An empty list.
    public init() {}

    /// All entries so far, oldest first.
    public var entries: [Entry] { state.withLock { $0.entries } }

    /// Adds an entry, and wakes who waits for it.
    public func append(_ entry: Entry) {
        let woken = state.withLock { state in
            state.entries.append(entry)
            let woken = state.waiters.filter { $0.value.matches(entry) }
            for ticket in woken.keys { state.waiters[ticket] = nil }
            return woken.values.map(\.continuation)
        }
        for continuation in woken { continuation.resume(returning: entry) }
    }

    /// Waits for the first entry that matches, be it there already or still to come; `nil` when the waiting task is
    /// cancelled.
    ///
    /// - Parameters:
    ///   - start: The index of the first entry to look at.
    ///   - matches: Looks at the entry alone, not at the journal.
    @discardableResult
    public func first(from start: Int = 0, where matches: @escaping @Sendable (Entry) -> Bool) async -> Entry? {
        let ticket = state.withLock { state in
            state.waitersEver += 1
            return state.waitersEver
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                add(Waiter(matches: matches, continuation: continuation), ticket: ticket, from: start)
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: ticket) }?.continuation.resume(returning: nil)
        }
    }

    private func add(_ waiter: Waiter, ticket: Int, from start: Int) {
        let immediate: Entry?? = state.withLock { state in
            if let entry = state.entries.dropFirst(start).first(where: waiter.matches) { return .some(entry) }
            if Task.isCancelled { return .some(nil) }
            state.waiters[ticket] = waiter
            return nil
        }
        if let immediate { waiter.continuation.resume(returning: immediate) }
    }
}
