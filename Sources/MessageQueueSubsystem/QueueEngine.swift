import DatabaseSubsystem
import HydrogenCore
import NIOCore

/// The statements of an open queue at work: requests of many callers go out together.
struct QueueEngine: Sendable {
    let store: QueueStore
    let news: NewsExchange
    let pushes: RequestFuser<PushRows, PushOutcome>
    let pops: RequestFuser<PopRequest, ByteBuffer>
    let acks: RequestFuser<[Acknowledgement], ByteBuffer>

    /// - Parameter concurrency: The most statements of one kind that run at once.
    init(
        _ store: QueueStore,
        _ room: WaitingRoom,
        _ buffer: PushBuffer?,
        concurrency: Int,
        _ clock: any MonotonicClock
    ) {
        func fuser<Request, Answer>(
            _ operation: MessageQueueMetrics.Operation,
            mostWeight: Int,
            weight: @escaping @Sendable (Request) -> Int,
            run: @escaping RequestFuser<Request, Answer>.Run
        ) -> RequestFuser<Request, Answer> {
            let machine = FusingStateMachine(
                mostRequests: 500,
                mostWeight: mostWeight,
                limit: ConcurrencyLimit(maximum: concurrency),
                weight: weight
            )
            return RequestFuser(
                machine,
                clock: clock,
                record: { store.metrics.record(operation, took: $0) },
                isWorthRepeating: { store.isWorthRepeating($0) },
                run: run
            )
        }
        self.store = store
        news = NewsExchange(store, room)
        let patience = buffer?.configuration.patience ?? QueueStore.patience
        pushes = fuser(
            .push,
            mostWeight: 2000,
            weight: { $0.weight },
            run: { requests, completion in
                // What waited for its turn when the database went away need not try it.
                guard buffer?.isLive ?? true else { return completion(.failure(.away)) }
                store.push(requests, timeLimit: patience, completion: completion)
            }
        )
        pops = fuser(
            .pop,
            mostWeight: 5000,
            weight: { $0.batch },
            run: { store.run(.pop, QueueStore.values(of: $0), completion: $1) }
        )
        acks = fuser(
            .ack,
            mostWeight: 2000,
            weight: { $0.count },
            run: { store.run(.ack, QueueStore.values(of: $0), completion: $1) }
        )
    }
}

extension DatabaseError {
    /// For a push that waited for its turn when the database went away.
    fileprivate static let away = DatabaseError(.unavailable, "the database is away", retryAfter: .seconds(1))
}
