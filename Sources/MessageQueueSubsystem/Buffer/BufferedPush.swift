import HydrogenCore

/// A push as it stands in a file: for each message a line of JSON that says what it is, and a line that is its payload.
///
/// A request is one record, so that a crash leaves all of its messages or none. Payloads are encrypted where there is a key: which
/// queues want that nobody can ask while the database is away.
struct BufferedPush: Sendable {
    let cipher: PayloadCipher?

    /// The bytes of a request.
    func bytes(of request: PushRequest) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(request.items.reduce(0) { $0 + $1.payload.utf8.count + 256 })
        for item in request.items {
            bytes += head(of: item).utf8
            bytes.append(UInt8(ascii: "\n"))
            bytes += payload(of: item).utf8
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }

    /// Everything but the payload, as JSON in one line.
    func head(of item: PushItem) -> String {
        var members = [
            ("queue", item.queue), ("partition", item.partition), ("transactionId", item.transactionID),
            ("messageId", item.messageID.description),
        ]
        if let traceID = item.traceID { members.append(("traceId", traceID.description)) }
        if let producer = item.producer { members.append(("producer", producer)) }
        let texts = members.map { "\"\($0)\":\($1.jsonQuoted)" } + (cipher == nil ? [] : ["\"isEncrypted\":true"])
        return "{" + texts.joined(separator: ",") + "}"
    }

    /// The payload as it is written.
    func payload(of item: PushItem) -> String { cipher?.seal(item.payload, of: item.place) ?? item.payload }

    /// The messages of a record; `nil` for bytes that are something else.
    ///
    /// - Throws: For payloads that are encrypted with another key.
    func items(of bytes: ArraySlice<UInt8>) throws(PayloadCipher.Unreadable) -> [PushItem]? {
        guard bytes.last == UInt8(ascii: "\n") else { return nil }
        let lines = bytes.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.count.isMultiple(of: 2) else { return nil }
        var items: [PushItem] = []
        for index in stride(from: 0, to: lines.count, by: 2) {
            guard let head = try? JSONParser.own.parse(lines[index]),
                let payload = String(validating: lines[index + 1], as: UTF8.self),
                var item = PushItem(storedHead: head, payload: payload)
            else {
                return nil
            }
            if case .boolean(true)? = head.value["isEncrypted"]?.value {
                guard let cipher, let sealed = try? JSONParser.own.parse(lines[index + 1]) else {
                    throw PayloadCipher.Unreadable()
                }
                item.payload = try cipher.open(sealed, of: item.place)
            }
            items.append(item)
        }
        return items
    }
}

extension PushItem {
    /// Reads what ``BufferedPush/head(of:)`` wrote; `nil` for anything else.
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
