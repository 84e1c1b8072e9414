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
    /// The template's text and what else it says to an AI endpoint, which binds nothing; `nil` for SQL of Hydrogen's own.
    let prompt: Prompt?
    /// Whether INTEGER is bound as the engine's type of 32 bits, for places that take no wider one.
    package let hasNarrowIntegers: Bool

    /// What an AI endpoint makes a request of.
    struct Prompt: Sendable, Hashable {
        /// The text that values are put into.
        let text: ParsedSQL
        /// The model, the system prompt and the schema, as far as the template has them.
        let options: PromptOptions?
    }

    private static let lastNumber = Atomic<UInt64>(0)

    /// A statement whose placeholders are bound to the values that `parameterOrder` names.
    package convenience init(
        sql: String,
        parameterOrder: [Int],
        parameterTypes: [ParameterType?]? = nil
    ) {
        self.init(sql: sql, parameterOrder: parameterOrder, parameterTypes: parameterTypes, prompt: nil)
    }

    private init(
        sql: String,
        parameterOrder: [Int],
        parameterTypes: [ParameterType?]?,
        hasNarrowIntegers: Bool = false,
        prompt: Prompt?
    ) {
        self.key = Key(number: Self.lastNumber.add(1, ordering: .relaxed).newValue)
        self.sql = sql
        self.parameterOrder = parameterOrder
        self.parameterTypes = parameterTypes ?? parameterOrder.map { _ in nil }
        self.hasNarrowIntegers = hasNarrowIntegers
        self.prompt = prompt
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

    /// A template, rendered for an engine.
    convenience init(_ template: QueryTemplate, for placeholders: ParsedSQL.Placeholders) {
        let (text, order) = template.sql.rendered(placeholders)
        let types = template.bindings.map(\.type)
        self.init(
            sql: text,
            parameterOrder: order,
            parameterTypes: order.map { types[$0] },
            prompt: Prompt(text: template.sql, options: template.prompt)
        )
    }

    /// The same statement with other types declared; `nil` leaves one to the engine.
    func binding(hasNarrowIntegers: Bool = false, as transform: (ParameterType) -> ParameterType?) -> EngineStatement {
        EngineStatement(
            sql: sql,
            parameterOrder: parameterOrder,
            parameterTypes: parameterTypes.map { $0.flatMap(transform) },
            hasNarrowIntegers: hasNarrowIntegers,
            prompt: prompt
        )
    }
}
