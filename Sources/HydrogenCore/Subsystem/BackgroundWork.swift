import Synchronization

/// What one subsystem keeps running while it flies, each with the name that reports give it.
package final class BackgroundWork: Sendable {
    private struct Running {
        var isOpen = true
        var started = 0
        var calls: [Int: (name: String, call: Call<Void>)] = [:]
    }

    private let nursery: Nursery
    private let running = Mutex(Running())

    /// Runs the work in `nursery`.
    package init(in nursery: Nursery) {
        self.nursery = nursery
    }

    /// Starts one piece of work. After ``end(within:on:)`` has begun nothing starts any more.
    package func start(_ name: String, _ work: @escaping @Sendable () async -> Void) {
        running.withLock { running in
            guard running.isOpen else { return }
            let number = running.started
            running.started += 1
            running.calls[number] = (
                name,
                Call(in: nursery) {
                    await work()
                    self.forget(number)
                }
            )
        }
    }

    /// Cancels all work and waits for it.
    ///
    /// - Returns: The names of what had not ended after `grace`, in the order in which it was started.
    package func end(within grace: Duration, on clock: any MonotonicClock) async -> [String] {
        let calls = running.withLock { running in
            running.isOpen = false
            return running.calls.sorted { $0.key < $1.key }.map(\.value)
        }
        for (_, call) in calls { call.cancel() }
        let deadline = clock.now.advanced(by: grace)
        var left: [String] = []
        for (name, call) in calls where await call.result(until: deadline, on: clock) == nil {
            left.append(name)
        }
        return left
    }

    private func forget(_ number: Int) {
        running.withLock { _ = $0.calls.removeValue(forKey: number) }
    }
}
