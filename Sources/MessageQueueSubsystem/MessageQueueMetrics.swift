package import CoreMetrics
import HydrogenCore

/// What the message queue counts and measures.
package final class MessageQueueMetrics: Sendable {
    /// What a request asks for.
    enum Operation: String, Sendable, CaseIterable {
        case push, pop, ack, transaction
    }

    /// What became of a request.
    enum Outcome: String, Sendable, CaseIterable {
        /// It was done.
        case done
        /// A pop found nothing.
        case empty
        /// It was refused: what it asks for cannot be done.
        case refused
        /// It was not done, as the database is away or the server is landing.
        case unavailable
        /// Its caller left before.
        case cancelled
    }

    /// What happened to messages.
    enum Event: String, Sendable, CaseIterable {
        case pushed, duplicate, rejected, popped, acknowledged, expired, retained, completed, evicted
    }

    private let requests: [Operation: [Outcome: Counter]]
    private let messages: [Event: Counter]
    private let statements: [Operation: Timer]

    package init(_ factory: any MetricsFactory) {
        func table<Key: Hashable & CaseIterable, Value>(_ make: (Key) -> Value) -> [Key: Value] {
            Dictionary(uniqueKeysWithValues: Key.allCases.map { ($0, make($0)) })
        }
        requests = table { operation in
            table { (outcome: Outcome) in
                Counter(
                    label: "hydrogen.message.queue.requests",
                    dimensions: [("operation", operation.rawValue), ("outcome", outcome.rawValue)],
                    factory: factory
                )
            }
        }
        messages = table { event in
            Counter(
                label: "hydrogen.message.queue.messages",
                dimensions: [("event", event.rawValue)],
                factory: factory
            )
        }
        statements = table { operation in
            Timer(
                label: "hydrogen.message.queue.statement.duration",
                dimensions: [("operation", operation.rawValue)],
                factory: factory
            )
        }
    }

    func count(_ operation: Operation, _ outcome: Outcome) { requests[operation]?[outcome]?.increment() }

    func count(_ event: Event, _ number: Int) {
        if number > 0 { messages[event]?.increment(by: number) }
    }

    func count(_ tally: PushBatch.Tally) {
        count(.pushed, tally.stored)
        count(.duplicate, tally.duplicates)
        count(.rejected, tally.rejected)
    }

    /// Measures a statement that answered some requests.
    func record(_ operation: Operation, took duration: Duration) {
        statements[operation]?.recordNanoseconds(Int64(duration.seconds * 1e9))
    }

    /// Counts a request by what it throws, or does not.
    ///
    /// - Parameter outcome: What became of one that throws nothing.
    func counting<Value>(
        _ operation: Operation,
        outcome: (Value) -> Outcome = { _ in .done },
        _ body: () async throws(QueueFault) -> Value
    ) async throws(QueueFault) -> Value {
        do throws(QueueFault) {
            let value = try await body()
            count(operation, outcome(value))
            return value
        } catch {
            switch error {
            case .unavailable: count(operation, .unavailable)
            case .cancelled: count(operation, .cancelled)
            default: count(operation, .refused)
            }
            throw error
        }
    }
}

extension MessageQueue {
    /// What a scrape asks for.
    package struct Gauges: Sendable {
        /// Whether requests are taken.
        package var isOpen = false
        /// Pops that wait for a message.
        package var waitingPops = 0
        /// Requests that wait for a statement, and how many statements may run, by operation.
        package var load: [(operation: String, waiting: Int, limit: Int)] = []
        /// Messages that the group furthest behind has not done, and dead letters, by queue.
        package var queues: [QueueDepth] = []

        /// Of a queue that does not fly.
        package init() {}
    }

    /// How much is in a queue, as it was seen a few seconds ago.
    package struct QueueDepth: Sendable, Hashable {
        package let queue: String
        package let pending: Int
        package let deadLetters: Int

        /// Reads a row of the schema's function `depths`.
        init?(_ node: JSONNode) {
            guard case .string(let queue)? = node.value["queue"]?.value,
                case .number(let pending)? = node.value["pending"]?.value,
                case .number(let dead)? = node.value["dead"]?.value
            else { return nil }
            self.queue = queue
            self.pending = Int(pending) ?? 0
            deadLetters = Int(dead) ?? 0
        }
    }
}
