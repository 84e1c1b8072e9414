import DatabaseSubsystem
import NIOCore
import Synchronization

/// Carries queries from one event loop to the databases and their answers back, many at a time.
///
/// All queries of one turn of the loop are handed in at its end: the threads of the queues are woken once for all of them, and
/// do not take the core from their reading. All answers that come meanwhile are taken in one turn.
final class LoopQueries: Sendable {
    /// One answer on its way back to its connection.
    private struct Delivery: Sendable {
        let asker: Asker
        let result: Result<QueryAnswer, DatabaseError>
    }

    /// Who asked: the gate of a connection, on its event loop.
    struct Asker: Sendable {
        let gate: NIOLoopBound<(ConnectionGate, ChannelHandlerContext)>
        let call: QueryCall
        /// Tells the gate's present query from earlier ones.
        let number: Int
    }

    private let eventLoop: any EventLoop
    private let asked = Mutex<[Asker]>([])
    // Bounded by the connections of the loop: each has one query at most.
    private let answered = Mutex<[Delivery]>([])

    /// For the gates of one event loop; called on it.
    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Hands a query in at the end of this turn of the event loop; called on it.
    func submit(_ asker: Asker) {
        guard Self.append(asker, to: asked) else { return }
        eventLoop.execute { [self] in
            for asker in Self.takeAll(of: asked) { submitNow(asker) }
        }
    }

    /// Appends to a list. Returns whether it was empty: then somebody has to take it.
    private static func append<Item: Sendable>(_ item: Item, to list: borrowing Mutex<[Item]>) -> Bool {
        list.withLock { list in
            list.append(item)
            return list.count == 1
        }
    }

    private static func takeAll<Item: Sendable>(of list: borrowing Mutex<[Item]>) -> [Item] {
        list.withLock { list in
            let all = list
            list = []
            list.reserveCapacity(all.count)
            return all
        }
    }

    private func submitNow(_ asker: Asker) {
        let (gate, _) = asker.gate.value
        guard gate.queryNumber == asker.number else { return }
        let eventLoop = eventLoop
        gate.ticket = asker.call.submit(
            stream: { stream, chunk in
                eventLoop.execute {
                    let (gate, context) = asker.gate.value
                    gate.streamed(chunk, of: stream, for: asker, context)
                }
            },
            completion: { [self] result in deliver(Delivery(asker: asker, result: result)) }
        )
    }

    /// Brings an answer back; called on any thread, also on the event loop: the gate must have its ticket before.
    private func deliver(_ delivery: Delivery) {
        guard Self.append(delivery, to: answered) else { return }
        eventLoop.execute { [self] in
            for delivery in Self.takeAll(of: answered) {
                let (gate, context) = delivery.asker.gate.value
                gate.answered(delivery.result, for: delivery.asker, context)
            }
        }
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
}
