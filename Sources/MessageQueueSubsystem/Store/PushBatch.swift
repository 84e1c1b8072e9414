import DatabaseSubsystem
import HydrogenCore
import NIOCore

/// The messages of many requests as values of one statement, and its answer as theirs.
struct PushBatch: Sendable {
    /// A partition, by its names.
    ///
    /// By their bytes, as the database compares them: texts are equal that are written in different ways.
    private struct Place: Hashable {
        let queue: String
        let partition: String

        static func == (left: Place, right: Place) -> Bool {
            left.queue.utf8.elementsEqual(right.queue.utf8) && left.partition.utf8.elementsEqual(right.partition.utf8)
        }
    }

    private let items: [PushItem]
    private let places: [Place]
    /// For each item its place, from 0.
    private let indices: [Int]

    init(_ items: [PushItem]) {
        self.items = items
        var numbers: [Place: Int] = [:]
        var places: [Place] = []
        indices = items.map { item in
            let place = Place(queue: item.queue, partition: item.partition)
            if let known = numbers[place] { return known }
            numbers[place] = places.count
            places.append(place)
            return places.count - 1
        }
        self.places = places
    }

    /// The partitions, the place of each item among them, and what the items are: as the functions of the schema take them.
    func values(_ vault: PayloadVault) -> [String] {
        let sealed = items.map(vault.sealed)
        return [
            ArrayLiteral(places.map(\.queue)).text,
            ArrayLiteral(places.map(\.partition)).text,
            ArrayLiteral(indices.map { "\($0 + 1)" }).text,
            ArrayLiteral(items.map(\.transactionID)).text,
            ArrayLiteral(items.map(\.traceID?.description)).text,
            ArrayLiteral(items.map(\.messageID.description)).text,
            ArrayLiteral(items.map(\.producer)).text,
            ArrayLiteral(sealed.map(\.payload)).text,
            ArrayLiteral(sealed.map { $0.isEncrypted ? "t" : "f" }).text,
        ]
    }

    // MARK: Answers

    /// What became of items that were not stored, by their index.
    private enum Outcome {
        case duplicate(of: String)
        case failed(String)
    }

    /// How many items came to what.
    struct Tally: Sendable, Hashable {
        var stored = 0
        var duplicates = 0
        var rejected = 0
    }

    /// The answer of the statement as one JSON array for each request, whose items are those of the batch, in order.
    ///
    /// - Throws: `refused` for an answer of another shape.
    func answers(
        _ answer: ByteBuffer,
        to requests: [PushRequest]
    ) throws(DatabaseError) -> (texts: [ByteBuffer], tally: Tally) {
        guard let (partitions, outcomes) = Self.read(answer), partitions.count == places.count else {
            throw DatabaseError(.refused, "the database answered a push with something else than its outcome")
        }
        let queues = places.map(\.queue.jsonQuoted)
        var next = 0
        var tally = Tally(stored: items.count - outcomes.count)
        for outcome in outcomes.values {
            if case .duplicate = outcome { tally.duplicates += 1 } else { tally.rejected += 1 }
        }
        let texts = requests.map { request in
            var text = ByteBuffer()
            text.writeString("[")
            for (index, item) in request.items.enumerated() {
                let place = indices[next]
                if index > 0 { text.writeString(",") }
                text.writeString(
                    "{\"index\":\(index),\"transaction_id\":\(item.transactionID.jsonQuoted),\"queueName\":"
                )
                text.writeString(queues[place])
                switch outcomes[next] {
                case nil:
                    text.writeString(",\"status\":\"queued\",\"message_id\":\"\(item.messageID)\",\"partition_id\":\"")
                    text.writeString(partitions[place])
                    text.writeString(item.traceID.map { "\",\"trace_id\":\"\($0)\"}" } ?? "\",\"trace_id\":null}")
                case .duplicate(let id)?:
                    text.writeString(",\"status\":\"duplicate\",\"message_id\":\"\(id)\",\"partition_id\":\"")
                    text.writeString(partitions[place])
                    text.writeString("\"}")
                case .failed(let why)?:
                    text.writeString(",\"status\":\"failed\",\"error\":\(why.jsonQuoted)}")
                }
                next += 1
            }
            text.writeString("]")
            return text
        }
        return (texts, tally)
    }

    /// Takes `{"partitions":[id, ...],"others":[...]}` apart.
    private static func read(_ answer: ByteBuffer) -> (partitions: [String], outcomes: [Int: Outcome])? {
        guard let root = try? JSONParser.own.parse(answer.readableBytesView).value,
            case .array(let partitions)? = root["partitions"]?.value, case .array(let others)? = root["others"]?.value
        else { return nil }
        var outcomes: [Int: Outcome] = [:]
        for other in others {
            guard case .number(let literal)? = other.value["item"]?.value, let number = Int(literal) else { return nil }
            if case .string(let id)? = other.value["duplicate"]?.value { outcomes[number - 1] = .duplicate(of: id) }
            if case .string(let why)? = other.value["failed"]?.value { outcomes[number - 1] = .failed(why) }
        }
        return (partitions.compactMap { if case .string(let id) = $0.value { id } else { nil } }, outcomes)
    }
}
