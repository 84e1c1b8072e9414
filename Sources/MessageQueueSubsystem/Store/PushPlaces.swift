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
            let place = Place(queue: items[index].queue, partition: items[index].partition)
            // Most requests have messages of one partition, one after the other.
            if let last = indices.last, all[last] == place { append(last) } else { append(add(place)) }
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
