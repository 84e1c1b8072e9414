/// Applies migrations over one connection, each in a transaction together with its row in the history.
struct MigrationRunner {
    private let connection: any EngineConnection
    private let historyTable: String

    /// The table that remembers which of the operator's migrations were applied.
    static let historyTable = "hydrogen_migrations"

    /// - Parameter historyTable: The table that remembers what was applied. Default: that of the operator's migrations.
    init(_ connection: any EngineConnection, historyTable: String = Self.historyTable) {
        self.connection = connection
        self.historyTable = historyTable
    }

    /// Applies what is available and not yet applied, in order. Returns what was applied now.
    ///
    /// - Throws: `migration` when the history and the folder contradict each other, or when a migration fails: it is rolled back
    ///   where the database can do that, those before it stay.
    func apply(_ available: [Migration]) throws(DatabaseError) -> [Migration] {
        try makeHistory()
        var applied: [Migration] = []
        try connection.takingTurns { () throws(DatabaseError) in
            for migration in try pending(of: available) where try apply(migration) { applied.append(migration) }
        }
        return applied
    }

    /// What a rehearsal found of migrations.
    struct Pending {
        /// How many are to be applied.
        let count: Int
        /// Whether what follows sees the database as they will leave it.
        let isApplied: Bool
    }

    /// Applies what is pending, performs `body`, and undoes all of it. Where changes of the schema cannot be undone nothing is applied.
    ///
    /// - Parameter body: Is given what is pending.
    func rehearse(_ available: [Migration], _ body: (Pending) throws(DatabaseError) -> Void) throws(DatabaseError) {
        guard connection.undoesSchemaChanges else {
            let count = try pendingWithoutHistory(of: available).count
            return try body(Pending(count: count, isApplied: count == 0))
        }
        try connection.rehearse { () throws(DatabaseError) in
            try connection.makeTable(historyTable, Self.historyColumns)
            let pending = try pending(of: available)
            for migration in pending {
                do throws(DatabaseError) {
                    for sql in migration.statements { try connection.run(sql) }
                } catch {
                    throw failure(of: migration, error)
                }
            }
            try body(Pending(count: pending.count, isApplied: true))
        }
    }

    private func pendingWithoutHistory(of available: [Migration]) throws(DatabaseError) -> [Migration] {
        do throws(DatabaseError) {
            return try pending(of: available)
        } catch {
            // No table of that name: nothing was ever applied.
            guard let state = error.sqlState, SQLState(rawValue: state).speaksOfSchema else { throw error }
            return available
        }
    }

    private static let historyColumns = """
        number BIGINT NOT NULL PRIMARY KEY, name VARCHAR(255) NOT NULL,
        checksum VARCHAR(64) NOT NULL, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
        """

    private func makeHistory() throws(DatabaseError) {
        try connection.transact { () throws(DatabaseError) in
            try connection.excludeOthers()
            try connection.makeTable(historyTable, Self.historyColumns)
        }
    }

    private func pending(of available: [Migration]) throws(DatabaseError) -> [Migration] {
        let applied = try history()
        do throws(MigrationFault) {
            return try MigrationPlan.make(available: available, applied: applied)
        } catch {
            throw DatabaseError(.migration, error.description)
        }
    }

    private func history() throws(DatabaseError) -> [AppliedMigration] {
        let sql = "SELECT number, name, checksum FROM \(historyTable) ORDER BY number"
        let rows = try connection.rows(EngineStatement(sql: sql, parameterOrder: []), [], limit: 1_000_000)
        return rows.compactMap(AppliedMigration.init)
    }

    /// Applies one migration.
    ///
    /// - Returns: Whether it was necessary: another instance may have done it meanwhile.
    private func apply(_ migration: Migration) throws(DatabaseError) -> Bool {
        // By scalars: an apostrophe with a combining mark behind it is one character, and another one.
        let name = migration.name.unicodeScalars.map { $0 == "'" ? "''" : String($0) }.joined()
        let entry = """
            INSERT INTO \(historyTable) (number, name, checksum) VALUES (\(migration.number), '\(name)', '\(migration.checksum)')
            """
        do throws(DatabaseError) {
            return try connection.transact { () throws(DatabaseError) in
                try connection.excludeOthers()
                guard try !history().contains(where: { $0.number == migration.number }) else { return false }
                for sql in migration.statements + [entry] { try connection.run(sql) }
                return true
            }
        } catch {
            throw failure(of: migration, error)
        }
    }

    private func failure(of migration: Migration, _ error: DatabaseError) -> DatabaseError {
        let outcome =
            connection.undoesSchemaChanges
            ? "failed and was rolled back; mend it, it is tried again"
            : "failed, and what its first statements did stays, as this database cannot undo changes of the schema; "
                + "mend it so that it can run once more, it is tried again"
        return DatabaseError(
            .migration,
            "migration \(migration.number) (\(migration.name)) \(outcome)",
            detail: error.detail ?? error.message,
            sqlState: error.sqlState
        )
    }
}
