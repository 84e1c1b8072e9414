import HydrogenCore
import Synchronization

/// Ends the queries of one database that are past their deadlines, whether they wait or run.
///
/// It sleeps while there are no queries: ``queryArrived()`` wakes it, at the cost of one atomic load for the others.
final class DeadlineWatch: Sendable {
    /// How late a deadline may be noticed.
    static let interval = Duration.milliseconds(20)

    private let isAwake = Atomic<Bool>(false)
    private let arrivals: AsyncStream<Void>
    private let arrived: AsyncStream<Void>.Continuation

    init() {
        // One is enough: it says that there are queries, not how many.
        (arrivals, arrived) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// A query was submitted.
    func queryArrived() {
        guard !isAwake.load(ordering: .relaxed) else { return }
        if !isAwake.exchange(true, ordering: .acquiringAndReleasing) { arrived.yield() }
    }

    /// Watches until the task is cancelled.
    ///
    /// - Parameter expire: Stops what is past its deadline, and says whether any query is left.
    func run(clock: any MonotonicClock, expire: @Sendable () -> Bool) async {
        for await _ in arrivals {
            var isBusy = true
            while isBusy {
                guard (try? await clock.sleep(for: Self.interval)) != nil else { return }
                isBusy = expire()
                if !isBusy {
                    isAwake.store(false, ordering: .releasing)
                    // A query that came between the look and the store has found the watch awake.
                    isBusy = expire()
                    if isBusy { isAwake.store(true, ordering: .releasing) }
                }
            }
        }
    }
}
