import CDatabaseClients
import HydrogenCore
import NIOCore

/// One connection to a SQLite database.
final class SQLiteConnection: BlockingConnection {
    private(set) var loss: DatabaseError?
    var interrupter: (any EngineInterrupter)? { handle }

    private let handle: SQLiteHandle
    private let functions: HydrogenSQLiteFunctions
    private let runGuard: SQLiteRunGuard
    private var statements: LRUCache<EngineStatement.Key, SQLiteStatement>
    private var mayWrite = true

    /// Opens and prepares a connection.
    ///
    /// - Parameters:
    ///   - busyTimeout: The longest wait for another connection's lock.
    ///   - statementCacheSize: How many statements stay prepared.
    ///   - setup: Statements that are run first.
    init(
        _ location: SQLiteLocation,
        library: SQLiteLibrary,
        busyTimeout: Duration,
        statementCacheSize: Int,
        setup: [String]
    ) throws(DatabaseError) {
        handle = try SQLiteHandle(location, library: library)
        functions = library.functions
        runGuard = SQLiteRunGuard(timeout: busyTimeout)
        runGuard.install(on: handle)
        statements = LRUCache(capacity: statementCacheSize)
        for sql in setup { try Self.complete(SQLiteStatement(sql, on: handle), on: handle) }
    }

    // MARK: Queries

    var running: QueuedQuery? {
        get { runGuard.query }
        set { runGuard.query = newValue }
    }

    /// A batch that writes takes the database's lock before its first statement.
    func beginBatch(isReadOnly: Bool) throws(DatabaseError) {
        try run(isReadOnly ? "BEGIN" : "BEGIN IMMEDIATE")
    }

    func execute(_ step: AtomicBatch.Step, for query: QueuedQuery) throws(DatabaseError) -> QueryRows {
        let statement = try prepared(step.statement)
        try setWriting(!step.isReadOnly)
        defer { statement.reset() }
        try statement.bind(step.statement, step.values, on: handle)
        var code = try self.step(statement)
        statement.refreshColumns()
        let row = SQLiteRowEncoder(statement, functions: functions)
        var result = RowCollector(statement.columns.layout, as: step.form)
        while code == .row {
            // What writes has to come to its end, also when nobody wants more of its rows.
            guard result.appendRow({ row.write($0, to: &$1) }) || !statement.isReadOnly else { break }
            try result.handOver(to: query)
            guard result.byteCount <= query.maximumBytes else { throw .tooLarge(query.maximumBytes) }
            code = try self.step(statement)
        }
        return result.finish(affectedRows: statement.isReadOnly ? nil : Int(functions.changes64(handle.pointer)))
    }

    private func step(_ statement: SQLiteStatement) throws(DatabaseError) -> SQLiteResultCode {
        let code = statement.step()
        guard code == .row || code == .done else { throw failure(code, doing: "running") }
        return code
    }

    private func failure(_ code: SQLiteResultCode, doing what: String) -> DatabaseError {
        let error = handle.lastError(code.rawValue, doing: what)
        if code.breaksConnection { loss = loss ?? error }
        return error
    }

    private func prepared(_ statement: EngineStatement) throws(DatabaseError) -> SQLiteStatement {
        if let known = statements.value(for: statement.key) { return known }
        let new = try SQLiteStatement(statement.sql, on: handle)
        _ = statements.insert(new, for: statement.key)
        return new
    }

    /// Lets SQLite refuse every write, or none. Free when nothing changes.
    ///
    /// The pragma takes effect when it is prepared, not when it runs, so it cannot be kept prepared.
    private func setWriting(_ allowed: Bool) throws(DatabaseError) {
        guard allowed != mayWrite else { return }
        try complete("PRAGMA query_only = \(allowed ? "OFF" : "ON")")
        mayWrite = allowed
    }

    /// A query must leave no transaction open: its locks, and its uncommitted rows, would go to the next query.
    func settle() {
        if functions.get_autocommit(handle.pointer) == 0 { loss = loss ?? .leftTransaction }
    }

    // MARK: The Lead's work

    /// SQLite's transactions are serializable, whatever is asked for.
    func begin(_ isolation: TransactionIsolation?) throws(DatabaseError) {
        try run("BEGIN IMMEDIATE")
    }

    func commit() throws(DatabaseError) {
        try run("COMMIT")
    }

    func rollback() {
        // A failed COMMIT or a full disk may have rolled back already; the state tells, not the result.
        try? run("ROLLBACK")
        settle()
    }

    func rows(
        _ statement: EngineStatement,
        _ values: [ParameterValue],
        limit: Int
    ) throws(DatabaseError) -> [DatabaseRow] {
        let prepared = try prepared(statement)
        try setWriting(!prepared.isReadOnly)
        defer { prepared.reset() }
        try prepared.bind(statement, values, on: handle)
        var rows: [DatabaseRow] = []
        while try step(prepared) == .row {
            guard rows.count < limit else {
                throw DatabaseError(.resultTooLarge, "the result has more than \(limit) rows")
            }
            rows.append(prepared.columns.row(of: prepared.pointer, functions: functions))
        }
        return rows
    }

    func read(_ statement: EngineStatement, _ values: [ParameterValue], limit: Int, within timeout: Duration)
        throws(DatabaseError) -> [DatabaseRow]
    {
        guard try prepared(statement).isReadOnly else { throw .writesWhereReading }
        runGuard.deadline = .now + timeout
        defer { runGuard.deadline = nil }
        return try rows(statement, values, limit: limit)
    }

    func describe(_ statement: EngineStatement) throws(DatabaseError) -> DescribedStatement {
        let prepared = try SQLiteStatement(statement.sql, on: handle)
        let facts = StatementFacts(columns: prepared.columns.facts, isReadOnly: prepared.isReadOnly)
        return DescribedStatement(statement, facts: facts)
    }

    func schemaMark() throws(DatabaseError) -> String? {
        let mark = try rows(Self.schemaVersion, [], limit: 1).first?["schema_version"]?.trimmedText
        // Preparing alone trusts the schema that the connection remembers; running a statement looks whether it still holds.
        try check()
        return mark
    }

    private static let schemaVersion = EngineStatement(sql: "PRAGMA schema_version", parameterOrder: [])

    func check() throws(DatabaseError) {
        try complete("SELECT count(*) FROM sqlite_schema")
    }

    func close() {
        loss = loss ?? .closed
        statements.removeAll()
    }

    func run(_ sql: String) throws(DatabaseError) {
        try setWriting(true)
        try complete(sql)
    }

    private func complete(_ sql: String) throws(DatabaseError) {
        let statement = try SQLiteStatement(sql, on: handle)
        do throws(DatabaseError) {
            try Self.complete(statement, on: handle)
        } catch {
            if error.code == .unavailable { loss = loss ?? error }
            throw error
        }
    }

    private static func complete(_ statement: SQLiteStatement, on handle: SQLiteHandle) throws(DatabaseError) {
        defer { statement.reset() }
        var code = statement.step()
        while code == .row { code = statement.step() }
        guard code == .done else { throw handle.lastError(code.rawValue, doing: "running") }
    }
}
