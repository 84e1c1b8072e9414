import Synchronization

/// A template's SQL in the syntax of one engine: what connections prepare, and keep prepared.
package final class EngineStatement: Sendable {
    /// Tells statements apart in the caches of connections.
    package struct Key: Sendable, Hashable {
        fileprivate let number: UInt64
    }

    /// The statement's key: another for each instance.
    package let key: Key
    /// The SQL with the engine's placeholders.
    package let sql: String
    /// For each placeholder the index of the value to bind.
    package let parameterOrder: [Int]

    private static let lastNumber = Atomic<UInt64>(0)

    /// A statement whose placeholders are bound to the values that `parameterOrder` names.
    package init(sql: String, parameterOrder: [Int]) {
        self.key = Key(number: Self.lastNumber.add(1, ordering: .relaxed).newValue)
        self.sql = sql
        self.parameterOrder = parameterOrder
    }

    /// A template's SQL, rendered for an engine.
    package convenience init(_ sql: ParsedSQL, for placeholders: ParsedSQL.Placeholders) {
        let (text, order) = sql.rendered(placeholders)
        self.init(sql: text, parameterOrder: order)
    }
}
