/// What takes a query back.
package struct QueryTicket: Sendable {
    private enum Target {
        case query(QueuedQuery)
        case place(@Sendable () -> Void)
        case none
    }

    private let target: Target

    /// Takes a query out of its queue.
    init(query: QueuedQuery) {
        target = .query(query)
    }

    /// Takes back a place among those who wait for the same.
    init(leave: @escaping @Sendable () -> Void) {
        target = .place(leave)
    }

    private init(_ target: Target) {
        self.target = target
    }

    /// Of a query that has been answered already.
    static let answered = QueryTicket(.none)

    /// Takes the query out of its queue, or stops it. Without effect on one that has been answered.
    package func cancel() {
        switch target {
        case .query(let query): query.cancel()
        case .place(let leave): leave()
        case .none: break
        }
    }
}
