/// Runs what others hand in, each as a child task of its own ``run()``.
///
/// It is the parent of every call that the host must be able to stop waiting for: the one who waits watches the
/// ``Call``, and only the nursery waits for the task.
package final class Nursery: Sendable {
    // Unbounded, and empty but for moments: `run` takes each item as soon as it comes.
    private let work: AsyncStream<@Sendable () async -> Void>
    private let intake: AsyncStream<@Sendable () async -> Void>.Continuation

    /// A nursery that keeps what it is given until `run` is called.
    package init() {
        (work, intake) = AsyncStream.makeStream()
    }

    /// Starts what is handed in, until ``close()``; returns when all of it has ended.
    package func run() async {
        await withDiscardingTaskGroup { group in
            for await item in work {
                group.addTask { await item() }
            }
        }
    }

    /// Hands in work; says whether it was taken, which it is not after ``close()``.
    @discardableResult
    package func start(_ item: @escaping @Sendable () async -> Void) -> Bool {
        if case .enqueued = intake.yield(item) { true } else { false }
    }

    /// Takes no more work. What runs goes on.
    package func close() {
        intake.finish()
    }
}
