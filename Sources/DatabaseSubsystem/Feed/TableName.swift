/// A table's name as people write it: with its schema or without, in any letter case.
struct TableName: Sendable, Hashable {
    /// The schema in small letters; `nil` where none is named.
    let schema: String?
    /// The name in small letters.
    let name: String

    /// `orders`, or `sales.orders`.
    init(_ text: String) {
        let text = text.lowercased()
        let dot = text.lastIndex(of: ".")
        schema = dot.map { String(text[..<$0]) }
        name = dot.map { String(text[text.index(after: $0)...]) } ?? text
    }

    /// Whether the two may be one table: a name without a schema may be in any.
    func mayBe(_ other: TableName) -> Bool {
        name == other.name && (schema == other.schema || schema == nil || other.schema == nil)
    }
}

extension Sequence<TableName> {
    /// Whether one of the names may be this table.
    func contains(nameOf table: String) -> Bool {
        let table = TableName(table)
        return contains { $0.mayBe(table) }
    }
}
