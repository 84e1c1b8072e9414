/// How sessions of the change feed ask: SQL with names, and texts for them.
extension EngineConnection {
    /// The rows of a statement; a name without a text is bound to the empty one.
    func rows(
        _ sql: String,
        _ values: [String: String],
        for placeholders: ParsedSQL.Placeholders,
        limit: Int
    ) throws(DatabaseError) -> [DatabaseRow] {
        let parsed = ParsedSQL(sql)
        let texts = parsed.parameterNames.map { ParameterValue(type: .string, content: .text(values[$0] ?? "")) }
        let statement = EngineStatement(parsed, for: placeholders, types: texts.map(\.type))
        return try rows(statement, texts, limit: limit)
    }
}

extension TableChange {
    /// A row of the table of events; `nil` when it is none.
    ///
    /// - Parameter keys: The column of the keys.
    init?(_ row: DatabaseRow, keys: String) {
        guard let sequence = row["id"]?.wholeNumber, let table = row["source"]?.trimmedText,
            let operation = row["operation"]?.trimmedText.flatMap(Operation.init)
        else { return nil }
        self.init(sequence: sequence, table: table, operation: operation, keys: row[keys]?.trimmedText)
    }
}
