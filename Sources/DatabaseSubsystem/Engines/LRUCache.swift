/// A bounded dictionary that gives up what was used longest ago. Every operation takes constant time.
struct LRUCache<Key: Hashable, Value> {
    private struct Node {
        var key: Key
        var value: Value
        var newer: Int?
        var older: Int?
    }

    /// The most values it keeps, at least 1.
    let capacity: Int

    private var nodes: [Node] = []
    private var places: [Key: Int] = [:]
    private var newest: Int?
    private var oldest: Int?

    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    var count: Int { nodes.count }

    /// The keys, the latest used first.
    var keys: [Key] {
        var keys: [Key] = []
        var place = newest
        while let current = place {
            keys.append(nodes[current].key)
            place = nodes[current].older
        }
        return keys
    }

    /// The value of a key, which counts as a use.
    mutating func value(for key: Key) -> Value? {
        guard let place = places[key] else { return nil }
        if place != newest {
            unlink(place)
            linkAsNewest(place)
        }
        return nodes[place].value
    }

    /// Adds or replaces a value. Returns the value given up for it, if any.
    mutating func insert(_ value: Value, for key: Key) -> Value? {
        if let place = places[key] {
            let former = nodes[place].value
            nodes[place].value = value
            unlink(place)
            linkAsNewest(place)
            return former
        }
        guard nodes.count == capacity, let place = oldest else {
            nodes.append(Node(key: key, value: value))
            places[key] = nodes.count - 1
            linkAsNewest(nodes.count - 1)
            return nil
        }
        let former = nodes[place]
        unlink(place)
        places[former.key] = nil
        nodes[place] = Node(key: key, value: value)
        places[key] = place
        linkAsNewest(place)
        return former.value
    }

    /// Gives up what was used longest ago.
    mutating func removeOldest() -> Value? {
        guard let place = oldest else { return nil }
        return remove(at: place)
    }

    /// Gives up the value of a key.
    mutating func removeValue(for key: Key) -> Value? {
        places[key].map { remove(at: $0) }
    }

    private mutating func remove(at place: Int) -> Value {
        let former = nodes[place]
        unlink(place)
        places[former.key] = nil
        let last = nodes.count - 1
        if place != last { move(from: last, to: place) }
        nodes.removeLast()
        return former.value
    }

    /// Brings a node to a place that is free.
    private mutating func move(from place: Int, to free: Int) {
        let node = nodes[place]
        nodes[free] = node
        places[node.key] = free
        if let newer = node.newer { nodes[newer].older = free } else { newest = free }
        if let older = node.older { nodes[older].newer = free } else { oldest = free }
    }

    /// Gives up everything.
    mutating func removeAll() {
        self = LRUCache(capacity: capacity)
    }

    private mutating func unlink(_ place: Int) {
        let node = nodes[place]
        if let newer = node.newer { nodes[newer].older = node.older } else { newest = node.older }
        if let older = node.older { nodes[older].newer = node.newer } else { oldest = node.newer }
    }

    private mutating func linkAsNewest(_ place: Int) {
        nodes[place].newer = nil
        nodes[place].older = newest
        if let newest { nodes[newest].newer = place }
        newest = place
        if oldest == nil { oldest = place }
    }
}
