import HydrogenCore

extension ReplySchema {
    /// What one value of a reply must be.
    struct Rule: Sendable, Hashable {
        /// The types of JSON Schema.
        enum Kind: String, Sendable, Hashable, CaseIterable {
            case string, integer, number, boolean, object, array, null
        }

        /// One property of an object.
        struct Property: Sendable, Hashable {
            let name: String
            let rule: Rule
            let isRequired: Bool
        }

        /// The types that will do, in the order of the schema; none for any.
        private(set) var kinds: [Kind] = []
        /// The values that will do, as compact JSON; `nil` for any.
        private(set) var values: [String]?
        /// Of an object.
        private(set) var properties: [Property] = []
        /// Whether an object may have other members.
        private(set) var takesOthers = true
        /// Of an array: one rule for each of its elements, or none.
        private(set) var items: [Rule] = []
        /// One of these has to hold; none when there are no alternatives.
        private(set) var alternatives: [Rule] = []
        /// The schema, with what it leaves open of objects closed.
        private(set) var text = ""
        /// Whether nothing is left open.
        private(set) var isStrict = true

        /// The type for people: `string`, `integer|null`, `any`.
        var typeName: String {
            kinds.isEmpty ? "any" : kinds.map(\.rawValue).joined(separator: "|")
        }
    }
}

// MARK: - Reading

extension ReplySchema.Rule {
    private typealias Fault = ReplySchema.Fault

    /// What would let values pass that nobody has looked at.
    private static let unknown = ["$ref", "allOf", "oneOf", "not", "if", "patternProperties", "prefixItems"]

    /// Reads a schema.
    ///
    /// - Parameter place: Where it stands, for faults.
    init(_ schema: JSONValue, at place: String) throws(ReplySchema.Fault) {
        guard case .object(let members) = schema else {
            throw Fault(expected: "\(place): an object", got: schema.kindInWords)
        }
        if let name = members.map(\.name).first(where: Self.unknown.contains) {
            throw Fault(expected: "\(place): type, properties, items, enum and anyOf written out", got: name)
        }
        kinds = try Self.kinds(schema["type"]?.value, at: place)
        values = try Self.values(schema, at: place)
        for (index, node) in try Self.list(schema["anyOf"]?.value, at: "\(place).anyOf").enumerated() {
            alternatives.append(try Self(node.value, at: "\(place).anyOf[\(index)]"))
        }
        if let node = schema["items"] { items = [try Self(node.value, at: "\(place).items")] }
        try readProperties(schema, at: place)
        isStrict =
            isStrict && (alternatives + items).allSatisfy(\.isStrict) && properties.allSatisfy { $0.rule.isStrict }
        text = closed(members)
    }

    private mutating func readProperties(_ schema: JSONValue, at place: String) throws(ReplySchema.Fault) {
        guard let node = schema["properties"] else {
            // An object of anything.
            if kinds.contains(.object) { isStrict = false }
            return
        }
        guard case .object(let members) = node.value else {
            throw Fault(expected: "\(place).properties: an object", got: node.value.kindInWords)
        }
        let names = try schema["required"].map { node throws(ReplySchema.Fault) in
            try Self.texts(node.value, at: "\(place).required")
        }
        if let stray = names?.first(where: { name in !members.contains { $0.name == name } }) {
            throw Fault(expected: "\(place).required: names of properties", got: stray.jsonQuoted)
        }
        for member in members {
            let isRequired = names?.contains(member.name) ?? true
            let rule = try Self(member.node.value, at: "\(place).\(member.name)")
            properties.append(Property(name: member.name, rule: rule, isRequired: isRequired))
        }
        takesOthers = schema["additionalProperties"].map { $0.value != .boolean(false) } ?? false
        isStrict = !takesOthers && properties.allSatisfy(\.isRequired)
    }

    private static func kinds(_ value: JSONValue?, at place: String) throws(ReplySchema.Fault) -> [Kind] {
        guard let value else { return [] }
        var names: [String] = []
        if case .string(let name) = value { names = [name] } else { names = try texts(value, at: "\(place).type") }
        return try names.map { name throws(ReplySchema.Fault) in
            if let kind = Kind(rawValue: name) { return kind }
            let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw Fault(expected: "\(place).type: one of \(known)", got: name.jsonQuoted)
        }
    }

    private static func values(_ schema: JSONValue, at place: String) throws(ReplySchema.Fault) -> [String]? {
        if let node = schema["const"] { return [node.value.jsonText] }
        guard let node = schema["enum"] else { return nil }
        return try list(node.value, at: "\(place).enum").map(\.value.jsonText)
    }

