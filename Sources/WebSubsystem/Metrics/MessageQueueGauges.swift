import HydrogenCore
import MessageQueueSubsystem

/// What the message queue holds and how it is loaded, asked for at each scrape.
struct MessageQueueGauges: Sendable {
    let subsystem: MessageQueueSubsystem

    /// The metrics of this moment.
    func collect() -> [CollectedMetric] {
        let gauges = subsystem.queue?.gauges ?? MessageQueue.Gauges()
        func sample(_ value: Int, _ labels: [(String, String)] = []) -> CollectedMetric.Sample {
            CollectedMetric.Sample(Double(value), labels: labels)
        }
        let buffer = subsystem.queue?.bufferStatus
        return [
            .gauge(
                "hydrogen.message.queue.buffered",
                help: "Messages that are kept in files until the database takes them",
                samples: [sample(buffer?.messages ?? 0)]
            ),
            .gauge(
                "hydrogen.message.queue.poisoned",
                help: "Messages in files that the database has refused",
                samples: [sample(buffer?.poisoned ?? 0)]
            ),
            .gauge(
                "hydrogen.message.queue.open",
                help: "Whether the message queue takes requests: 1 or 0",
                samples: [sample(gauges.isOpen ? 1 : 0)]
            ),
            .gauge(
                "hydrogen.message.queue.waiting.pops",
                help: "Pops that wait for a message",
                samples: [sample(gauges.waitingPops)]
            ),
            .gauge(
                "hydrogen.message.queue.waiting.requests",
                help: "Requests that wait for a statement",
                samples: gauges.load.map { sample($0.waiting, [("operation", $0.operation)]) }
            ),
            .gauge(
                "hydrogen.message.queue.statement.limit",
                help: "Statements that may run at once",
                samples: gauges.load.map { sample($0.limit, [("operation", $0.operation)]) }
            ),
            .gauge(
                "hydrogen.message.queue.pending",
                help: "Messages that the group furthest behind has not done",
                samples: gauges.queues.map { sample($0.pending, [("queue", $0.queue)]) }
            ),
            .gauge(
                "hydrogen.message.queue.dead.letters",
                help: "Messages that groups have set aside",
                samples: gauges.queues.map { sample($0.deadLetters, [("queue", $0.queue)]) }
            ),
        ]
    }
}
