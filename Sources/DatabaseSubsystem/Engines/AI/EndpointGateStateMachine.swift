import DequeModule

/// Which requests may go to one endpoint: so many at once, first come first served, and none while it asked for a pause. Pure.
struct EndpointGateStateMachine {
    /// One request, from the first question to its end.
    typealias Ticket = UInt64

    /// The answer to a request that wants to go.
    enum Admission: Equatable {
        case go
        /// Ask again when woken; and, if there is a moment, once it has come.
        case wait(until: ContinuousClock.Instant?)
        /// The pause outlasts the request's deadline.
        case refused(rest: Duration)
    }

    private let limit: Int
    private var going: Set<Ticket> = []
    private var waiting = Deque<Ticket>()
    private var pausedUntil: ContinuousClock.Instant?

    /// - Parameter limit: The most requests at once, at least 1.
    init(limit: Int) {
        self.limit = limit
    }

    /// Asks whether a request may go; it keeps its place among those that wait.
    mutating func ask(
        _ ticket: Ticket,
        deadline: ContinuousClock.Instant,
        now: ContinuousClock.Instant
    ) -> Admission {
        if let end = pausedUntil {
            guard end <= now else {
                guard end <= deadline else { return .refused(rest: now.duration(to: end)) }
                join(ticket)
                return .wait(until: end)
            }
            pausedUntil = nil
        }
        join(ticket)
        guard let place = waiting.firstIndex(of: ticket), place < limit - going.count else { return .wait(until: nil) }
        waiting.remove(at: place)
        going.insert(ticket)
        return .go
    }

    private mutating func join(_ ticket: Ticket) {
        if !waiting.contains(ticket) { waiting.append(ticket) }
    }

    /// A request has ended, or is given up. Returns those who may go now and are to be woken.
    mutating func leave(_ ticket: Ticket) -> [Ticket] {
        if going.remove(ticket) == nil { waiting.removeAll { $0 == ticket } }
        return Array(waiting.prefix(max(0, limit - going.count)))
    }

    /// The endpoint wants no more requests until a moment.
    mutating func pause(until end: ContinuousClock.Instant) {
        pausedUntil = max(end, pausedUntil ?? end)
    }
}
