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
    /// - Parameters:
    ///   - definitions: The templates of files. Default: those that were read last.
    ///   - hostTable: The queries of the host. Default: those that it has in use; and while it cannot be asked, the rows that it
    ///     gave last.
    /// - Throws: What the connection threw, or what keeps the host from answering. A template at fault is No-Go by itself and
    ///   throws nothing.
    func buildTable(
        definitions: TemplateSources? = nil,
        hostTable: QueryTable? = nil
    ) async throws(DatabaseError) -> TableDraft {
        let number = database.nextDraftNumber()
        let definitions = definitions ?? database.definitions
        var sources = definitions
        var hostRows: [DatabaseRow]?
        switch database.configuration.queries.bootstrap {
        case .sql(let sql): sources.add(BootstrapRows.load(try await bootstrap(sql), for: database.configuration.kind))
        case .host(let query):
            let rows = try await rows(of: query, hostTable)
            sources.add(BootstrapRows.load(rows, for: database.configuration.kind))
            hostRows = rows
        case nil: break
        }
        let table = try await prepare(sources)
        return TableDraft(number: number, table: table, definitions: definitions, hostRows: hostRows)
    }

    private func bootstrap(_ sql: String) async throws(DatabaseError) -> [DatabaseRow] {
        let statement = EngineStatement(sql: sql, parameterOrder: [])
        return try await database.lead.withConnection { connection throws(DatabaseError) in
            try connection.rows(statement, [], limit: BootstrapRows.maximumCount)
        }
    }

    private func rows(of query: HostQuery, _ table: QueryTable?) async throws(DatabaseError) -> [DatabaseRow] {
        guard let host = database.host else { throw DatabaseError(.unavailable, "needs \(query.host), which is No-Go") }
        do throws(DatabaseError) {
            return try await host.rows(of: query, in: table)
        } catch {
            // Who asks for the host's new queries wants to know; a database that only reconnects goes on with what it had.
            guard table == nil, error.isRetryable, let known = database.hostRows else { throw error }
            return known
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

/// A query table that has been made and is not in use yet.
struct TableDraft: Sendable {
    /// Tells later drafts of the database from earlier ones: an earlier one never takes the place of a later one.
    let number: UInt64
    let table: QueryTable
    /// The templates of files that went in.
    let definitions: TemplateSources
    /// The rows that the host gave; `nil` without a host.
    let hostRows: [DatabaseRow]?
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
