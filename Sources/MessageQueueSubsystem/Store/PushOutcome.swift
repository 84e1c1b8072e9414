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
            (head: ",\"queueName\":\(place.queue.jsonQuoted),\"status\":\"", id: "\",\"partition_id\":\"\(partition)\"")
        }
        var text = ByteBuffer()
        text.reserveCapacity(rows.items.count * (parts.map { $0.head.utf8.count + 220 }.max() ?? 0) + 2)
        text.writeStaticString("[")
        for index in rows.items.indices {
            let part = parts[rows.places.indices[index]]
            let transaction = rows.items[index].transactionID
            let quoted = transaction.isPlainJSON ? nil : transaction.jsonQuoted
            let other = others.isEmpty ? nil : others[index].map { Self.text(of: $0, part.id) }
            let varying = (quoted ?? transaction).utf8.count + part.head.utf8.count + (other ?? part.id).utf8.count
            text.write(atMost: Self.mostFixedBytes + varying) { writer in
                writer.write(index == 0 ? "{\"index\":" : ",{\"index\":")
                writer.write(String(index))
                writer.write(",\"transaction_id\":" as StaticString)
                if let quoted { writer.write(quoted) } else { writer.writeQuoted(transaction) }
                writer.write(part.head)
                if let other { return writer.write(other) }
                writer.write("queued\",\"message_id\":\"" as StaticString)
                writer.write(rows.items[index].messageID)
                writer.write(part.id)
                guard let trace = rows.items[index].traceID else {
                    return writer.write(",\"trace_id\":null}" as StaticString)
                }
                writer.write(",\"trace_id\":\"" as StaticString)
                writer.write(trace)
                writer.write("\"}" as StaticString)
            }
        }
        text.writeStaticString("]")
        return text
    }

    /// What an object has at most beside the texts that vary: its names, a number, two identifiers.
    private static let mostFixedBytes = 200

    /// The end of the object of a message that was not stored, from its status on.
    private static func text(of other: Other, _ partition: String) -> String {
        switch other {
        case .duplicate(let id): "duplicate\",\"message_id\":\"\(id)\(partition)}"
        case .failed(let why): "failed\",\"error\":\(why.jsonQuoted)}"
        }
    }
}
