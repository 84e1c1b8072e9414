/// What an engine knows of a statement before it runs.
package struct StatementFacts: Sendable, Hashable, Codable {
    /// One column of the result.
    package struct Column: Sendable, Hashable, Codable {
        /// The name that rows use.
        package let name: String
        /// The type as the engine declares it; `nil` for an expression of an engine that does not know.
        package let type: String?
    }

    /// The columns of the result; none for a statement that returns no rows.
    package let columns: [Column]
    /// The types of the placeholders as the engine declares them; none of an engine that does not know.
    package let parameters: [String]
    /// Whether the statement changes nothing in the database.
    package let isReadOnly: Bool

    /// What is known of a statement.
    package init(columns: [Column], parameters: [String] = [], isReadOnly: Bool) {
        self.columns = columns
        self.parameters = parameters
        self.isReadOnly = isReadOnly
    }
}

/// A statement that its engine has accepted.
package struct DescribedStatement: Sendable {
    /// What connections prepare: the statement that was asked about, or one with other parameter types that the engine takes.
    package let statement: EngineStatement
    /// What the engine knows of it.
    package let facts: StatementFacts

    /// A statement with its facts.
    package init(_ statement: EngineStatement, facts: StatementFacts) {
        self.statement = statement
        self.facts = facts
    }
}
