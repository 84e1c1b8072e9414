import HydrogenCore
import Logging
import NIOCore

/// What a server does for its queues beside requests: removes what is too old, says that it is there. Runs until cancelled.
struct Housekeeping: Sendable {
    /// How often other servers hear that this one is there.
    static let presenceInterval = Duration.seconds(10)

    /// How often it is looked how much the queues hold.
    static let depthInterval = Duration.seconds(15)

    /// What was removed, and why.
    struct Sweep: Sendable, Hashable {
        /// In the order of the schema's function.
        static let reasons = ["expired", "retained", "completed", "evicted", "partitions"]

        /// How many messages, or partitions, by reason; without those that are 0.
        var counts: [String: Int] = [:]
        /// Whether there may be more.
        var hasMore = false

        init() {}

        /// Reads what the function answers; nothing when another server does the work.
        init(_ row: ByteBuffer) {
            guard let root = try? JSONParser.own.parse(row.readableBytesView).value else { return }
            for reason in Self.reasons {
                guard case .number(let literal)? = root[reason]?.value, let count = Int(literal), count > 0 else {
                    continue
                }
                counts[reason] = count
            }
            if case .boolean(true)? = root["more"]?.value { hasMore = true }
        }

        mutating func add(_ other: Sweep) {
            counts.merge(other.counts, uniquingKeysWith: +)
            hasMore = other.hasMore
        }

        /// `12 expired, 3 evicted, 1 empty partition`; `nil` for nothing.
        var report: String? {
            let parts = Self.reasons.compactMap { reason in
                counts[reason].map { reason == "partitions" ? "\($0) empty partitions" : "\($0) \(reason)" }
            }
            return parts.isEmpty ? nil : parts.joined(separator: ", ")
        }
    }

    let queue: MessageQueue
    let configuration: MessageQueueConfiguration
    let clock: any MonotonicClock
    let logger: Logger

    func run() async {
        await withTaskGroup { group in
            group.addTask { await every(configuration.retentionInterval) { await sweep("retention") } }
            group.addTask { await every(configuration.evictionInterval) { await sweep("eviction") } }
            group.addTask { await every(Self.depthInterval) { await queue.measure() } }
            group.addTask { await every(Self.presenceInterval) { await queue.sayPresent() } }
        }
    }

    private func every(_ interval: Duration, _ work: () async -> Void) async {
        while !Task.isCancelled {
            await work()
            try? await clock.sleep(for: interval)
        }
    }

    /// Removes what is too old, some at a time so that nobody waits long.
    private func sweep(_ what: String) async {
        var total = Sweep()
        repeat {
            guard
                let part = await queue.sweep(
                    what,
                    most: configuration.removalBatch,
                    emptyDays: configuration.emptyPartitionDays
                )
            else { break }
            total.add(part)
        } while total.hasMore && !Task.isCancelled
        for (reason, count) in total.counts {
            if let event = MessageQueueMetrics.Event(rawValue: reason) { queue.metrics.count(event, count) }
        }
        if let report = total.report { logger.info("Message queue removed by \(what): \(report)") }
    }
}
