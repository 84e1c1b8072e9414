import CDatabaseClients
import HydrogenCore

/// What a Lead does itself: transactions, bootstraps, descriptions, signs of life. Each call waits for its result.
extension PostgreSQLConnection {
    /// How long a sign of life may take.
    private static let checkLimit = Duration.seconds(5)
    /// How long the server may say nothing to what it should answer at once.
    private static let silenceLimit = Duration.seconds(30)

    /// Sets what a session needs that cannot stand in the startup packet: a server of a list that is asked for writes must not look
    /// read-only while it is chosen.
    func beginSession() throws(DatabaseError) {
        let settings = ["'DateStyle', 'ISO, YMD'"] + quickSettings
        try work(silence: Self.checkLimit) {
            send("SELECT " + settings.map { "set_config(\($0), false)" }.joined(separator: ", "))
        }
    }

    func begin(_ isolation: TransactionIsolation?) throws(DatabaseError) {
        try execute("BEGIN" + (isolation.map { " ISOLATION LEVEL \($0.rawValue)" } ?? "") + " READ WRITE")
    }

    func excludeOthers() throws(DatabaseError) {
        try run("SELECT pg_advisory_xact_lock(hashtextextended('hydrogen ' || current_schema(), 0))")
    }

    /// Runs a statement of a migration, which takes as long as it needs, unless the landing comes.
    func run(_ sql: String) throws(DatabaseError) {
        try execute(sql, silence: nil)
    }

    func execute(_ sql: String, silence: Duration? = silenceLimit) throws(DatabaseError) {
        try work(silence: silence) { send(sql) }
    }

    func commit() throws(DatabaseError) {
        try run("COMMIT")
    }

    func rollback() {
        do throws(DatabaseError) {
            try execute("ROLLBACK")
        } catch {
            giveUp(error)
        }
    }

    func rows(
        _ statement: EngineStatement,
        _ values: [ParameterValue],
        limit: Int
    ) throws(DatabaseError) -> [DatabaseRow] {
        try rows(statement, values, limit: limit, silence: Self.silenceLimit)
    }

    func read(_ statement: EngineStatement, _ values: [ParameterValue], limit: Int, within timeout: Duration)
        throws(DatabaseError) -> [DatabaseRow]
    {
        // A rehearsal has a transaction around it, of which nothing stays.
        guard !handle.isInTransaction else { return try rows(statement, values, limit: limit) }
        try execute("BEGIN READ ONLY")
        do throws(DatabaseError) {
            try execute("SET LOCAL statement_timeout = \(Int(timeout.milliseconds.rounded(.up)))")
            let found = try rows(statement, values, limit: limit, silence: timeout + Self.checkLimit)
            try commit()
            return found
        } catch {
            rollback()
            throw error
        }
    }

    private func rows(
        _ statement: EngineStatement,
        _ values: [ParameterValue] = [],
        limit: Int,
        silence: Duration
    ) throws(DatabaseError) -> [DatabaseRow] {
        var parameters = PostgreSQLParameters()
        try parameters.fill(statement, values)
        let types = PostgreSQLType.bindings(of: statement)
        var rows: [DatabaseRow] = []
        try work(silence: silence) {
            parameters.withPointers { count, values in
                functions.sendQueryParams(handle.pointer, statement.sql, count, types, values, nil, nil, 0)
            }
        } each: { result in
            guard result.status == .tuplesOK else { return }
            let columns = PostgreSQLColumns(of: result)
            for row in 0..<min(result.rowCount, CInt(clamping: limit + 1)) { rows.append(columns.row(row, of: result)) }
        }
        guard rows.count <= limit else {
            throw DatabaseError(.resultTooLarge, "the result has more than \(limit) rows")
        }
        return rows
    }

    func check() throws(DatabaseError) {
        do throws(DatabaseError) {
            try work(silence: Self.checkLimit) { send("SELECT 1") }
        } catch {
            throw giveUp(error)
        }
    }

