import HydrogenCore

/// What a Lead does itself: transactions, bootstraps, descriptions, the state of the server.
extension MySQLConnection {
    /// A change of the schema commits what came before it, and itself.
    var undoesSchemaChanges: Bool { false }

    /// By a lock of the server, which ends with the session at the latest.
    func takingTurns(_ body: () throws(DatabaseError) -> Void) throws(DatabaseError) {
        try releaseSession()
        // One second at a time, so that the landing does not wait for another server.
        while try ownRows(Self.takeLock, limit: 1).first?.values.first?.wholeNumber != 1 {}
        let outcome = Result { () throws(DatabaseError) in try body() }
        if isUsable { _ = try ownRows(Self.releaseLock, limit: 1) }
        try outcome.get()
    }

    private static let lockName = "CONCAT('hydrogen ', MD5(DATABASE()))"
    private static let takeLock = EngineStatement(sql: "SELECT GET_LOCK(\(lockName), 1)", parameterOrder: [])
    private static let releaseLock = EngineStatement(sql: "SELECT RELEASE_LOCK(\(lockName))", parameterOrder: [])

    func begin(_ isolation: TransactionIsolation?) throws(DatabaseError) {
        try releaseSession()
        if let isolation { try perform("SET TRANSACTION ISOLATION LEVEL \(isolation.rawValue)") }
        try perform("START TRANSACTION READ WRITE")
    }

    /// Runs a statement of a migration, which takes as long as it needs, unless the landing comes.
    func run(_ sql: String) throws(DatabaseError) {
        try releaseSession()
        try perform(sql, silence: nil)
    }

    func commit() throws(DatabaseError) {
        do throws(DatabaseError) {
            try perform("COMMIT", silence: nil)
        } catch {
            let isUncertain = !isUsable && running.map { !$0.isReadOnly } ?? false
            throw isUncertain ? error.withUnknownOutcome : error
        }
    }

    func rollback() {
        do throws(DatabaseError) {
            // Without what a request to stop left behind, which would stop it.
            try releaseSession()
            try perform("ROLLBACK")
        } catch {
            lose(error)
        }
    }

    func rows(
        _ statement: EngineStatement,
        _ values: [ParameterValue],
        limit: Int
    ) throws(DatabaseError) -> [DatabaseRow] {
        try releaseSession()
        return try ownRows(statement, values, limit: limit)
    }

    func read(_ statement: EngineStatement, _ values: [ParameterValue], limit: Int, within timeout: Duration)
        throws(DatabaseError) -> [DatabaseRow]
    {
        try prepareSession(isReadOnly: true, until: .now + timeout)
        return try ownRows(statement, values, limit: limit, silence: timeout + Self.checkLimit)
    }

    func describe(_ statement: EngineStatement) throws(DatabaseError) -> DescribedStatement {
        guard !SQLScript(statement.sql, dialect: .mysql).statements.isEmpty else {
            throw DatabaseError(.refused, "preparing: the SQL has no statement, only white space or comments")
        }
        let isReadOnly = try StatementKind(statement.sql, .mySQL).isReading
        try releaseSession()
        return try withPrepared(statement.sql) { prepared throws(DatabaseError) in
            guard prepared.parameterCount == statement.parameterOrder.count else {
                throw DatabaseError(.refused, "preparing: the SQL has a ? that is no parameter; write :name")
            }
            return DescribedStatement(
                statement,
                facts: StatementFacts(columns: prepared.columns.facts, isReadOnly: isReadOnly)
            )
        }
    }

    func schemaMark() throws(DatabaseError) -> String? {
        try rows(Self.schemaDigest, [], limit: 1).first?["mark"]?.trimmedText
    }

    /// A digest of the database's tables with their columns, and of its procedures and functions.
    private static let schemaDigest = EngineStatement(
        sql: """
            SELECT CONCAT_WS(' ',
                (SELECT CONCAT(COUNT(*), ' ', COALESCE(SUM(CRC32(CONCAT_WS(' ', table_name, ordinal_position, column_name,
                    column_type, is_nullable, collation_name))), 0))
                FROM information_schema.columns WHERE table_schema = DATABASE()),
                (SELECT CONCAT(COUNT(*), ' ', COALESCE(SUM(CRC32(CONCAT_WS(' ', routine_name, last_altered))), 0))
                FROM information_schema.routines WHERE routine_schema = DATABASE())) AS mark
            """,
        parameterOrder: []
    )

    /// Whether the server takes no writes: it says so as a number, or in later versions in words.
    func isServerReadOnly() throws(DatabaseError) -> Bool {
        let statement = EngineStatement(sql: "SELECT @@global.read_only IN ('0', 'OFF') AS writes", parameterOrder: [])
        return try ownRows(statement, limit: 1, silence: Self.checkLimit).first?.values.first?.wholeNumber == 0
    }

    func connectionLimit() throws(DatabaseError) -> ConnectionLimit? {
        let statement = EngineStatement(sql: "SELECT @@max_connections, @@max_user_connections", parameterOrder: [])
        let values = try rows(statement, [], limit: 1).first?.values.map(\.wholeNumber) ?? []
        guard values.count == 2, let most = values[0], let user = values[1] else { return nil }
        let words = "max_connections \(most)"
        guard user > 0 else { return ConnectionLimit(available: Int(most), arithmetic: words) }
        return ConnectionLimit(available: Int(min(most, user)), arithmetic: words + ", the user's limit \(user)")
    }

    func sessionsLeft(of sessions: [Int]) throws(DatabaseError) -> Int {
        let list = sessions.map(String.init).joined(separator: ",")
        let sql = "SELECT COUNT(*) FROM information_schema.processlist WHERE id IN (\(list))"
        let statement = EngineStatement(sql: sql, parameterOrder: [])
        let deadline = ContinuousClock.now + .seconds(1)
        try releaseSession()
        while true {
            let rows = try ownRows(statement, limit: 1, silence: .seconds(1))
            guard let count = rows.first?.values.first?.wholeNumber, count > 0 else { return 0 }
            guard ContinuousClock.now < deadline else { return Int(count) }
            _ = handle.isReady(atMost: .milliseconds(10))
        }
    }
}
