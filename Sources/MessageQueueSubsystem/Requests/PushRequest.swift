package import HydrogenCore

/// One message to be stored.
package struct PushItem: Sendable, Hashable {
    package var queue: String
    package var partition: String
    /// Two messages of one partition with the same id are one.
    package var transactionID: String
    package var traceID: QueueUUID?
    /// The id that the message gets when it is new.
    package var messageID: QueueUUID
    /// JSON text without line breaks.
    package var payload: String
    /// Who pushed it, as its token says; `nil` when nobody proved anything.
    package var producer: String?

    /// Reads an item of a request.
    package init(_ node: JSONNode, producer: String?) throws(QueueFault) {
        guard let queue = try node.text("queue", or: "Queue must be a string") else {
            throw .malformed("Queue must be a string")
        }
        self.queue = queue
        partition = try node.text("partition", or: "Partition must be a string") ?? "Default"
        messageID = QueueUUID()
        transactionID =
            try node.text("transactionId", or: "TransactionId must be a string") ?? QueueUUID().description
        if let trace = try node.text("traceId", or: "TraceId must be a string") {
            guard let uuid = QueueUUID(trace) else { throw .malformed("TraceId must be a UUID") }
            traceID = uuid
        }
        payload = (node.value["payload"]?.value ?? .null).jsonText
        guard !payload.utf8.contains(0) else { throw .malformed("payload contains a NUL") }
        self.producer = producer
    }
}

/// Messages to be stored: all of them or none.
package struct PushRequest: Sendable, Hashable {
    package var items: [PushItem]

    /// Reads the body of a push.
    package init(_ body: JSONNode, producer: String? = nil) throws(QueueFault) {
        items = try body.array("items", or: "items array is required").map { node throws(QueueFault) in
            try PushItem(node, producer: producer)
        }
    }
}
