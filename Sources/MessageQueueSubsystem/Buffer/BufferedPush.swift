import HydrogenCore

/// A push as it stands in a file: for each message a line of JSON that says what it is, and a line that is its payload.
///
/// A request is one record, so that a crash leaves all of its messages or none.
enum BufferedPush {
    /// The bytes of a request.
    static func bytes(of request: PushRequest) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(request.items.reduce(0) { $0 + $1.payload.utf8.count + 256 })
        for item in request.items {
            bytes += item.storedHead.utf8
            bytes.append(UInt8(ascii: "\n"))
            bytes += item.payload.utf8
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }

    /// The messages of a record; `nil` for bytes that are something else.
    static func items(of bytes: ArraySlice<UInt8>) -> [PushItem]? {
        guard bytes.last == UInt8(ascii: "\n") else { return nil }
        let lines = bytes.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.count.isMultiple(of: 2) else { return nil }
        var items: [PushItem] = []
        for index in stride(from: 0, to: lines.count, by: 2) {
            guard let head = try? JSONParser(options: .strict).parse(lines[index]),
                let payload = String(validating: lines[index + 1], as: UTF8.self),
                let item = PushItem(storedHead: head, payload: payload)
            else {
                return nil
            }
            items.append(item)
        }
        return items
    }
}

extension PushItem {
    /// Everything but the payload, as JSON in one line.
    var storedHead: String {
        var members = [
            ("queue", queue), ("partition", partition), ("transactionId", transactionID),
            ("messageId", messageID.description),
        ]
        if let traceID { members.append(("traceId", traceID.description)) }
        if let producer { members.append(("producer", producer)) }
        return "{" + members.map { "\"\($0)\":\($1.jsonQuoted)" }.joined(separator: ",") + "}"
    }

    /// Reads what ``storedHead`` wrote; `nil` for anything else.
    fileprivate init?(storedHead head: JSONNode, payload: String) {
        func text(_ name: String) -> String? {
            if case .string(let text)? = head.value[name]?.value { text } else { nil }
        }
        guard let queue = text("queue"), let partition = text("partition"), let transaction = text("transactionId"),
            let message = text("messageId").flatMap({ QueueUUID($0) })
        else {
            return nil
        }
        self.queue = queue
        self.partition = partition
        transactionID = transaction
        messageID = message
        traceID = text("traceId").flatMap { QueueUUID($0) }
        producer = text("producer")
        self.payload = payload
    }
}
