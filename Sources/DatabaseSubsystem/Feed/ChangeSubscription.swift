import Synchronization

/// The changes of some tables of one database, in the order in which the change feed tells them, for one task.
///
/// The first event is a gap when the feed goes live: from then on every change is told. There are gaps when the feed was away for
/// so long that it cannot catch up, and when the task falls behind by more than ``capacity`` events: these are dropped then. While
/// the feed has no connection nothing is told; what happens meanwhile follows. The sequence ends when the database lands, or when
/// the task is cancelled; a subscription that nobody holds any more costs nothing.
package final class ChangeSubscription: AsyncSequence, Sendable {
    package typealias Element = ChangeEvent

    /// The most events that wait for their task.
    package static let capacity = 10_000

    private struct State {
        var events: [ChangeEvent] = []
        var hasEnded = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let tables: Set<TableName>
    private let state = Mutex(State())

    /// Of these tables; of others nothing is told.
    init(tables: some Sequence<String>) {
        self.tables = Set(tables.map(TableName.init))
    }

    // MARK: Taking

    package func makeAsyncIterator() -> Iterator { Iterator(self) }

    /// Walks over the events, one by one.
    package struct Iterator: AsyncIteratorProtocol {
        private let subscription: ChangeSubscription
        private var batch: ArraySlice<ChangeEvent> = []

        fileprivate init(_ subscription: ChangeSubscription) {
            self.subscription = subscription
        }

        /// The next event; `nil` at the end.
        package mutating func next() async -> ChangeEvent? {
            if batch.isEmpty { batch = await subscription.batch()?[...] ?? [] }
            return batch.popFirst()
        }
    }

    /// Every event that waits, but at least one; `nil` at the end.
    func batch() async -> [ChangeEvent]? {
        while !Task.isCancelled {
            let (events, hasEnded) = state.withLock { state in
                defer { state.events = [] }
                return (state.events, state.hasEnded)
            }
            if !events.isEmpty { return events }
            if hasEnded { return nil }
            await arrival()
        }
        return nil
    }

    /// Every event that waits at this moment.
    func waiting() -> [ChangeEvent] {
        state.withLock { state in
            defer { state.events = [] }
            return state.events
        }
    }

    private func arrival() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (isThere, former) = state.withLock { state in
                    guard state.events.isEmpty, !state.hasEnded, !Task.isCancelled else {
                        return (true, CheckedContinuation<Void, Never>?.none)
                    }
                    defer { state.waiter = continuation }
                    return (false, state.waiter)
                }
                former?.resume()
                if isThere { continuation.resume() }
            }
        } onCancel: {
            wake { _ in }
        }
    }

    // MARK: The feed's side

    /// Tells what was changed, as far as it concerns these tables.
    func tell(_ changes: [TableChange]) {
        let events = changes.filter { tables.contains(nameOf: $0.table) }.map(ChangeEvent.change)
        guard !events.isEmpty else { return }
        add(events)
    }

    /// Tells that anything may have changed.
    func tellGap() {
        add([.gap])
    }

    /// Tells nothing more; what waits is still taken.
    func end() {
        wake { $0.hasEnded = true }
    }

    private func add(_ events: [ChangeEvent]) {
        wake { state in
            guard !state.hasEnded, !(events == [.gap] && state.events.last == .gap) else { return }
            if state.events.count + events.count > Self.capacity {
                state.events = [.gap]
            } else {
                state.events += events
            }
        }
    }

    private func wake(_ change: (inout State) -> Void) {
        let waiter = state.withLock { state in
            change(&state)
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }
}
