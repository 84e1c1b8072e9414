/// What a JSON text says: RFC 8259, with numbers kept as they are written.
public enum JSONValue: Sendable, Hashable {
    /// `null`
    case null
    /// `true` or `false`
    case boolean(Bool)
    /// The literal, exact: `1e999` and `0.10` are not changed.
    case number(String)
    /// The text with its escapes resolved.
    case string(String)
    /// The elements in the order of the text.
    case array([JSONNode])
    /// The members in the order of the text.
    case object([JSONMember])

    /// The value of an object's member; `nil` when there is none, or when this is no object.
    public subscript(name: String) -> JSONNode? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.node
    }

    /// What kind of value this is, in words that give nothing of it away: `a number`, `an object`.
    public var kindInWords: String {
        switch self {
        case .null: "null"
        case .boolean: "a boolean"
        case .number: "a number"
        case .string: "a text"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// The value as compact JSON text, members in order.
    public var jsonText: String {
        switch self {
        case .null: "null"
        case .boolean(let value): value ? "true" : "false"
        case .number(let literal): literal
        case .string(let text): text.jsonQuoted
        case .array(let nodes): "[" + nodes.map(\.value.jsonText).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { "\($0.name.jsonQuoted):\($0.node.value.jsonText)" }.joined(separator: ",") + "}"
        }
    }
}
