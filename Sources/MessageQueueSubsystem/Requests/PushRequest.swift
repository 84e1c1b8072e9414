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

    fileprivate init(
        queue: String,
        partition: String,
        transactionID: String,
        traceID: QueueUUID?,
        messageID: QueueUUID,
        payload: String,
        producer: String?
    ) {
        self.queue = queue
        self.partition = partition
        self.transactionID = transactionID
        self.traceID = traceID
        self.messageID = messageID
        self.payload = payload
        self.producer = producer
    }

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
        traceID = try Self.trace(node.text("traceId", or: "TraceId must be a string"))
        payload = (node.value["payload"]?.value ?? .null).jsonText
        self.producer = producer
    }

    fileprivate static func trace(_ text: String?) throws(QueueFault) -> QueueUUID? {
        guard let text else { return nil }
        guard let uuid = QueueUUID(text) else { throw .malformed("TraceId must be a UUID") }
        return uuid
    }
}

/// Messages to be stored: all of them or none.
package struct PushRequest: Sendable, Hashable {
    package var items: [PushItem]

    /// Reads pushes within another request.
    package init(_ body: JSONNode, producer: String? = nil) throws(QueueFault) {
        items = try body.array("items", or: "items array is required").map { node throws(QueueFault) in
            try PushItem(node, producer: producer)
        }
    }

    /// Reads the body of a push.
    package init(body: UnsafeBufferPointer<UInt8>, producer: String? = nil) throws(QueueFault) {
        do {
            var reader = try PushBodyReader(JSONCursor(body), producer: producer)
            items = try reader.items()
        } catch let fault as QueueFault {
            throw fault
        } catch {
            throw .malformed("Invalid JSON: \(error)")
        }
    }
}

/// Reads the body of a push from front to back: it is the one that comes most, and may hold thousands of messages.
private struct PushBodyReader {
    private var cursor: JSONCursor
    private let producer: String?
    private var identifiers = QueueUUID.Generator()

    init(_ cursor: JSONCursor, producer: String?) {
        self.cursor = cursor
        self.producer = producer
    }

    mutating func items() throws -> [PushItem] {
        var items: [PushItem]?
        if cursor.next == UInt8(ascii: "{") {
            var hasMore = try cursor.enter()
            while hasMore {
                switch try cursor.name() {
                case "items":
                    guard items == nil else { throw QueueFault.malformed("items stands twice") }
                    items = try array()
                default: _ = try cursor.value()
                }
                hasMore = try cursor.continues(until: "}")
            }
        } else {
            _ = try cursor.value()
        }
        try cursor.end()
        guard let items else { throw QueueFault.malformed("items array is required") }
        return items
    }

    private mutating func array() throws -> [PushItem]? {
        guard cursor.next == UInt8(ascii: "[") else {
            _ = try cursor.value()
            return nil
        }
        var items: [PushItem] = []
        var hasMore = try cursor.enter()
        while hasMore {
            items.append(try item())
            hasMore = try cursor.continues(until: "]")
        }
        return items
    }

    private mutating func item() throws -> PushItem {
        guard cursor.next == UInt8(ascii: "{") else {
            _ = try cursor.value()
            throw QueueFault.malformed("Queue must be a string")
        }
        var (queue, partition, transaction, trace, payload): (String?, String?, String?, String?, String?)
        var hasMore = try cursor.enter()
        while hasMore {
            switch try cursor.name() {
            case "queue": try read(into: &queue, "queue", "Queue must be a string")
            case "partition": try read(into: &partition, "partition", "Partition must be a string")
            case "transactionId": try read(into: &transaction, "transactionId", "TransactionId must be a string")
            case "traceId": try read(into: &trace, "traceId", "TraceId must be a string")
            case "payload":
                guard payload == nil else { throw QueueFault.malformed("payload stands twice") }
                payload = try Self.oneLine(cursor.value())
            default: _ = try cursor.value()
            }
            hasMore = try cursor.continues(until: "}")
        }
        guard let queue else { throw QueueFault.malformed("Queue must be a string") }
        return PushItem(
            queue: queue,
            partition: partition ?? "Default",
            transactionID: transaction ?? identifiers.next().description,
            traceID: try PushItem.trace(trace),
            messageID: identifiers.next(),
            payload: payload ?? "null",
            producer: producer
        )
    }

    /// Takes a text that may be `null`, and may stand once.
    private mutating func read(into member: inout String?, _ name: String, _ fault: String) throws {
        guard member == nil else { throw QueueFault.malformed("\(name) stands twice") }
        switch cursor.next {
        case UInt8(ascii: "\""):
            let text = try cursor.text()
            try JSONNode.check(text, name)
            member = text
        case UInt8(ascii: "n"): _ = try cursor.value()
        default:
            _ = try cursor.value()
            throw QueueFault.malformed(fault)
        }
    }

    /// JSON as it came, but for line breaks between its parts: answers are lines.
    private static func oneLine(_ bytes: UnsafeBufferPointer<UInt8>) throws -> String {
        guard bytes.contains(where: { $0 < 0x20 }) else { return String(decoding: bytes, as: UTF8.self) }
        return try JSONParser(options: .strict).parse(bytes).value.jsonText
    }
}
