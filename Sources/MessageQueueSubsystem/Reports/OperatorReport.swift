import DatabaseSubsystem

/// A question of an operator, or something that one does to what is stored: each is one function of the schema, which takes the
/// parameters of a request as one JSON object and gives one row, or none when what it is about does not exist.
///
/// To add one: a case, its line in ``shape``, the function `hydrogen_queue.report_…`, and a route.
package enum OperatorReport: Int, Sendable, Hashable, CaseIterable {
    case queues, queue, namespaces, tasks, overview, partitions, clearQueue
    case messages, message, deleteMessage, retryMessage, buryMessage, deadLetters
    case addTrace, messageTraces, namedTraces, traceNames
    case status, statusQueues, statusQueue, statusMessages, analytics
    case groups, group, laggingGroups, deleteGroup, moveSubscription, seekQueue, seekPartition, refresh

    /// How a report is made.
    struct Shape: Sendable {
        /// The function, without `hydrogen_queue.report_`.
        let function: String
        /// What it asks of a request.
        var parameters: [ReportParameter] = []
        /// Names of which a request must have one.
        var oneOf: [String] = []
        /// Whether it changes something.
        var writes = false
        /// Whether it shows payloads.
        var hasPayloads = false
        /// What is said when there is no row.
        var missing = "Not found"
    }

    /// How the report is made.
    var shape: Shape {
        switch self {
        case .queues: Shape(function: "queues")
        case .queue: Shape(function: "queue", parameters: [.queue], missing: Self.noQueue)
        case .namespaces: Shape(function: "namespaces")
        case .tasks: Shape(function: "tasks")
        case .overview: Shape(function: "overview")
        case .partitions: Shape(function: "partitions", parameters: [.queue.optional] + .page(1000))
        case .clearQueue:
            Shape(
                function: "clear_queue",
                parameters: [.queue, .partition.optional],
                writes: true,
                missing: Self.noPartition
            )
        case .messages:
            Shape(
                function: "messages",
                parameters: [.queue.optional, .partition.optional, .name("ns"), .name("task"), .status] + .span
                    + .page(200)
            )
        case .message:
            Shape(function: "message", parameters: .message, hasPayloads: true, missing: Self.noMessage)
        case .deleteMessage:
            Shape(function: "delete_message", parameters: .message, writes: true, missing: Self.noMessage)
        case .retryMessage:
            Shape(function: "retry_message", parameters: .message, writes: true, missing: "Message is no dead letter")
        case .buryMessage:
            Shape(
                function: "bury_message",
                parameters: .message + [.group.optional, .text("error")],
                writes: true,
                missing: Self.noMessage
            )
        case .deadLetters:
            Shape(
                function: "dead_letters",
                parameters: [.queue.optional, .partition.optional, .group.optional] + .span + .page(100, most: 1000),
                hasPayloads: true
            )
        case .addTrace:
            Shape(
                function: "add_trace",
                parameters: [
                    .name("transactionId").required, .uuid("partitionId").required, .json("data").required,
                    .name("consumerGroup"), .name("eventType"), .names("traceNames"),
                ],
                writes: true,
                missing: Self.noMessage
            )
        case .messageTraces: Shape(function: "message_traces", parameters: .message, missing: Self.noMessage)
        case .namedTraces:
            Shape(
                function: "named_traces",
                parameters: [.name("name").required] + .page(100, most: 1000),
                hasPayloads: true
            )
        case .traceNames: Shape(function: "trace_names", parameters: .page(50))
        case .status:
            Shape(function: "status", parameters: [.queue.optional, .name("namespace"), .name("task")] + .span)
        case .statusQueues: Shape(function: "status_queues", parameters: .page(100))
        case .statusQueue: Shape(function: "status_queue", parameters: [.queue], missing: Self.noQueue)
        case .statusMessages:
            Shape(
                function: "status_messages",
                parameters: [.queue, .partition.optional, .status] + .span + .page(100),
                missing: Self.noQueue
            )
        case .analytics:
            Shape(
                function: "analytics",
                parameters: [.word("interval", ["hour", "day", "week", "month"], fallback: "hour")] + .span
            )
        case .groups: Shape(function: "groups")
        case .group: Shape(function: "group", parameters: [.pathGroup], missing: "Consumer group not found")
        case .laggingGroups:
            Shape(
                function: "lagging_groups",
                parameters: [.integer("minLagSeconds", 0...1_000_000_000, fallback: 3600)]
            )
        case .deleteGroup:
            Shape(
                function: "delete_group",
                parameters: [.pathGroup, .queue.optional, .flag("deleteMetadata", fallback: true)],
                writes: true,
                missing: Self.noQueue
            )
        case .moveSubscription:
            Shape(
                function: "move_subscription",
                parameters: [.pathGroup, .moment("subscriptionTimestamp").required],
                writes: true,
                missing: "Consumer group has no subscription"
            )
        case .seekQueue:
            Shape(
                function: "seek_queue",
                parameters: [.pathGroup, .queue, .flag("toEnd", fallback: false), .moment("timestamp")],
                oneOf: ["toEnd", "timestamp"],
                writes: true,
                missing: Self.noQueue
            )
        case .seekPartition:
            Shape(
                function: "seek_partition",
                parameters: [.pathGroup, .queue, .partition, .flag("toEnd", fallback: false), .moment("timestamp")],
                writes: true,
                missing: Self.noPartition
            )
        case .refresh: Shape(function: "refresh")
        }
    }

    private static let noQueue = "Queue not found"
    private static let noPartition = "Queue or partition not found"
    private static let noMessage = "Message not found"

    /// What the engine prepares. What JSON has for people to read, line breaks, goes: rows come one a line.
    var template: QueryTemplate {
        let shape = shape
        return QueryTemplate(
            id: QueryID(QueueStatement.allCases.count + rawValue),
            name: shape.function,
            sql: ParsedSQL(
                "SELECT replace(j::text, chr(10), '')::json AS j FROM hydrogen_queue.report_\(shape.function)(:request::json)"
            ),
            queue: .medium,
            writes: shape.writes,
            source: "the message queue"
        )
    }
}
