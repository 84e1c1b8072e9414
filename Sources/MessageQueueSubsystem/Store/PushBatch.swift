import DatabaseSubsystem
import HydrogenCore
import NIOCore

/// The messages of many requests as values of one statement, and its answer as theirs.
struct PushBatch: Sendable {
    /// How many messages came to what.
    struct Tally: Sendable, Hashable {
        var stored = 0
        var duplicates = 0
        var rejected = 0
    }

    private let requests: [PushRows]
    private let places: PushPlaces
    /// For each request the indices of its partitions among those of all.
    private let own: [[Int]]

    init(_ requests: [PushRows]) {
        self.requests = requests
        var places = PushPlaces()
        own = requests.map { places.append($0.places) }
        self.places = places
    }

    /// The partitions, for each message its partition and which one there it is, both from 1, and what the messages are: as the
    /// functions of the schema take them.
    var values: [String] {
        [
            ArrayLiteral(places.all.map(\.queue)).text,
            ArrayLiteral(places.all.map(\.partition)).text,
            ArrayLiteral(places.indices.lazy.map { $0 + 1 }).text,
            ArrayLiteral(places.positions).text,
            joined(\.transactions),
            joined(\.traces, else: nil),
            joined(\.ids),
            joined(\.producers, else: nil),
            joined(\.payloads),
            joined(\.encrypted, else: "f"),
        ]
    }

    private func joined(_ column: KeyPath<PushRows, ArrayLiteral>) -> String {
        // Many requests are alone in their statement.
        if requests.count == 1 { return requests[0][keyPath: column].text }
        var whole = ArrayLiteral()
        for request in requests { whole.append(contentsOf: request[keyPath: column]) }
        return whole.text
    }

    /// A column that is left out when all messages have the same there: the database fills it up with NULL.
    private func joined(_ column: KeyPath<PushRows, ArrayLiteral?>, else usual: String?) -> String {
        var whole = ArrayLiteral()
        if requests.contains(where: { $0[keyPath: column] != nil }) {
            for request in requests {
                whole.append(
                    contentsOf: request[keyPath: column]
                        ?? ArrayLiteral([String?](repeating: usual, count: request.items.count))
                )
            }
        }
        return whole.text
    }

    // MARK: Answers

    /// The answer of the statement as what became of each request.
    ///
    /// - Throws: `refused` for an answer of another shape.
    func outcomes(_ answer: ByteBuffer) throws(DatabaseError) -> (outcomes: [PushOutcome], tally: Tally) {
        guard let (partitions, others) = Self.read(answer), partitions.count == places.all.count else {
            throw DatabaseError(.refused, "the database answered a push with something else than its outcome")
        }
        var tally = Tally(stored: places.indices.count - others.count)
        for other in others.values {
            if case .duplicate = other { tally.duplicates += 1 } else { tally.rejected += 1 }
        }
        var start = 0
        let outcomes = zip(requests, own).map { request, own in
            let range = start..<start + request.items.count
            start = range.upperBound
            return PushOutcome(
                request,
                partitions: own.map { partitions[$0] },
                others: others.isEmpty
                    ? [:]
                    : Dictionary(
                        uniqueKeysWithValues: others.filter { range.contains($0.key) }
                            .map { ($0.key - range.lowerBound, $0.value) }
                    )
            )
        }
        return (outcomes, tally)
    }

    /// Takes `{"partitions":[id, ...],"others":[...]}` apart.
    private static func read(_ answer: ByteBuffer) -> (partitions: [String], others: [Int: PushOutcome.Other])? {
        guard let root = try? JSONParser.own.parse(answer.readableBytesView).value,
            case .array(let partitions)? = root["partitions"]?.value, case .array(let others)? = root["others"]?.value
        else { return nil }
        var found: [Int: PushOutcome.Other] = [:]
        for other in others {
            guard case .number(let literal)? = other.value["item"]?.value, let number = Int(literal) else { return nil }
            if case .string(let id)? = other.value["duplicate"]?.value { found[number - 1] = .duplicate(of: id) }
            if case .string(let why)? = other.value["failed"]?.value { found[number - 1] = .failed(why) }
        }
        return (partitions.compactMap { if case .string(let id) = $0.value { id } else { nil } }, found)
    }
}
