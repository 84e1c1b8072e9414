/// What a consumer asks for.
package struct PopRequest: Sendable, Hashable {
    /// The group of those who name none.
    package static let queueMode = "__QUEUE_MODE__"

    /// The queue; `nil` for all of a namespace or task.
    package var queue: String?
    package var partition: String?
    package var namespace: String?
    package var task: String?
    package var group = PopRequest.queueMode
    /// The most messages.
    package var batch: Int
    /// The most partitions that they come from.
    package var partitions = 1
    /// Whether messages count as done with their delivery.
    package var acknowledges = false
    /// Where the group begins when it is new: nothing for the oldest message.
    package var start: Start = .oldest
    /// The lease that the messages will be under.
    package var lease = QueueUUID()
    /// How long to wait for a message; zero for not at all.
    package var patience: Duration = .zero

    /// Where a group begins.
    package enum Start: Sendable, Hashable {
        case oldest
        /// With what is pushed from now on.
        case now
        /// With what was pushed at a moment or later, as PostgreSQL reads it.
        case at(String)
    }

    /// Asks for messages.
    package init(queue: String?, batch: Int) {
        self.queue = queue
        self.batch = batch
    }
}