    private static func list(_ value: JSONValue?, at place: String) throws(ReplySchema.Fault) -> [JSONNode] {
        guard let value else { return [] }
        guard case .array(let nodes) = value, !nodes.isEmpty else {
            throw Fault(expected: "\(place): an array that is not empty", got: value.kindInWords)
        }
        return nodes
    }

    private static func texts(_ value: JSONValue, at place: String) throws(ReplySchema.Fault) -> [String] {
        guard case .array(let nodes) = value else { throw Fault(expected: "\(place): texts", got: value.kindInWords) }
        return try nodes.map { node throws(ReplySchema.Fault) in
            if case .string(let text) = node.value { return text }
            throw Fault(expected: "\(place): texts", got: node.value.kindInWords)
        }
    }

    /// The schema with the parts as they were read, and what it leaves open closed.
    private func closed(_ members: [JSONMember]) -> String {
        var parts = members.map { member -> String in
            let text: String =
                switch member.name {
                case "properties":
                    "{" + properties.map { "\($0.name.jsonQuoted):\($0.rule.text)" }.joined(separator: ",") + "}"
                case "items": items.first?.text ?? ""
                case "anyOf": "[" + alternatives.map(\.text).joined(separator: ",") + "]"
                default: member.node.value.jsonText
                }
            return "\(member.name.jsonQuoted):\(text)"
        }
        let names = members.map(\.name)
        if names.contains("properties") {
            if !names.contains("required") {
                parts.append(#""required":[\#(properties.map(\.name.jsonQuoted).joined(separator: ","))]"#)
            }
            if !names.contains("additionalProperties") { parts.append(#""additionalProperties":false"#) }
        }
        return "{" + parts.joined(separator: ",") + "}"
    }
}

// MARK: - Checking

extension ReplySchema.Rule {
    /// Makes sure that a value is what the rule says.
    ///
    /// - Parameter place: Where the value stands in the reply; `nil` for the reply itself.
    func check(_ value: JSONValue, at place: String?) throws(ReplySchema.Mismatch) {
        guard kinds.isEmpty || kinds.contains(where: { $0.takes(value) }) else {
            throw Self.mismatch("should be \(typeName), got \(value.kindInWords)", at: place)
        }
        if let values, !values.contains(value.jsonText) {
            throw Self.mismatch("should be one of \(values.joined(separator: ", "))", at: place)
        }
        if case .array(let elements) = value, let rule = items.first {
            for (index, element) in elements.enumerated() {
                try rule.check(element.value, at: "\(place ?? "")[\(index)]")
            }
        }
        if case .object(let members) = value { try check(members, of: value, at: place) }
        guard !alternatives.isEmpty else { return }
        let fits = alternatives.contains { rule in
            do throws(ReplySchema.Mismatch) {
                try rule.check(value, at: place)
                return true
            } catch {
                return false
            }
        }
        if !fits { throw Self.mismatch("is none of its alternatives", at: place) }
    }

    private func check(
        _ members: [JSONMember],
        of object: JSONValue,
        at place: String?
    ) throws(ReplySchema.Mismatch) {
        let prefix = place.map { "\($0)." } ?? ""
        for property in properties {
            if let node = object[property.name] {
                try property.rule.check(node.value, at: prefix + property.name)
            } else if property.isRequired {
                throw Self.mismatch("is missing", at: prefix + property.name)
            }
        }
        guard !takesOthers else { return }
        for member in members where !properties.contains(where: { $0.name == member.name }) {
            // A name of the reply's own making is content.
            throw Self.mismatch("has a member that the schema does not know", at: place)
        }
    }

    private static func mismatch(_ what: String, at place: String?) -> ReplySchema.Mismatch {
        ReplySchema.Mismatch(description: "\(place ?? "it") \(what)")
    }
}

extension ReplySchema.Rule.Kind {
    /// Whether a value is of the type. A whole number may have a fraction of zeros: JSON Schema, 6.1.1 of the validation.
    fileprivate func takes(_ value: JSONValue) -> Bool {
        switch (self, value) {
        case (.string, .string), (.number, .number), (.boolean, .boolean), (.object, .object), (.array, .array),
            (.null, .null):
            true
        case (.integer, .number(let literal)): Self.isWhole(literal)
        default: false
        }
    }

    private static func isWhole(_ literal: String) -> Bool {
        if Int64(literal) != nil { return true }
        guard let number = Double(literal), number.isFinite else { return false }
        return number == number.rounded(.towardZero)
    }
}
