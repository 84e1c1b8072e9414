import HydrogenCore
import NIOCore

/// What became of the messages of one request.
struct PushOutcome: Sendable {
    /// What became of one that was not stored.
    enum Other: Sendable, Hashable {
        /// A message with its transaction id is there: its id.
        case duplicate(of: String)
        /// Why it was refused.
        case failed(String)
    }

    private let rows: PushRows
    private let partitions: [String]
    private let others: [Int: Other]

    /// - Parameters:
    ///   - partitions: The ids of the partitions of the rows, in their order.
    ///   - others: The messages that were not stored, by their index.
    init(_ rows: PushRows, partitions: [String], others: [Int: Other]) {
        self.rows = rows
        self.partitions = partitions
        self.others = others
    }

    /// The answer: a JSON array with an object for each message.
    var text: ByteBuffer {
        // What is the same for all of a partition.
        let parts = zip(rows.places.all, partitions).map { place, partition in
            (
                queue: ",\"queueName\":\(place.queue.jsonQuoted),\"status\":\"",
                partition: "\",\"partition_id\":\"\(partition)\""
            )
        }
        var text = ByteBuffer()
        text.reserveCapacity(rows.items.count * (parts.map { $0.queue.utf8.count + 220 }.max() ?? 0) + 2)
        text.writeStaticString("[")
        for index in rows.items.indices {
            let part = parts[rows.places.indices[index]]
            text.writeStaticString(index == 0 ? "{\"index\":" : ",{\"index\":")
            text.writeString(String(index))
            text.writeStaticString(",\"transaction_id\":")
            text.writeJSON(rows.items[index].transactionID)
            text.writeString(part.queue)
            switch others.isEmpty ? nil : others[index] {
            case nil:
                text.writeStaticString("queued\",\"message_id\":\"")
                text.writeUUID(rows.items[index].messageID)
                text.writeString(part.partition)
                if let trace = rows.items[index].traceID {
                    text.writeString(",\"trace_id\":\"\(trace)\"}")
                } else {
                    text.writeStaticString(",\"trace_id\":null}")
                }
            case .duplicate(let id)?:
                text.writeString("duplicate\",\"message_id\":\"\(id)")
                text.writeString(part.partition)
                text.writeStaticString("}")
            case .failed(let why)?:
                text.writeString("failed\",\"error\":\(why.jsonQuoted)}")
            }
        }
        text.writeStaticString("]")
        return text
    }
}

extension ByteBuffer {
    /// Writes a text as JSON.
    fileprivate mutating func writeJSON(_ text: String) {
        guard text.isPlainJSON else {
            writeString(text.jsonQuoted)
            return
        }
        writeStaticString("\"")
        writeString(text)
        writeStaticString("\"")
    }
}
