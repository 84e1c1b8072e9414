import HydrogenCore

/// What a Lead does on its connection before queries are served: migrate, load the templates, have the engine accept them.
struct StartSequence {
    private let database: Database

    init(_ database: Database) {
        self.database = database
    }

    /// Applies the migrations that are missing.
    ///
    /// - Returns: How many there are, and how many were applied now; `nil` without a folder of migrations.
    /// - Throws: `migration` for one that is at fault or fails.
    func migrate() async throws(DatabaseError) -> (available: Int, applied: Int)? {
        guard let folder = database.configuration.migrations else { return nil }
        let available = try MigrationFolder.load(folder, files: database.configuration.files)
        let applied = try await database.lead.withConnection { connection throws(DatabaseError) in
            try MigrationRunner(connection).apply(available).count
        }
        return (available.count, applied)
    }

    /// Runs the bootstrap, and has the engine prepare every template, on the Lead's connection.
    ///
    /// - Throws: What the connection threw. A template at fault is No-Go by itself and throws nothing.
    func buildTable() async throws(DatabaseError) -> QueryTable {
        var sources = database.definitions
        if let sql = database.configuration.queries.bootstrapSQL {
            sources.add(BootstrapRows.load(try await bootstrap(sql), for: database.configuration.kind))
        }
        return try await prepare(sources)
    }

    private func bootstrap(_ sql: String) async throws(DatabaseError) -> [DatabaseRow] {
        let statement = EngineStatement(sql: sql, parameterOrder: [])
        return try await database.lead.withConnection { connection throws(DatabaseError) in
            try connection.rows(statement, [], limit: BootstrapRows.maximumCount)
        }
    }

    private func prepare(_ sources: TemplateSources) async throws(DatabaseError) -> QueryTable {
        let placeholders = database.configuration.engine.placeholders
        return try await database.lead.withConnection { [database] connection throws(DatabaseError) in
            let table = sources.table { template throws(DatabaseError) in
                try database.prepared(template, try connection.describe(template, placeholders))
            }
            // A connection lost in the midst says nothing about the templates.
            guard connection.isUsable else {
                throw DatabaseError(.unavailable, "the connection was lost while queries were prepared")
            }
            return table
        }
    }
}

extension EngineConnection {
    /// Has the engine accept a template.
    func describe(
        _ template: QueryTemplate,
        _ placeholders: ParsedSQL.Placeholders
    ) throws(DatabaseError) -> DescribedStatement {
        try describe(EngineStatement(template.sql, for: placeholders, types: template.bindings.map(\.type)))
    }
}