    func connectionLimit() throws(DatabaseError) -> ConnectionLimit? {
        let sql = """
            SELECT current_setting('max_connections')::int, current_setting('superuser_reserved_connections')::int
                    + coalesce(current_setting('reserved_connections', true)::int, 0),
                rolsuper, rolconnlimit, datconnlimit
            FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()
            """
        let values = try rows(EngineStatement(sql: sql, parameterOrder: []), [], limit: 1).first?.values ?? []
        guard values.count == 5, case .integer(let most) = values[0], case .integer(let reserved) = values[1],
            case .integer(let role) = values[3], case .integer(let database) = values[4]
        else { return nil }
        let isSuperuser = values[2] == .boolean(true)
        var available = isSuperuser ? most : most - reserved
        var words = "max_connections \(most)" + (isSuperuser ? "" : " - reserved \(reserved)")
        for (name, limit) in [("the role's limit", role), ("the database's limit", database)] where limit >= 0 {
            available = min(available, limit)
            words += ", \(name) \(limit)"
        }
        return ConnectionLimit(available: Int(available), arithmetic: words)
    }

    func sessionsLeft(of sessions: [Int]) throws(DatabaseError) -> Int {
        let list = sessions.map(String.init).joined(separator: ",")
        let sql = "SELECT count(*) FROM pg_stat_activity WHERE pid IN (\(list)) AND application_name LIKE 'DQM-%'"
        let statement = EngineStatement(sql: sql, parameterOrder: [])
        let deadline = ContinuousClock.now + .seconds(1)
        while true {
            let rows = try rows(statement, limit: 1, silence: .seconds(1))
            guard case .integer(let count) = rows.first?.values.first, count > 0 else { return 0 }
            guard ContinuousClock.now < deadline else { return Int(count) }
            _ = handle.wait(atMost: .milliseconds(10))
        }
    }

    // MARK: Descriptions

    func describe(_ statement: EngineStatement) throws(DatabaseError) -> DescribedStatement {
        let isReadOnly = try StatementKind(statement.sql, .postgreSQL).isReading
        var mismatch: DatabaseError?
        for candidate in Self.candidates(for: statement) {
            do throws(DatabaseError) {
                return DescribedStatement(candidate, facts: try facts(of: candidate, isReadOnly: isReadOnly))
            } catch {
                guard let state = error.sqlState, SQLState(rawValue: state).isTypeMismatch else { throw error }
                mismatch = mismatch ?? error
            }
        }
        throw mismatch ?? DatabaseError(.refused, "preparing: the statement cannot be described")
    }

    /// The types that parameters may be bound as, the first that the statement takes wins: as declared, with text left to the server;
    /// text as text, for places that take anything; whole numbers of 32 bits; everything left to the server.
    private static func candidates(for statement: EngineStatement) -> [EngineStatement] {
        [
            statement.binding { $0 == .text ? .string : $0 }, statement.binding { $0 == .string ? .text : $0 },
            statement.binding(hasNarrowIntegers: true) { $0 == .text ? .string : $0 }, statement.binding { _ in nil },
        ]
    }

    private func facts(
        of statement: EngineStatement,
        isReadOnly: Bool
    ) throws(DatabaseError) -> StatementFacts {
        // An error must not end a transaction around it, as a rehearsal has one.
        let isInTransaction = handle.isInTransaction
        if isInTransaction { try execute("SAVEPOINT hydrogen") }
        do throws(DatabaseError) {
            let facts = try describedFacts(of: statement, isReadOnly: isReadOnly)
            if isInTransaction { try execute("RELEASE SAVEPOINT hydrogen") }
            return facts
        } catch {
            if isInTransaction { try execute("ROLLBACK TO SAVEPOINT hydrogen") }
            throw error
        }
    }

    private func describedFacts(
        of statement: EngineStatement,
        isReadOnly: Bool
    ) throws(DatabaseError) -> StatementFacts {
        let types = PostgreSQLType.bindings(of: statement)
        var found: PostgreSQLColumns?
        var parameters: [PostgreSQLType] = []
        try work(doing: "preparing") {
            guard functions.sendPrepare(handle.pointer, "", statement.sql, CInt(types.count), types) == 1 else {
                return 0
            }
            return functions.sendDescribePrepared(handle.pointer, "")
        } each: { result in
            if result.columnCount > 0 { found = PostgreSQLColumns(of: result) }
            parameters = result.parameterTypes
        }
        let names = try typeNames((found?.types ?? []) + parameters)
        func name(_ type: PostgreSQLType) -> String { names[type] ?? "oid \(type.rawValue)" }
        let columns = found.map { zip($0.layout.names, $0.types) }?.map { column, type in
            StatementFacts.Column(name: column, type: name(type))
        }
        return StatementFacts(columns: columns ?? [], parameters: parameters.map(name), isReadOnly: isReadOnly)
    }

