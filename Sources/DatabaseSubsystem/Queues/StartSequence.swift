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
        guard let available = try database.configuration.loadMigrations() else { return nil }
        let applied = try await database.lead.withConnection { connection throws(DatabaseError) in
            try MigrationRunner(connection).apply(available).count
        }
        return (available.count, applied)
    }

    /// Runs the bootstrap, and has the engine prepare every template, on the Lead's connection.
    ///
    /// - Parameters:
    ///   - definitions: The templates of files. Default: those that were read last.
    ///   - acceptsContracts: Whether the present contracts of queries count, whatever was known before.
    ///   - hostTable: The queries of the host. Default: those that it has in use; and while it cannot be asked, the rows that it
    ///     gave last.
    /// - Throws: What the connection threw, or what keeps the host from answering. A template at fault is No-Go by itself and
    ///   throws nothing.
    func buildTable(
        definitions: TemplateSources? = nil,
        acceptsContracts: Bool = false,
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
        var draft = try await prepare(sources, number: number, acceptsContracts: acceptsContracts)
        draft.definitions = definitions
        draft.hostRows = hostRows
        return draft
    }

    /// Has the engine prepare the templates in use once more, as the schema may have changed.
    func reexaminedTable() async throws(DatabaseError) -> TableDraft {
        let ledger = database.draftBase
        var draft = try await prepare(ledger.sources, number: ledger.publishedDraft, acceptsContracts: false)
        draft.isReexamination = true
        return draft
    }

    private func bootstrap(_ sql: String) async throws(DatabaseError) -> [DatabaseRow] {
        try await database.lead.withConnection { connection throws(DatabaseError) in
            try connection.bootstrapRows(sql)
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

    private func prepare(
        _ sources: TemplateSources,
        number: UInt64,
        acceptsContracts: Bool
    ) async throws(DatabaseError) -> TableDraft {
        let base = database.draftBase
        return try await database.lead.withConnection { [database] connection throws(DatabaseError) in
            // What changes the schema from here on leaves another mark.
            let mark = try connection.schemaMark()
            let (table, judgement) = database.preparation.table(
                of: sources,
                on: connection,
                contracts: QueryContracts.Judgement(base.contracts, acceptsChanges: acceptsContracts),
                former: base.table
            )
            // A connection lost in the midst says nothing about the templates.
            guard connection.isUsable else {
                throw DatabaseError(.unavailable, "the connection was lost while queries were prepared")
            }
            return TableDraft(
                number: number,
                table: table,
                sources: sources,
                contracts: judgement,
                contractsGeneration: base.generation,
                schemaMark: mark
            )
        }
    }
}

/// A query table that has been made and is not in use yet.
struct TableDraft: Sendable {
    /// Tells later drafts of the database from earlier ones: an earlier one never takes the place of a later one.
    let number: UInt64
    let table: QueryTable
    /// All templates that went in.
    let sources: TemplateSources
    /// The contracts that are known now, and what they were compared with.
    let contracts: QueryContracts.Judgement
    /// Which contracts they were compared with: a draft that does not accept changes counts for these alone.
    let contractsGeneration: UInt64
    /// What the schema was when the templates were prepared.
    let schemaMark: String?
    /// Whether it has the templates of the table with the same number, looked at once more.
    var isReexamination = false
    /// The templates of files that went in; `nil` when they were not read anew.
    var definitions: TemplateSources?
    /// The rows that the host gave; `nil` when it was not asked.
    var hostRows: [DatabaseRow]?
}
