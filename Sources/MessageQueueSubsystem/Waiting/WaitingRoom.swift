import DequeModule
import HydrogenCore
import Synchronization

/// The pops that wait for a message: who is woken by what. Those of one place are woken in the order in which they came.
final class WaitingRoom: Sendable {
    /// Where a pop waits.
    struct Place: Sendable, Hashable {
        /// The queue; `nil` for pops of a namespace or a task, which any queue may concern.
        var queue: String?
        /// The only partition that will do, if there is one.
        var partition: String?
        var namespace: String?
        var task: String?
        let group: String

        /// Where a request waits.
        init(_ request: PopRequest) {
            (queue, partition, group) = (request.queue, request.partition, request.group)
            (namespace, task) = (request.namespace, request.task)
        }
    }

    /// One pop that waits.
    struct Ticket: Sendable {
        fileprivate let number: UInt64
        fileprivate let place: Place
        /// Opened when there may be something for it, and when nobody is to wait any more.
        let news: Latch
    }

    fileprivate struct State {
        var isOpen = true
        var lastNumber: UInt64 = 0
        var places: [Place: Deque<Ticket>] = [:]
        /// The places of each queue.
        var queues: [String?: Set<Place>] = [:]
    }

    private let state = Mutex(State())

    /// How many wait.
    var count: Int { state.withLock { state in state.places.values.reduce(0) { $0 + $1.count } } }

    /// Whether anybody waits.
    var isOccupied: Bool { state.withLock { !$0.places.isEmpty } }

    /// The places where somebody waits.
    var places: [Place] { state.withLock { Array($0.places.keys) } }

    /// Takes a place, before looking whether there is a message: what comes in between is not missed.
    ///
    /// - Returns: `nil` when nobody is to wait any more.
    func enter(_ place: Place) -> Ticket? {
        state.withLock { state in
            guard state.isOpen else { return nil }
            state.lastNumber += 1
            let ticket = Ticket(number: state.lastNumber, place: place, news: Latch())
            state.places[place, default: []].append(ticket)
            state.queues[place.queue, default: []].insert(place)
            return ticket
        }
    }

    /// Gives a place up.
    func leave(_ ticket: Ticket) {
        state.withLock { state in
            state.places[ticket.place]?.removeAll { $0.number == ticket.number }
            state.tidy(ticket.place)
        }
    }

    /// Something new is in partitions of a queue: wakes as many of each place as may find something, and of those who wait for several
    /// queues.
    func wake(queue: String, partitions: Set<String>) {
        let woken = state.withLock { state in
            (state.queues[queue] ?? []).union(state.queues[nil] ?? []).flatMap { place in
                guard let partition = place.partition else { return state.take(place, partitions.count) }
                return partitions.contains(partition) ? state.take(place, 1) : []
            }
        }
        for ticket in woken { ticket.news.open() }
    }

    /// Something may be there for a group: wakes one who waits at the place, and one at each where any partition, or queue, will do.
    func wake(_ place: Place) {
        let woken = state.withLock { state in
            let others = (state.queues[place.queue] ?? []).union(state.queues[nil] ?? [])
                .filter { $0.group == place.group && $0.partition == nil && $0 != place }
            return state.take(place, 1) + others.flatMap { state.take($0, 1) }
        }
        for ticket in woken { ticket.news.open() }
    }

    /// Something may be there for a group in some queue: wakes one who waits at each of its places.
    func wake(group: String) {
        for place in places where place.group == group { wake(place) }
    }

    /// Wakes everybody: each looks again.
    func wakeAll() {
        for ticket in takeAll() { ticket.news.open() }
    }

    /// Sends everybody away, and lets nobody wait any more.
    func close() {
        state.withLock { $0.isOpen = false }
        wakeAll()
    }

    private func takeAll() -> [Ticket] {
        state.withLock { state in
            defer {
                state.places = [:]
                state.queues = [:]
            }
            return state.places.values.flatMap { $0 }
        }
    }
}

extension WaitingRoom.State {
    fileprivate mutating func take(_ place: WaitingRoom.Place, _ count: Int) -> [WaitingRoom.Ticket] {
        guard let waiting = places[place] else { return [] }
        let taken = Array(waiting.prefix(count))
        places[place]?.removeFirst(taken.count)
        tidy(place)
        return taken
    }

    /// Forgets a place where nobody waits.
    fileprivate mutating func tidy(_ place: WaitingRoom.Place) {
        guard places[place]?.isEmpty == true else { return }
        places[place] = nil
        queues[place.queue]?.remove(place)
        if queues[place.queue]?.isEmpty == true { queues[place.queue] = nil }
    }
}