    func schemaMark() throws(DatabaseError) -> String? {
        let statement = EngineStatement(sql: Self.schemaDigest, parameterOrder: [])
        return try rows(statement, [], limit: 1).first?["mark"]?.trimmedText
    }

    /// A digest of what the search path's schemas have: relations with their columns, and functions with their types.
    private static let schemaDigest = """
        WITH path AS (SELECT oid FROM pg_namespace WHERE nspname = ANY (current_schemas(false)))
        SELECT md5(coalesce(string_agg(line, ',' ORDER BY line), '')) AS mark FROM (
            SELECT concat_ws(' ', c.oid, c.relname, a.attnum, a.attname, a.atttypid, a.atttypmod) AS line
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE c.relnamespace IN (SELECT oid FROM path) AND c.relkind IN ('r', 'v', 'm', 'p', 'f')
                AND a.attnum > 0 AND NOT a.attisdropped
            UNION ALL
            SELECT concat_ws(' ', p.oid, p.proname, p.prorettype, p.proargtypes, p.proallargtypes)
            FROM pg_proc p WHERE p.pronamespace IN (SELECT oid FROM path)
        ) lines
        """

    /// The names of types as the server spells them.
    private func typeNames(_ types: [PostgreSQLType]) throws(DatabaseError) -> [PostgreSQLType: String] {
        guard !types.isEmpty else { return [:] }
        let list = Set(types.map(\.rawValue)).sorted().map(String.init).joined(separator: ",")
        let sql = "SELECT oid::bigint, format_type(oid, NULL) FROM pg_type WHERE oid IN (\(list))"
        let rows = try rows(EngineStatement(sql: sql, parameterOrder: []), [], limit: types.count)
        return Dictionary(
            rows.compactMap { row in
                guard case .integer(let oid) = row.values[0], case .text(let name) = row.values[1] else { return nil }
                return (PostgreSQLType(rawValue: UInt32(truncatingIfNeeded: oid)), name)
            },
            uniquingKeysWith: { first, _ in first }
        )
    }

    // MARK: How it waits

    private func send(_ sql: String) -> CInt {
        functions.sendQueryParams(handle.pointer, sql, 0, nil, nil, nil, nil, 0)
    }

    /// Sends something, and a sync after it, and reads everything that comes back.
    ///
    /// - Parameters:
    ///   - silence: How long the server may say nothing; `nil` for as long as the landing allows.
    ///   - what: What an error says was being done.
    ///   - each: Is given every result but errors.
    /// - Throws: The first error of the server; `unavailable` when the connection is lost, which then is no longer usable.
    private func work(
        silence: Duration? = silenceLimit,
        doing what: String = "running",
        _ send: () -> CInt,
        each: (borrowing PostgreSQLResult) -> Void = { _ in }
    ) throws(DatabaseError) {
        try releaseSession(silence: silence)
        guard send() == 1, functions.pipelineSync(handle.pointer) == 1 else { throw giveUp() }
        var failure: DatabaseError?
        while true {
            while functions.isBusy(handle.pointer) == 0 {
                guard let pointer = functions.getResult(handle.pointer) else { continue }
                let result = PostgreSQLResult(pointer, functions)
                switch result.status {
                case .pipelineSync:
                    if let failure { throw failure }
                    return
                case .fatalError:
                    if failure == nil { failure = result.diagnostics.error(doing: what) }
                    if result.diagnostics.isFatal { throw giveUp(.fatal(result.diagnostics, handle)) }
                case .pipelineAborted: break
                case .copyIn, .copyOut, .copyBoth, .badResponse, .nonfatalError: throw giveUp()
                case .emptyQuery, .commandOK, .tuplesOK, .singleTuple, .tuplesChunk: each(result)
                }
            }
            try waitForInput(atMost: silence)
        }
    }

    private func waitForInput(atMost silence: Duration?) throws(DatabaseError) {
        let deadline = silence.map { ContinuousClock.now + $0 }
        let unsent = functions.flush(handle.pointer)
        guard unsent >= 0, handle.isOK else { throw giveUp() }
        while !handle.wait(forWriting: unsent > 0, atMost: AbortSignal.interval) {
            if isAborted { throw giveUp(.stoppedByLanding) }
            if let deadline, ContinuousClock.now >= deadline { throw giveUp(.silentServer) }
        }
        guard functions.consumeInput(handle.pointer) == 1 else { throw giveUp() }
    }
}
