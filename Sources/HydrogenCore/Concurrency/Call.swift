/// A call that runs in a ``Nursery``: it can be cancelled by itself, and nobody has to wait for its return.
package struct Call<Value: Sendable>: Sendable {
    private let outcome = OneShot<Result<Value, any Error>>()
    private let stop = OneShot<Void>()

    /// Starts `body` in `nursery`. In a closed nursery it does not run, and its result is a `CancellationError`.
    package init(in nursery: Nursery, _ body: @escaping @Sendable () async throws -> Value) {
        let taken = nursery.start { [outcome, stop] in
            await withDiscardingTaskGroup { group in
                group.addTask {
                    outcome.fulfil(await Self.result(of: body))
                    stop.fulfil(())
                }
                _ = await stop.value()
                group.cancelAll()
            }
        }
        if !taken { outcome.fulfil(.failure(CancellationError())) }
    }

    /// Cancels the task of the call.
    package func cancel() {
        stop.fulfil(())
    }

    /// Waits for the return; `nil` when the waiting task is cancelled first.
    package func result() async -> Result<Value, any Error>? {
        await outcome.value()
    }

    /// Waits for the return, but no longer than to `deadline` if there is one, nor past the moment `interruption`
    /// comes: then `nil`.
    package func result(
        until deadline: ContinuousClock.Instant?,
        on clock: any MonotonicClock,
        unless interruption: Interruption = Interruption()
    ) async -> Result<Value, any Error>? {
        if let result = outcome.current { return result }
        await withTaskGroup { group in
            group.addTask { _ = await outcome.value() }
            group.addTask { _ = await interruption.value() }
            if let deadline {
                group.addTask { try? await clock.sleep(until: deadline, tolerance: nil) }
            }
            await group.next()
            group.cancelAll()
        }
        return outcome.current
    }

    /// Waits for the return like ``result(until:on:unless:)``; then cancels the call and waits for `grace`.
    ///
    /// - Parameter deadline: `nil` when only `interruption` ends the waiting.
    /// - Returns: `nil` when the call had not returned by then: it is abandoned.
    package func result(
        until deadline: ContinuousClock.Instant? = nil,
        on clock: any MonotonicClock,
        cancelledBy interruption: Interruption,
        grace: Duration
    ) async -> Result<Value, any Error>? {
        if let result = await result(until: deadline, on: clock, unless: interruption) { return result }
        cancel()
        return await result(until: clock.now.advanced(by: grace), on: clock)
    }

    private static func result(of body: @Sendable () async throws -> Value) async -> Result<Value, any Error> {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}
