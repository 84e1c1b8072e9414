import Synchronization

/// A template's SQL in the syntax of one engine: what connections prepare, and keep prepared.
package final class EngineStatement: Sendable {
    /// Tells statements apart in the caches of connections.
    package struct Key: Sendable, Hashable {
        let number: UInt64
    }

    /// The statement's key: another for each instance.
    package let key: Key
    /// The SQL with the engine's placeholders.
    package let sql: String
    /// For each placeholder the index of the value to bind.
    package let parameterOrder: [Int]
    /// For each placeholder the declared type; `nil` leaves it to the engine, which infers it from the place.
    package let parameterTypes: [ParameterType?]
    /// Whether INTEGER is bound as the engine's type of 32 bits, for places that take no wider one.
    package let hasNarrowIntegers: Bool

    private static let lastNumber = Atomic<UInt64>(0)

    /// A statement whose placeholders are bound to the values that `parameterOrder` names.
    package init(
        sql: String,
        parameterOrder: [Int],
        parameterTypes: [ParameterType?]? = nil,
        hasNarrowIntegers: Bool = false
    ) {
        self.key = Key(number: Self.lastNumber.add(1, ordering: .relaxed).newValue)
        self.sql = sql
        self.parameterOrder = parameterOrder
        self.parameterTypes = parameterTypes ?? parameterOrder.map { _ in nil }
        self.hasNarrowIntegers = hasNarrowIntegers
    }

    /// A template's SQL, rendered for an engine. Without declared types the engine infers all of them.
    package convenience init(
        _ sql: ParsedSQL,
        for placeholders: ParsedSQL.Placeholders,
        types: [ParameterType]? = nil
    ) {
        let (text, order) = sql.rendered(placeholders)
        self.init(sql: text, parameterOrder: order, parameterTypes: types.map { types in order.map { types[$0] } })
    }

    /// The same statement with other types declared; `nil` leaves one to the engine.
    func binding(hasNarrowIntegers: Bool = false, as transform: (ParameterType) -> ParameterType?) -> EngineStatement {
        EngineStatement(
            sql: sql,
            parameterOrder: parameterOrder,
            parameterTypes: parameterTypes.map { $0.flatMap(transform) },
            hasNarrowIntegers: hasNarrowIntegers
        )
    }
}
