import DatabaseSubsystem
import HydrogenCore

/// Where a buffer delivers to: the database, or what plays it.
protocol PushSink: Sendable {
    /// Stores messages in their order, each at most once by its transaction id, also beyond a queue's capacity: they were accepted.
    func deliver(_ items: [PushItem]) async throws(DatabaseError)
    /// Returns when the database answers.
    func probe() async throws(DatabaseError)
}

extension PushBuffer {
    /// No batch has more messages, unless one request alone does.
    static let batchMessages = 1000
    /// The same for bytes.
    static let batchBytes = 4 << 20
    /// How long to wait before looking again whether the database serves, at first and at most.
    static let pauses = (first: Duration.milliseconds(500), longest: Duration.seconds(5))

    /// The database serves: who has prepared its statements knows.
    func databaseServes() { change { $0.served() } }

    /// Delivers what waits whenever the database serves. Runs until the buffer lands, or the task is cancelled.
    ///
    /// - Parameter wake: Told where the messages of a batch went that is stored.
    func run(into sink: some PushSink, wake: @escaping @Sendable (PushPlaces) -> Void) async {
        let ended = beginDelivery()
        defer { ended.open() }
        var pause = Self.pauses.first
        while !Task.isCancelled {
            let (step, news) = plan
            switch step {
            case .end: return
            case .rest: await news.wait()
            case .probe:
                await news.wait(until: clock.now + pause, on: clock)
                pause = min(pause * 2, Self.pauses.longest)
                do throws(DatabaseError) {
                    try await sink.probe()
                    change { $0.served() }
                } catch {
                    change { $0.failed(error.message) }
                }
            case .deliver:
                if let obstacle = await deliverBatch(into: sink, wake: wake) {
                    change { $0.failed(obstacle) }
                } else {
                    pause = Self.pauses.first
                }
            }
        }
    }

    /// Delivers a batch. Returns what stands in the way; `nil` when nothing does.
    private func deliverBatch(
        into sink: some PushSink,
        wake: @Sendable (PushPlaces) -> Void
    ) async -> String? {
        do throws(BufferFault) {
            let batch = try await files.perform { log throws(BufferFault) in
                try log.read(most: Self.batchMessages, mostBytes: Self.batchBytes)
            } then: { [self] batch in
                // What was counted is damaged, and set aside.
                if batch == nil { change { $0.deliver(0, left: 0) } }
            }
            guard let batch else { return nil }
            if let obstacle = try await deliver(batch.items[...], into: sink) { return obstacle }
            wake(PushPlaces(batch.items))
            _ = try await files.perform { log throws(BufferFault) in
                try log.advance(to: batch.end, count: batch.count)
                return log.messages
            } then: { [self] left in
                change { $0.deliver(batch.count, left: left) }
            }
            return nil
        } catch {
            return error.description
        }
    }

    /// Stores messages, and sets aside those that the database refuses for what they are: found by halving.
    ///
    /// - Returns: What stands in the way; then some may be stored, and all of them may be delivered again.
    private func deliver(
        _ items: ArraySlice<PushItem>,
        into sink: some PushSink
    ) async throws(BufferFault) -> String? {
        let refusal: DatabaseError
        do throws(DatabaseError) {
            try await sink.deliver(Array(items))
            return nil
        } catch {
            refusal = error
        }
        guard PushFailure(refusal) == .content else { return refusal.message }
        guard items.count > 1 else {
            for item in items {
                try await files.perform { log throws(BufferFault) in try log.poison(item, refusal.debugDescription) }
            }
            return nil
        }
        let middle = items.startIndex + items.count / 2
        if let obstacle = try await deliver(items[..<middle], into: sink) { return obstacle }
        return try await deliver(items[middle...], into: sink)
    }
}
