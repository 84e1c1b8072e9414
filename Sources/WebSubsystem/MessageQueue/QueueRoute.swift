/// The endpoints of the message queue: paths and methods are those of Queen MQ, whose clients work unchanged.
///
/// Each line of the table in `docs/message-queue.md` is one of these.
enum QueueRoute: String, Sendable, Hashable, CaseIterable {
    case health
    case configure
    case push
    case popPartition
    case popQueue
    case popAnywhere
    case ack
    case ackBatch
    case transaction
    case extend
    case deleteQueue
    case popMaintenance
    case turnPopMaintenance
    case systemMetrics
    case maintenance
    case switchMaintenance
    case buffers

    /// The path, with `:name` for what varies.
    var template: String {
        switch self {
        case .health: "/health"
        case .configure: "/api/v1/configure"
        case .push: "/api/v1/push"
        case .popPartition: "/api/v1/pop/queue/:queue/partition/:partition"
        case .popQueue: "/api/v1/pop/queue/:queue"
        case .popAnywhere: "/api/v1/pop"
        case .ack: "/api/v1/ack"
        case .ackBatch: "/api/v1/ack/batch"
        case .transaction: "/api/v1/transaction"
        case .extend: "/api/v1/lease/:lease/extend"
        case .deleteQueue: "/api/v1/resources/queues/:queue"
        case .popMaintenance, .turnPopMaintenance: "/api/v1/system/maintenance/pop"
        case .systemMetrics: "/api/v1/analytics/system-metrics"
        case .maintenance, .switchMaintenance: "/api/v1/system/maintenance"
        case .buffers: "/api/v1/status/buffers"
        }
    }

    /// The method that the endpoint takes.
    var method: String {
        switch self {
        case .health, .popPartition, .popQueue, .popAnywhere, .popMaintenance, .systemMetrics, .maintenance, .buffers:
            "GET"
        case .configure, .push, .ack, .ackBatch, .transaction, .extend, .turnPopMaintenance, .switchMaintenance: "POST"
        case .deleteQueue: "DELETE"
        }
    }

    /// What the endpoint does, for the documentation.
    var purpose: String {
        switch self {
        case .health: "whether the queue works: 200 or 503"
        case .configure: "makes a queue, or gives it other options"
        case .push: "stores messages, all of them or none"
        case .popPartition: "hands out messages of one partition"
        case .popQueue: "hands out messages of a queue"
        case .popAnywhere: "hands out messages of all queues of a `namespace` or `task`"
        case .ack: "says what became of a message"
        case .ackBatch: "says what became of several"
        case .transaction: "pushes and acknowledges, all of it or nothing"
        case .extend: "keeps a lease longer"
        case .deleteQueue: "deletes a queue with everything in it"
        case .popMaintenance: "whether pops are answered as if there were nothing"
        case .turnPopMaintenance: "has pops answered so, or not any more"
        case .systemMetrics: "how this process does"
        case .maintenance: "whether pushes are kept in files, and how many messages are there"
        case .switchMaintenance: "keeps pushes in files, or delivers what is there"
        case .buffers: "where the buffer of pushes stands"
        }
    }

    /// What a caller must be allowed, where callers prove who they are.
    var role: QueueRole? {
        switch self {
        case .health: nil
        case .configure, .push, .popPartition, .popQueue, .popAnywhere, .ack, .ackBatch, .transaction, .extend:
            .readWrite
        case .systemMetrics, .buffers: .readOnly
        case .deleteQueue, .popMaintenance, .turnPopMaintenance, .maintenance, .switchMaintenance: .admin
        }
    }
}
