import NIOCore

/// The messages of one request as they go into a statement.
///
/// Made by the request's own task: the thread of a connection only joins those of many requests.
struct PushRows: Sendable {
    let items: [PushItem]
    /// The partitions that they go to.
    let places: PushPlaces
    let transactions: ArrayLiteral
    let ids: ArrayLiteral
    let payloads: ArrayLiteral
    /// `nil` when no message has one.
    let traces: ArrayLiteral?
    /// `nil` when nobody proved anything.
    let producers: ArrayLiteral?
    /// For each message whether its payload is encrypted; `nil` when none is.
    let encrypted: ArrayLiteral?
    /// What the vault knew.
    private let secrets: PayloadVault.Secrets

    init(_ items: [PushItem], _ vault: PayloadVault) {
        let (places, secrets) = (PushPlaces(items), vault.secrets)
        var (transactions, ids, payloads) = (ArrayLiteral(), ArrayLiteral(), ArrayLiteral())
        var (traces, producers, encrypted) = (ArrayLiteral(), ArrayLiteral(), ArrayLiteral())
        let hasTraces = items.contains { $0.traceID != nil }
        let hasProducers = items.contains { $0.producer != nil }
        let hasSecrets = !secrets.queues.isEmpty && places.all.contains { secrets.queues.contains($0.queue) }
        for index in items.indices {
            transactions.append(items[index].transactionID)
            ids.append(items[index].messageID)
            if hasTraces { traces.append(items[index].traceID?.description) }
            if hasProducers { producers.append(items[index].producer) }
            if hasSecrets {
                let sealed = vault.sealed(items[index], secrets)
                payloads.append(sealed.payload)
                encrypted.append(sealed.isEncrypted ? "t" : "f")
            } else {
                payloads.append(items[index].payload)
            }
        }
        (self.items, self.places, self.secrets) = (items, places, secrets)
        (self.transactions, self.ids, self.payloads) = (transactions, ids, payloads)
        self.traces = hasTraces ? traces : nil
        self.producers = hasProducers ? producers : nil
        self.encrypted = hasSecrets ? encrypted : nil
    }

    /// The same, with what the vault knows now.
    func renewed(by vault: PayloadVault) -> PushRows {
        vault.secrets.version == secrets.version ? self : PushRows(items, vault)
    }

    /// Of what a statement may carry: a message, or 2 KiB.
    var weight: Int { max(items.count, payloads.byteCount >> 11) }
}

/// The partitions that messages go to, each once.
struct PushPlaces: Sendable {
    /// A partition, by its names.
    ///
    /// By their bytes, as the database compares them: texts are equal that are written in different ways.
    struct Place: Sendable, Hashable {
        let queue: String
        let partition: String

        static func == (left: Place, right: Place) -> Bool {
            left.queue.hasBytes(of: right.queue) && left.partition.hasBytes(of: right.partition)
        }
    }

    /// The partitions, in the order in which they come first.
    private(set) var all: [Place] = []
    /// For each message its partition's index.
    private(set) var indices: [Int] = []
    /// For each message which one of its partition it is, from 1.
    private(set) var positions: [Int] = []
    private var counts: [Int] = []
    private var numbers: [Place: Int] = [:]

    init(_ items: [PushItem] = []) {
        indices.reserveCapacity(items.count)
        positions.reserveCapacity(items.count)
        for index in items.indices {
            // Most requests have messages of one partition, one after the other.
            if let last = indices.last, all[last].queue.hasBytes(of: items[index].queue),
                all[last].partition.hasBytes(of: items[index].partition)
            {
                append(last)
            } else {
                append(add(Place(queue: items[index].queue, partition: items[index].partition)))
            }
        }
    }

    /// Adds the messages of another request. Returns the index that each of its partitions has here.
    mutating func append(_ other: PushPlaces) -> [Int] {
        let own = other.all.map { add($0) }
        for index in other.indices { append(own[index]) }
        return own
    }

    /// Adds a message.
    private mutating func append(_ index: Int) {
        indices.append(index)
        counts[index] += 1
        positions.append(counts[index])
    }

    /// Adds a partition that may be there. Returns its index.
    private mutating func add(_ place: Place) -> Int {
        if let known = numbers[place] { return known }
        numbers[place] = all.count
        all.append(place)
        counts.append(0)
        return all.count - 1
    }
}

extension String {
    /// Whether another text is written with the same bytes.
    fileprivate func hasBytes(of other: String) -> Bool {
        let isSame = utf8.withContiguousStorageIfAvailable { bytes in
            other.utf8.withContiguousStorageIfAvailable { bytes.elementsEqual($0) }
        }
        return (isSame ?? nil) ?? utf8.elementsEqual(other.utf8)
    }
}
