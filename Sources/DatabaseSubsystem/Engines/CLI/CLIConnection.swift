import CDatabaseClients
import HydrogenCore
import NIOCore

/// One connection over the call-level interface.
final class CLIConnection: BlockingConnection {
    var loss: DatabaseError?
    var running: QueuedQuery?
    var interrupter: (any EngineInterrupter)? { canceller }

    let session: CLISession
    let product: CLIProduct
    let row: CLIRow
    /// The isolation between transactions that ask for another one.
    let isolation: TransactionIsolation?
    /// Whether the driver commits each statement; not within a transaction.
    var commitsEach = true
    /// Whether the present transaction has an isolation of its own.
    var hasOwnIsolation = false

    private let canceller = CLICanceller()
    private let parameters: CLIParameters
    private var statements: LRUCache<EngineStatement.Key, CLIStatement>
    /// Whether rows of the present query are with its caller already.
    private var hasHandedOver = false

    /// - Parameters:
    ///   - opened: A session that is connected, and what it is connected to.
    ///   - setup: Statements that are run first.
    ///   - statementCacheSize: How many statements stay prepared.
    init(
        _ opened: (session: CLISession, product: CLIProduct),
        setup: [String],
        isolation: TransactionIsolation?,
        statementCacheSize: Int
    ) throws(DatabaseError) {
        session = opened.session
        product = opened.product
        row = CLIRow(product.numbers)
        parameters = CLIParameters(isDB2: product.numbers == .db2)
        statements = LRUCache(capacity: statementCacheSize)
        self.isolation = isolation
        for sql in setup { try run(sql) }
    }

    // MARK: Queries

    func beginBatch(isReadOnly: Bool) throws(DatabaseError) {
        try begin(nil)
    }

    func execute(_ step: AtomicBatch.Step, for query: QueuedQuery) throws(DatabaseError) -> QueryRows {
        try sweep()
        hasHandedOver = false
        do throws(DatabaseError) {
            return try rows(of: step, for: query)
        } catch {
            note(error)
            // One whose transaction is rolled back took no effect, and a batch keeps nothing.
            guard loss != nil, !step.isReadOnly, query.batch == nil else { throw error }
            throw error.withUnknownOutcome
        }
    }

    private func rows(of step: AtomicBatch.Step, for query: QueuedQuery) throws(DatabaseError) -> QueryRows {
        let statement = try prepared(step.statement)
        statement.limit(to: ContinuousClock.now.duration(to: query.deadline))
        try start(statement, step.statement, step.values)
        defer { finish(statement) }
        if try statement.refreshColumns() { query.planWasStale() }
        let columns = statement.columns ?? .none
        let (handle, forms, limit) = (statement.handle, columns.forms, query.maximumBytes)
        var result = RowCollector(columns.layout, as: step.form)
        while try forms.isEmpty ? false : statement.fetch() {
            row.begin(columns: forms.count)
            let isWanted = try result.appendRow { column, writer throws(DatabaseError) in
                try row.write(column, forms[column], of: handle, limit: limit, to: &writer)
            }
            // What writes has to come to its end, also when nobody wants more of its rows.
            guard isWanted || !step.isReadOnly else { break }
            let size = result.byteCount
            try result.handOver(to: query)
            if result.byteCount < size { hasHandedOver = true }
            guard result.byteCount <= limit else { throw .tooLarge(limit) }
        }
        let affectedRows = step.isReadOnly ? nil : statement.affectedRows
        if !step.isReadOnly { try statement.drain() }
        return result.finish(affectedRows: affectedRows)
    }

    /// Binds and runs a statement. To be followed by `finish`, when nothing was thrown.
    func start(
        _ statement: CLIStatement,
        _ bound: EngineStatement,
        _ values: [ParameterValue]
    ) throws(DatabaseError) {
        try parameters.bind(bound, values, to: statement.handle, product.numbers)
        canceller.begin(statement.handle)
        let code = statement.execute()
        guard code.isSuccess || code == .noData else {
            let error = statement.handle.diagnostics.error(product.numbers, doing: "running")
            finish(statement)
            throw error
        }
    }

    /// Leaves nothing of the statement's result behind.
    func finish(_ statement: CLIStatement) {
        statement.close()
        canceller.end()
        row.end()
    }

    func prepared(_ statement: EngineStatement) throws(DatabaseError) -> CLIStatement {
        if let known = statements.value(for: statement.key) { return known }
        let new = try CLIStatement(statement.sql, on: session, product)
        _ = statements.insert(new, for: statement.key)
        return new
    }

    /// Takes note of a failure that the connection does not survive.
    func note(_ error: DatabaseError) {
        guard loss == nil else { return }
        if error.code == .unavailable || session.isDead { loss = error }
    }

    /// A request to stop the former query that came too late for it must not hit the next: it hits this.
    func sweep() throws(DatabaseError) {
        guard canceller.takeDoubt() else { return }
        if (try? ping()) != nil { return }
        do throws(DatabaseError) {
            try ping()
        } catch {
            loss = loss ?? error
            throw error
        }
    }

    /// A query must leave no transaction open: its locks, and its uncommitted rows, would go to the next query.
    func settle() {
        if !commitsEach { loss = loss ?? .leftTransaction }
    }

    func waitToRetry(_ query: QueuedQuery, after error: DatabaseError, attempts: Int) -> Bool {
        guard loss == nil, !hasHandedOver else { return false }
        return ConflictPatience.wait(query, after: error, attempts: attempts)
    }

    func close() {
        loss = loss ?? .closed
        statements.removeAll()
    }
}
