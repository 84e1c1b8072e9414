import HydrogenCore

/// What a reply must be, as a JSON Schema, and the columns that it has then.
///
/// An object is one row, an array of objects many: their properties are the columns. What the schema leaves open of an object is
/// closed: every property is required, and there is no other.
/// Source: JSON Schema, 2020-12; of it what `response_format` of the API takes.
package struct ReplySchema: Sendable, Hashable {
    /// What is wrong with a schema.
    struct Fault: Error, Hashable {
        let expected: String
        let got: String
    }

    /// How the reply stands for rows.
    enum Shape: Sendable, Hashable {
        /// The reply is an object, the one row.
        case row
        /// The reply is an object whose one member, ``ReplySchema/wrapper``, has the rows: an API takes no array by itself.
        case rows
    }

    /// The member that an array of rows comes in.
    static let wrapper = "rows"

    /// How the reply stands for rows.
    let shape: Shape
    /// What the API is told, as compact JSON.
    let text: String
    /// Whether the schema leaves nothing open, as the API's strict mode needs it.
    let isStrict: Bool
    /// What each row must be.
    let row: Rule
    /// The columns.
    let columns: [Rule.Property]

    /// Reads a schema.
    ///
    /// - Throws: The first thing that is wrong with it.
    init(_ text: String) throws(Fault) {
        let node: JSONNode
        do throws(JSONFault) {
            node = try JSONParser(options: .strict).parse(text.utf8)
        } catch {
            throw Fault(expected: "a JSON Schema: \(error.expected) at \(error.location)", got: error.got)
        }
        let rule = try Rule(node.value, at: "schema")
        switch rule.kinds {
        case [.object]:
            shape = .row
            row = rule
            self.text = rule.text
        case [.array]:
            guard let items = rule.items.first, items.kinds == [.object] else {
                throw Fault(expected: "items of type object, as rows are", got: "an array of anything else")
            }
            shape = .rows
            row = items
            let name = Self.wrapper.jsonQuoted
            self.text =
                #"{"type":"object","properties":{\#(name):\#(rule.text)},"required":[\#(name)],"additionalProperties":false}"#
        default:
            throw Fault(
                expected: #""type": "object" for one row, or "array" of objects for many"#,
                got: rule.typeName.jsonQuoted
            )
        }
        guard !row.properties.isEmpty else { throw Fault(expected: "properties: the columns", got: "none") }
        isStrict = rule.isStrict
        columns = row.properties
    }
}

extension ReplySchema {
    /// A reply that is not what the schema says.
    struct Mismatch: Error, Hashable {
        /// Where, and what is wrong; it quotes nothing of the reply but names.
        let description: String
    }

    /// The rows of a reply, each with one value for each column.
    func rows(of reply: JSONValue) throws(Mismatch) -> [[JSONValue]] {
        switch shape {
        case .row: return [try values(of: reply, at: nil)]
        case .rows:
            guard case .object(let members) = reply, members.count == 1,
                case .array(let elements)? = reply[Self.wrapper]?.value
            else { throw Mismatch(description: "it should be an object with an array \(Self.wrapper) alone") }
            var rows: [[JSONValue]] = []
            for (index, element) in elements.enumerated() {
                rows.append(try values(of: element.value, at: "\(Self.wrapper)[\(index)]"))
            }
            return rows
        }
    }

    private func values(of object: JSONValue, at place: String?) throws(Mismatch) -> [JSONValue] {
        try row.check(object, at: place)
        // What is not required may be missing, which is null in a row.
        return columns.map { object[$0.name]?.value ?? .null }
    }
}
