import DatabaseSubsystem
import NIOCore
import Synchronization

/// Carries queries from one event loop to the databases and their answers back, many at a time.
///
/// All queries of one turn of the loop are handed in at its end: the threads of the queues are woken once for all of them, and
/// do not take the core from their reading. All that comes back meanwhile is taken in one turn, in the order in which it came: the
/// pieces of a large result stand before its end.
final class LoopQueries: Sendable {
    /// Who asked: the gate of a connection, on its event loop. It is handed on several times for each query.
    final class Asker: Sendable {
        let gate: NIOLoopBound<(ConnectionGate, ChannelHandlerContext)>
        let call: QueryCall
        /// Tells the gate's present query from earlier ones.
        let number: Int
        /// Whether a large result may come piece by piece.
        let takesPieces: Bool

        init(
            gate: NIOLoopBound<(ConnectionGate, ChannelHandlerContext)>,
            call: QueryCall,
            number: Int,
            takesPieces: Bool
        ) {
            self.gate = gate
            self.call = call
            self.number = number
            self.takesPieces = takesPieces
        }
    }

    /// Something on its way back to its connection.
    private struct Delivery: Sendable {
        enum Content: Sendable {
            case chunk(ByteBuffer, ResultStream)
            case answer(Result<QueryAnswer, DatabaseError>)
        }

        let asker: Asker
        let content: Content
    }

    /// What the databases brought back.
    private enum Inbox {
        // Bounded by the connections of the loop: each has one query at most, and of a stream a window.
        case open([Delivery])
        /// The event loop is about to end: nobody waits any more.
        case closed
    }

    private let eventLoop: any EventLoop
    private let asked = Mutex<[Asker]>([])
    private let inbox = Mutex(Inbox.open([]))

    /// For the gates of one event loop; called on it.
    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Hands a query in at the end of this turn of the event loop; called on it.
    func submit(_ asker: Asker) {
        let isFirst = asked.withLock { asked in
            asked.append(asker)
            return asked.count == 1
        }
        guard isFirst else { return }
        eventLoop.execute { [self] in
            let askers = asked.withLock { asked in
                defer { asked = [] }
                return asked
            }
            for asker in askers { submitNow(asker) }
        }
    }

    private func submitNow(_ asker: Asker) {
        let (gate, context) = asker.gate.value
        guard gate.queryNumber == asker.number else { return }
        // Also what is kept is answered at the end of the turn: clients that are woken while others are read take their core.
        if let kept = asker.call.kept { return gate.respond(context, with: Answer(kept, to: asker.call)) }
        let pieces: ResultStream.Deliver = { [self] stream, chunk in
            deliver(Delivery(asker: asker, content: .chunk(chunk, stream)))
        }
        gate.ticket = asker.call.submit(
            stream: asker.takesPieces ? pieces : nil,
            completion: { [self] result in deliver(Delivery(asker: asker, content: .answer(result))) }
        )
    }

    /// Brings something back; called on any thread, also on the event loop: the gate must have its ticket before.
    private func deliver(_ delivery: Delivery) {
        let isTaken = inbox.withLock { inbox in
            guard case .open(var deliveries) = inbox else { return false }
            // The list must have one owner, or each delivery would copy it.
            inbox = .open([])
            deliveries.append(delivery)
            inbox = .open(deliveries)
            // Under the lock: after `close` nothing may be given to the event loop.
            if deliveries.count == 1 { eventLoop.execute { [self] in take() } }
            return true
        }
        if !isTaken, case .chunk(let chunk, let stream) = delivery.content { stream.consumed(chunk.readableBytes) }
    }

    private func take() {
        let deliveries = inbox.withLock { inbox -> [Delivery] in
            guard case .open(let deliveries) = inbox else { return [] }
            inbox = .open([])
            return deliveries
        }
        for delivery in deliveries {
            let (gate, context) = delivery.asker.gate.value
            switch delivery.content {
            case .chunk(let chunk, let stream): gate.streamed(chunk, of: stream, for: delivery.asker, context)
            case .answer(let result): gate.answered(result, for: delivery.asker, context)
            }
        }
    }

    /// Takes nothing more to the event loop, which is about to end.
    func close() {
        let left = inbox.withLock { inbox -> [Delivery] in
            defer { inbox = .closed }
            if case .open(let deliveries) = inbox { return deliveries }
            return []
        }
        for case .chunk(let chunk, let stream) in left.map(\.content) { stream.consumed(chunk.readableBytes) }
    }
}

/// The ``LoopQueries`` of every event loop, made when its first connection comes.
final class LoopQueriesByLoop: Sendable {
    private let byLoop = Mutex<[ObjectIdentifier: LoopQueries]>([:])

    /// Those of one event loop; called on it.
    subscript(eventLoop: any EventLoop) -> LoopQueries {
        byLoop.withLock { byLoop in
            let key = ObjectIdentifier(eventLoop)
            if let known = byLoop[key] { return known }
            let new = LoopQueries(eventLoop)
            byLoop[key] = new
            return new
        }
    }

    /// Takes nothing more to any event loop.
    func close() {
        for queries in byLoop.withLock({ Array($0.values) }) { queries.close() }
    }
}
