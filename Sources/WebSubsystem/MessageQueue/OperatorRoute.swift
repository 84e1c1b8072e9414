import MessageQueueSubsystem

/// An endpoint that makes a report, or does what is named in the place of one. Like ``QueueRoute``, for the many that need no code
/// of their own: a line of ``all`` is all there is to one.
struct OperatorRoute: Sendable {
    let method: String
    /// The path, with `:name` for what varies: a parameter of the report. The others stand in the query string, of a POST in the body.
    let template: String
    let role: QueueRole
    let report: OperatorReport
    /// What the endpoint does, for the documentation.
    let purpose: String

    private init(_ method: String, _ path: String, _ role: QueueRole, _ report: OperatorReport, _ purpose: String) {
        self.method = method
        template = "/api/v1/" + path
        self.role = role
        self.report = report
        self.purpose = purpose
    }

    /// The status of an answer.
    var status: Int { report == .addTrace ? 201 : 200 }

    /// Those on what there is, what becomes of it, and what operators do with it.
    static let all = resources + messages + traces + statuses + groups

    private static let resources = [
        Self("GET", "resources/queues", .readOnly, .queues, "all queues, with their counts"),
        Self("GET", "resources/queues/:queue", .readOnly, .queue, "a queue with its partitions"),
        Self("GET", "resources/namespaces", .readOnly, .namespaces, "all namespaces"),
        Self("GET", "resources/tasks", .readOnly, .tasks, "all tasks"),
        Self("GET", "resources/partitions", .readOnly, .partitions, "partitions, of one `queue` or of all"),
        Self("GET", "resources/overview", .readOnly, .overview, "everything in one view"),
        Self(
            "DELETE",
            "queues/:queue/clear",
            .admin,
            .clearQueue,
            "deletes the messages of a queue, or of one `partition`"
        ),
    ]

    private static let messages = [
        Self("GET", "messages", .readOnly, .messages, "the newest messages"),
        Self("GET", "messages/:partition/:transaction", .readOnly, .message, "a message with its payload"),
        Self("DELETE", "messages/:partition/:transaction", .readWrite, .deleteMessage, "deletes a message"),
        Self(
            "POST",
            "messages/:partition/:transaction/retry",
            .readWrite,
            .retryMessage,
            "has a dead letter handed out again"
        ),
        Self("POST", "messages/:partition/:transaction/dlq", .readWrite, .buryMessage, "makes a message a dead letter"),
        Self("GET", "dlq", .readOnly, .deadLetters, "the dead letters"),
    ]

    private static let traces = [
        Self("POST", "traces", .readWrite, .addTrace, "notes something of a message"),
        Self("GET", "traces/names", .readOnly, .traceNames, "the names of traces"),
        Self("GET", "traces/by-name/:name", .readOnly, .namedTraces, "the traces of a name"),
        Self("GET", "traces/:partition/:transaction", .readOnly, .messageTraces, "the traces of a message"),
    ]

    private static let statuses = [
        Self("GET", "status", .readOnly, .status, "what has happened, and what waits"),
        Self("GET", "status/queues", .readOnly, .statusQueues, "queues, part by part"),
        Self("GET", "status/queues/:queue", .readOnly, .statusQueue, "a queue with its options and partitions"),
        Self("GET", "status/queues/:queue/messages", .readOnly, .statusMessages, "the newest messages of a queue"),
        Self("GET", "status/analytics", .readOnly, .analytics, "how many messages came, by time"),
        Self("POST", "stats/refresh", .admin, .refresh, "nothing: counts are always fresh"),
    ]

    private static let groups = [
        Self("GET", "consumer-groups", .readOnly, .groups, "all consumer groups, queue by queue"),
        Self("GET", "consumer-groups/lagging", .readOnly, .laggingGroups, "where groups are behind"),
        Self("GET", "consumer-groups/:group", .readOnly, .group, "a group, partition by partition"),
        Self("DELETE", "consumer-groups/:group", .admin, .deleteGroup, "forgets where a group is"),
        Self(
            "DELETE",
            "consumer-groups/:group/queues/:queue",
            .admin,
            .deleteGroup,
            "forgets where a group is in a queue"
        ),
        Self(
            "POST",
            "consumer-groups/:group/subscription",
            .readWrite,
            .moveSubscription,
            "moves where a group begins"
        ),
        Self("POST", "consumer-groups/:group/queues/:queue/seek", .readWrite, .seekQueue, "moves a group in a queue"),
        Self(
            "POST",
            "consumer-groups/:group/queues/:queue/partitions/:partition/seek",
            .readWrite,
            .seekPartition,
            "moves a group in a partition"
        ),
    ]
}
