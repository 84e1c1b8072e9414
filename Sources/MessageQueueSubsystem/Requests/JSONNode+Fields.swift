package import HydrogenCore

extension String {
    /// Whether a NUL is in the text.
    fileprivate var hasNUL: Bool {
        utf8.withContiguousStorageIfAvailable { $0.contains(0) } ?? utf8.contains(0)
    }
}

/// What requests of the message queue read from JSON. A member that is `null` counts as absent.
extension JSONNode {
    /// The longest name of a queue, partition, group or transaction, in bytes of UTF-8.
    static let longestName = 1024

    /// The member of a name; `nil` for none, and for `null`.
    func member(_ name: String) -> JSONNode? {
        guard let node = value[name], node.value != .null else { return nil }
        return node
    }

    /// A member that is a text.
    ///
    /// - Throws: What is wrong with one that is something else, or that no database takes.
    func text(_ name: String, or fault: @autoclosure () -> String) throws(QueueFault) -> String? {
        guard let node = member(name) else { return nil }
        guard case .string(let text) = node.value else { throw .malformed(fault()) }
        try Self.check(text, name)
        return text
    }

    /// Refuses texts that cannot be names.
    static func check(_ text: String, _ name: String) throws(QueueFault) {
        guard text.utf8.count <= longestName else { throw .malformed("\(name) is longer than \(longestName) bytes") }
        guard !text.hasNUL else {
            throw .malformed("\(name) contains a NUL, which the database cannot store")
        }
    }

    /// A member that is a UUID.
    func uuid(_ name: String) throws(QueueFault) -> QueueUUID? {
        guard let node = member(name) else { return nil }
        guard case .string(let text) = node.value, let uuid = QueueUUID(text) else {
            throw .malformed("\(name) must be a UUID")
        }
        return uuid
    }

    /// A member that is a whole number within a range.
    package func integer(_ name: String, _ range: ClosedRange<Int>) throws(QueueFault) -> Int? {
        guard let node = member(name) else { return nil }
        guard case .number(let literal) = node.value, let number = Int(literal), range.contains(number) else {
            throw .malformed("\(name) must be an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A member that is true or false.
    func boolean(_ name: String) throws(QueueFault) -> Bool? {
        guard let node = member(name) else { return nil }
        guard case .boolean(let flag) = node.value else { throw .malformed("\(name) must be true or false") }
        return flag
    }

    /// A member that is an array.
    func array(_ name: String, or fault: @autoclosure () -> String) throws(QueueFault) -> [JSONNode] {
        guard case .array(let nodes)? = member(name)?.value else { throw .malformed(fault()) }
        return nodes
    }
}

extension JSONParser {
    /// For what the queue itself wrote, or the database made of it: of any length, as what came in was bounded.
    static let own: JSONParser = {
        var options = Options.strict
        options.maximumBytes = 1 << 31
        return JSONParser(options: options)
    }()
}
