/// Applies migrations over one connection, each in a transaction together with its row in the history.
struct MigrationRunner {
    private let connection: any EngineConnection

    /// The table that remembers what was applied.
    static let historyTable = "hydrogen_migrations"

    init(_ connection: any EngineConnection) {
        self.connection = connection
    }

    /// Applies what is available and not yet applied, in order. Returns what was applied now.
    ///
    /// - Throws: `migration` when the history and the folder contradict each other, or when a migration fails: it is rolled back,
    ///   those before it stay.
    func apply(_ available: [Migration]) throws(DatabaseError) -> [Migration] {
        try makeHistory()
        let pending = try pending(of: available)
        for migration in pending { try apply(migration) }
        return pending
    }

    /// Applies what is pending, performs `body`, and undoes all of it.
    ///
    /// - Parameter body: Is given how many migrations were applied.
    func rehearse(_ available: [Migration], _ body: (Int) throws(DatabaseError) -> Void) throws(DatabaseError) {
        try connection.rehearse { () throws(DatabaseError) in
            try connection.makeTable(Self.historyTable, Self.historyColumns)
            let pending = try pending(of: available)
            for migration in pending {
                do throws(DatabaseError) {
                    for sql in migration.statements { try connection.run(sql) }
                } catch {
                    throw Self.failure(of: migration, error)
                }
            }
            try body(pending.count)
        }
    }

    private static let historyColumns = """
        number BIGINT NOT NULL PRIMARY KEY, name VARCHAR(255) NOT NULL,
        checksum VARCHAR(64) NOT NULL, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
        """

    private func makeHistory() throws(DatabaseError) {
        try connection.begin(nil)
        do throws(DatabaseError) {
            try connection.makeTable(Self.historyTable, Self.historyColumns)
            try connection.commit()
        } catch {
            connection.rollback()
            throw error
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
        let sql = "SELECT number, name, checksum FROM \(Self.historyTable) ORDER BY number"
        let rows = try connection.rows(EngineStatement(sql: sql, parameterOrder: []), [], limit: 1_000_000)
        return rows.compactMap(AppliedMigration.init)
    }

    private func apply(_ migration: Migration) throws(DatabaseError) {
        // By scalars: an apostrophe with a combining mark behind it is one character, and another one.
        let name = migration.name.unicodeScalars.map { $0 == "'" ? "''" : String($0) }.joined()
        let entry = """
            INSERT INTO \(Self.historyTable) (number, name, checksum) VALUES (\(migration.number), '\(name)', '\(migration.checksum)')
            """
        do throws(DatabaseError) {
            try connection.transact(migration.statements + [entry])
        } catch {
            throw Self.failure(of: migration, error)
        }
    }

    private static func failure(of migration: Migration, _ error: DatabaseError) -> DatabaseError {
        DatabaseError(
            .migration,
            "migration \(migration.number) (\(migration.name)) failed and was rolled back; mend it, it is tried again",
            detail: error.detail ?? error.message,
            sqlState: error.sqlState
        )
    }
}
