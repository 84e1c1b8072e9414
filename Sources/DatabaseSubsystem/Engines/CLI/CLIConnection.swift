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
    var commitsEach = true {
        didSet { session.isInTransaction = !commitsEach }
    }
    /// Whether the present transaction has an isolation of its own.
    var hasOwnIsolation = false

    let canceller: CLICanceller
    private let parameters: CLIParameters
    private var statements: LRUCache<EngineStatement.Key, CLIStatement>
    /// Whether rows of the present query are with its caller already.
    private var hasHandedOver = false
    /// Whether the present statement has run, and was not refused as a whole.
    private var mayHaveTakenEffect = false

    /// - Parameters:
    ///   - opened: A session that is connected, and what it is connected to.
    ///   - setup: Statements that are run first.
    ///   - statementCacheSize: How many statements stay prepared.
    ///   - canceller: Stops what the session runs.
    init(
        _ opened: (session: CLISession, product: CLIProduct),
        setup: [String],
        isolation: TransactionIsolation?,
        statementCacheSize: Int,
        canceller: CLICanceller = CLICanceller()
    ) throws(DatabaseError) {
        session = opened.session
        product = opened.product
        row = CLIRow(product.numbers)
        parameters = CLIParameters(product)
        statements = LRUCache(capacity: statementCacheSize)
        self.isolation = isolation
        self.canceller = canceller
        for sql in setup { try run(sql) }
    }

    /// Has another session stop what this one runs, where the product needs that.
    func stopBySideRequests(over connector: CLIConnector) throws(DatabaseError) {
        guard let stop = product.stop else { return }
        let ask = EngineStatement(sql: stop.ask, parameterOrder: [])
        guard let number = try rows(ask, [], limit: 1).first?["n"]?.wholeNumber else { return }
        canceller.use(CLISideRequest("\(stop.request)\(number)", over: connector))
    }

    // MARK: Queries

    func beginBatch(isReadOnly: Bool) throws(DatabaseError) {
        try begin(nil)
    }

    func execute(_ step: AtomicBatch.Step, for query: QueuedQuery) throws(DatabaseError) -> QueryRows {
        try sweep()
        (hasHandedOver, mayHaveTakenEffect) = (false, false)
        do throws(DatabaseError) {
            return try rows(of: step, for: query)
        } catch {
            let error = noted(error)
            // A batch keeps nothing.
            guard loss != nil || mayHaveTakenEffect, !step.isReadOnly, query.batch == nil else { throw error }
            throw error.withUnknownOutcome
        }
    }

    /// A statement whose tables have changed since it was prepared is prepared anew; what writes only where it did nothing so far.
    private func rows(of step: AtomicBatch.Step, for query: QueuedQuery) throws(DatabaseError) -> QueryRows {
        if let known = statements.value(for: step.statement.key) {
            do throws(DatabaseError) {
                return try rows(of: step, by: known, for: query)
            } catch {
                guard let plan = known.stalePlan else { throw error }
                query.planWasStale()
                if step.isReadOnly ? hasHandedOver : plan != .untouched || mayHaveTakenEffect {
                    _ = statements.removeValue(for: step.statement.key)
                    throw error
                }
            }
            // Freed first: MariaDB's driver prepares none anew beside one that failed.
            _ = statements.removeValue(for: step.statement.key)
        }
        let statement = try prepared(step.statement.sql)
        _ = statements.insert(statement, for: step.statement.key)
        defer { if statement.stalePlan != nil { _ = statements.removeValue(for: step.statement.key) } }
        return try rows(of: step, by: statement, for: query)
    }

    private func rows(
        of step: AtomicBatch.Step,
        by statement: CLIStatement,
        for query: QueuedQuery
    ) throws(DatabaseError) -> QueryRows {
        mayHaveTakenEffect = false
        statement.limit(to: ContinuousClock.now.duration(to: query.deadline))
        do throws(DatabaseError) {
            try start(statement, step.statement, step.values)
        } catch {
            guard statement.stalePlan == .hasRun else { throw error }
            mayHaveTakenEffect = true
            throw .otherColumns
        }
        defer { finish(statement) }
        mayHaveTakenEffect = true
        if try statement.refreshColumns() { query.planWasStale() }
        let columns = statement.columns ?? .none
        let (handle, forms, limit) = (statement.handle, columns.forms, query.maximumBytes)
        var result = RowCollector(columns.layout, as: step.form)
        // What writes has to come to its end, also when nobody wants more of its rows; what is rolled back has not.
        let comesToEnd = !step.isReadOnly && query.batch == nil
        var objection: DatabaseError?
        while try forms.isEmpty ? false : fetch(statement) {
            guard objection == nil else { continue }
            do throws(DatabaseError) {
                row.begin(columns: forms.count)
                let isWanted = try result.appendRow { column, writer throws(DatabaseError) in
                    try row.write(column, forms[column], of: handle, limit: limit, to: &writer)
                }
                if let reason = query.stopReason { throw DatabaseError(stopped: reason, whileRunning: true) }
                guard isWanted || !step.isReadOnly else { break }
                let size = result.byteCount
                try result.handOver(to: query)
                if result.byteCount < size { hasHandedOver = true }
                guard result.byteCount <= limit else { throw .tooLarge(limit) }
            } catch {
                guard comesToEnd else { throw error }
                objection = error
            }
        }
        let affectedRows = step.isReadOnly ? nil : statement.affectedRows
        if !step.isReadOnly { try statement.drain() }
        if let objection { throw objection }
        return result.finish(affectedRows: affectedRows)
    }

    private func fetch(_ statement: CLIStatement) throws(DatabaseError) -> Bool {
        do throws(DatabaseError) {
            return try statement.fetch()
        } catch {
            // SQLite's driver runs a statement when its first row is fetched: what is refused there did nothing, as anywhere. DB2 does
            // not undo what was done when the cursor was opened, unless others stood in the way.
            if error.code == .busy || (error.code == .refused && product.numbers != .db2) { mayHaveTakenEffect = false }
            throw error
        }
    }

    /// Binds and runs a statement. To be followed by `finish`, when nothing was thrown.
    func start(
        _ statement: CLIStatement,
        _ bound: EngineStatement,
        _ values: [ParameterValue]
    ) throws(DatabaseError) {
        try parameters.bind(bound, values, to: statement.handle, product.numbers)
        canceller.begin(statement.handle)
        do throws(DatabaseError) {
            // A request to stop that came before this found nothing that ran.
            if let reason = running?.stopReason { throw DatabaseError(stopped: reason, whileRunning: true) }
            try statement.execute()
        } catch {
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

    func prepared(_ sql: String) throws(DatabaseError) -> CLIStatement {
        try CLIStatement(sql, on: session, product, canceller)
    }

    /// Takes note of a failure that the connection does not survive: some drivers tell it by a general SQLSTATE.
    ///
    /// - Returns: The failure as it is to be told.
    func noted(_ error: DatabaseError) -> DatabaseError {
        var error = error
        if error.code != .unavailable, session.isDead {
            error = .connectionFailure("the connection to the database server was lost", detail: error.detail)
        }
        if error.endsCLISession || canceller.hasGivenUp { loss = loss ?? error }
        return error
    }

    /// A request to stop the former query that came too late for it must not hit the next: it hits this.
    func sweep() throws(DatabaseError) {
        guard canceller.takeDoubt() else { return }
        // A failure is what the request does.
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
        // Its driver was seen to wait for ever, after a stop, for rows that had been broken off.
        if product.numbers == .mariaDB, canceller.takeDoubt() { loss = loss ?? .stoppedInMidst }
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

extension DatabaseError {
    /// For a connection whose driver cannot be trusted after a query was stopped.
    fileprivate static let stoppedInMidst = DatabaseError(
        .unavailable,
        "a query was stopped, and the driver's connection cannot be trusted after that"
    )
}
