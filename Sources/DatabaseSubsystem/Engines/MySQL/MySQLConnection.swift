import CDatabaseClients
import HydrogenCore

/// One connection to a MySQL or MariaDB server, which runs one prepared statement after the other.
///
/// Between two queries every result has been read and no transaction is open; in any doubt the connection becomes unusable.
final class MySQLConnection: BlockingConnection {
    private(set) var loss: DatabaseError?
    let sessionID: Int?
    var interrupter: (any EngineInterrupter)? { stopper }
    var descriptor: CInt? { handle.socket }

    let handle: MySQLHandle
    private let stopper: MySQLInterrupter
    private let abort: AbortSignal
    private var patience: MySQLPatience
    private var statements: LRUCache<EngineStatement.Key, MySQLStatement>
    private var parameters = MySQLParameters()
    private var session: SessionSettings
    /// Whether a statement that may have begun a transaction ended with an error, which says nothing of that.
    private var isStatusOld = false
    /// Whether there are other servers to go to.
    private let hasOtherServers: Bool
    /// Whether the server refused a write as it takes none.
    private var isDemoted = false

    /// How long a sign of life may take.
    static let checkLimit = Duration.seconds(5)
    /// How long the server may say nothing to what it should answer at once.
    static let silenceLimit = Duration.seconds(30)
    /// How long the reason of a farewell is waited for.
    private static let farewellLimit = Duration.seconds(1)
    /// How many rows that nobody wants are read between two looks at the clock.
    private static let fewRows = 256

    /// Takes a connection over that has been opened.
    ///
    /// - Parameters:
    ///   - stopper: Stops what the session runs.
    ///   - hasOtherServers: Whether to leave a server that takes no writes any more.
    ///   - statementCacheSize: How many statements stay prepared.
    init(
        _ handle: MySQLHandle,
        stopper: MySQLInterrupter,
        isolation: TransactionIsolation?,
        hasOtherServers: Bool,
        statementCacheSize: Int,
        abort: AbortSignal
    ) throws(DatabaseError) {
        self.handle = handle
        self.stopper = stopper
        self.abort = abort
        self.hasOtherServers = hasOtherServers
        sessionID = Int(handle.sessionID)
        patience = MySQLPatience(silence: Self.checkLimit, abort)
        statements = LRUCache(capacity: statementCacheSize)
        session = .mySQL(isMariaDB: handle.isMariaDB)
        let opening = SessionSettings.openingMySQL(isMariaDB: handle.isMariaDB, isolation)
        try perform(opening, silence: Self.checkLimit)
    }

    deinit {
        close()
    }

    // MARK: Queries

    var running: QueuedQuery? {
        didSet { if let running { patience = MySQLPatience(running, stopper) } }
    }

    func beginBatch(isReadOnly: Bool) throws(DatabaseError) {
        guard let running else { return }
        try prepareSession(isReadOnly: isReadOnly, until: running.deadline)
        try perform("START TRANSACTION READ \(isReadOnly ? "ONLY" : "WRITE")")
    }

    func execute(_ step: AtomicBatch.Step, for query: QueuedQuery) throws(DatabaseError) -> QueryRows {
        if query.batch == nil {
            try prepareSession(isReadOnly: step.isReadOnly, until: query.deadline)
        } else {
            try requireSilence()
        }
        do throws(DatabaseError) {
            return try answer(step, for: query)
        } catch {
            if !step.isReadOnly { isStatusOld = true }
            // Of a batch nothing is kept.
            throw loss != nil && !step.isReadOnly && query.batch == nil ? error.withUnknownOutcome : error
        }
    }

    private func answer(_ step: AtomicBatch.Step, for query: QueuedQuery) throws(DatabaseError) -> QueryRows {
        let statement = try begin(step, for: query)
        var result = RowCollector(statement.columns.layout, as: step.form)
        var objection: DatabaseError?
        while try fetch(statement), let row = statement.currentRow {
            // What writes has to come to its end, also when nobody wants more of its rows.
            guard objection == nil else { continue }
            do throws(DatabaseError) {
                guard result.appendRow({ row.write($0, to: &$1) }) else {
                    if step.isReadOnly { break } else { continue }
                }
                try result.handOver(to: query)
                guard result.byteCount <= query.maximumBytes else { throw .tooLarge(query.maximumBytes) }
                guard !step.isReadOnly || query.stopReason == nil else { throw Self.stopped }
            } catch {
                objection = error
                if step.isReadOnly { break }
            }
        }
        let isWhole = !statement.hasOpenResult
        dropRows(of: statement)
        // The results after one that was too much are not to be taken for the answers to other statements.
        if objection != nil, isWhole { try? finish(statement) }
        if let objection { throw step.isReadOnly || query.batch != nil ? objection : objection.withUnknownOutcome }
        try finish(statement)
        // SLEEP and its like end early, and without an error, when they are stopped.
        guard !step.isReadOnly || query.stopReason == nil else { throw Self.stopped }
        let affected = statement.affectedRows
        return result.finish(affectedRows: step.isReadOnly ? nil : affected ?? result.rowCount)
    }

    /// Has the server run a step's statement, up to its first row.
    private func begin(_ step: AtomicBatch.Step, for query: QueuedQuery) throws(DatabaseError) -> MySQLStatement {
        try parameters.fill(step.statement, step.values)
        var attempts = 0
        while true {
            attempts += 1
            let statement = try prepared(step.statement)
            try checkParameters(of: statement)
            if try isTaken({ () throws(DatabaseError) in try handle.execute(statement, &parameters, &patience) }) {
                guard try beginResult(of: statement) else { return statement }
                query.planWasStale()
                guard step.isReadOnly, attempts == 1 else { return statement }
                // What is known of its columns from the time when it was prepared holds no longer.
                dropRows(of: statement)
                try forget(step.statement)
                continue
            }
            let answer = MySQLAnswer(of: statement)
            let hasOtherColumns = answer.number == .otherColumns
            guard hasOtherColumns || answer.number.isStalePlan, attempts == 1 else {
                throw failure(answer, doing: "running")
            }
            try forget(step.statement)
            query.planWasStale()
            // It has run: what only reads may do so again.
            guard step.isReadOnly || !hasOtherColumns else {
                throw query.batch == nil ? .otherColumns.withUnknownOutcome : .otherColumns
            }
        }
    }

    private func checkParameters(of statement: MySQLStatement) throws(DatabaseError) {
        guard statement.parameterCount == parameters.count else {
            throw DatabaseError(
                .refused,
                "preparing: the SQL has \(statement.parameterCount) placeholders, and \(parameters.count) of them are "
                    + "parameters; write :name in place of ?"
            )
        }
    }

    private func beginResult(of statement: MySQLStatement) throws(DatabaseError) -> Bool {
        guard statement.columnCount <= MySQLStatement.mostColumns else {
            handle.cut()
            throw lose(.tooManyColumns)
        }
        return statement.beginResult(sentFields)
    }

    private var sentFields: UnsafePointer<HydrogenMySQLField>? {
        withUnsafePointer(to: handle.functions) { hydrogen_mysql_sent_fields($0, handle.pointer) }
    }

    private func fetch(_ statement: MySQLStatement) throws(DatabaseError) -> Bool {
        guard statement.hasOpenResult else { return false }
        let result: CInt
        do throws(DatabaseError) {
            result = try handle.fetch(statement, &patience)
        } catch {
            throw lose(error)
        }
        if result == 0, !statement.hasBrokenRow { return true }
        statement.hasOpenResult = false
        switch result {
        // `MYSQL_NO_DATA`.
        case 100: return false
        // The library notes what ended the rows for the connection alone.
        case 1: throw failure(MySQLAnswer(of: handle), doing: "running")
        // Later versions of the library look at lengths themselves, and say so by another number.
        default:
            handle.cut()
            throw lose(.brokenRow)
        }
    }

    /// Reads the further results of a procedure, which nobody sees.
    private func finish(_ statement: MySQLStatement) throws(DatabaseError) {
        while statement.hasMoreResults {
            let result: CInt
            do throws(DatabaseError) {
                result = try handle.nextResult(of: statement, &patience)
            } catch {
                throw lose(error)
            }
            guard result <= 0 else { throw failure(MySQLAnswer(of: statement), doing: "running") }
            if result < 0 { return }
        }
    }

    /// Reads the rows that nobody wants, and has the server stop when they do not end soon.
    private func dropRows(of statement: MySQLStatement) {
        guard statement.hasOpenResult, isUsable else { return }
        patience.giveUpRows()
        var count = 0
        do throws(DatabaseError) {
            while try fetch(statement) {
                count += 1
                guard count % Self.fewRows == 0, let objection = patience.objection() else { continue }
                handle.cut()
                throw lose(objection)
            }
        } catch {
            // The answer to the request to stop; or the end of the connection, which is noted.
        }
        guard let running, isUsable else { return }
        // Another statement may follow for the same query, which is wanted, and which the request must not hit. A failure is the end of
        // the connection, and noted.
        patience = MySQLPatience(running, stopper)
        if running.stopReason == nil { try? clearRequests() }
    }

    /// Makes sure that the next query finds no transaction, and nothing that stops it.
    func settle() {
        expectSilence()
        guard isUsable else { return }
        do throws(DatabaseError) {
            try waitForQuiet()
            // The answer to a statement that does nothing.
            if isStatusOld { try perform("DO 0") }
            isStatusOld = false
        } catch {
            lose(error)
            return
        }
        if isDemoted {
            lose(.noWrites)
        } else if handle.isInTransaction {
            lose(.leftTransaction)
        } else if !handle.commitsByItself {
            lose(.lostSettings)
        }
    }

    /// Waits until no request to stop can hit what runs next.
    private func waitForQuiet() throws(DatabaseError) {
        let limit = MySQLInterrupter.limit + ServerPatience.grace
        guard stopper.requests.waitUntilQuiet(atMost: limit) else { throw lose(.silentServer) }
    }

    // MARK: The session

    /// Brings the session into the state that a query needs: read-only or not, and with a time limit in case this process dies.
    func prepareSession(isReadOnly: Bool, until deadline: ContinuousClock.Instant) throws(DatabaseError) {
        try requireSilence()
        try clearRequests()
        try change(session.change(isReadOnly: isReadOnly, timeLimit: ContinuousClock.now.duration(to: deadline)))
    }

    /// Lets the connection's own work write and take its time.
    func releaseSession() throws(DatabaseError) {
        try requireSilence()
        try clearRequests()
        try change(session.release())
    }

    private func change(_ sql: String?) throws(DatabaseError) {
        guard let sql else { return }
        do throws(DatabaseError) {
            try perform(sql)
        } catch {
            session.forget()
            throw error
        }
    }

    /// Lets a request to stop that came too late hit a statement that nobody waits for.
    private func clearRequests() throws(DatabaseError) {
        try waitForQuiet()
        guard stopper.takeWasUsed() else { return }
        do throws(DatabaseError) {
            try perform("DO 0")
        } catch {
            guard isUsable else { throw error }
        }
    }

    // MARK: Calls

    /// Runs a statement as text, and drops its rows.
    ///
    /// - Parameter silence: How long the server may say nothing; `nil` for as long as the landing allows. While a query runs, its own
    ///   time counts.
    func perform(_ sql: String, silence: Duration? = silenceLimit) throws(DatabaseError) {
        try requireSilence()
        beginOwnWork(silence: silence)
        guard try isTaken({ () throws(DatabaseError) in try handle.query(sql, &patience) }) else {
            throw failure(MySQLAnswer(of: handle), doing: "running")
        }
    }

    private func beginOwnWork(silence: Duration?) {
        // A server that never ends what it says is not silent.
        if running == nil { patience = MySQLPatience(silence: silence, within: silence.map { $0 * 2 }, abort) }
    }

    private func isTaken(_ call: () throws(DatabaseError) -> Bool) throws(DatabaseError) -> Bool {
        do throws(DatabaseError) {
            return try call()
        } catch {
            throw lose(error)
        }
    }

    private func prepared(_ statement: EngineStatement) throws(DatabaseError) -> MySQLStatement {
        if let known = statements.value(for: statement.key) { return known }
        let new = try prepare(statement.sql)
        if let former = statements.insert(new, for: statement.key) { try release(former) }
        return new
    }

    private func forget(_ statement: EngineStatement) throws(DatabaseError) {
        guard let former = statements.removeValue(for: statement.key) else { return }
        try release(former)
    }

    private func prepare(_ sql: String) throws(DatabaseError) -> MySQLStatement {
        let outcome: Result<MySQLStatement, MySQLAnswer>
        do throws(DatabaseError) {
            outcome = try handle.prepare(sql, &patience)
        } catch {
            throw error.code == .libraryMissing ? error : lose(error)
        }
        switch outcome {
        case .success(let statement): return statement
        case .failure(let answer): throw failure(answer, doing: "preparing")
        }
    }

    private func release(_ statement: MySQLStatement) throws(DatabaseError) {
        do throws(DatabaseError) {
            try handle.close(statement, &patience)
        } catch {
            throw lose(error)
        }
    }

    /// Prepares a statement of the connection's own, lends it to `body`, and frees it.
    func withPrepared<Value>(
        _ sql: String,
        silence: Duration = silenceLimit,
        _ body: (MySQLStatement) throws(DatabaseError) -> Value
    ) throws(DatabaseError) -> Value {
        beginOwnWork(silence: silence)
        let statement = try prepare(sql)
        let outcome = Result { () throws(DatabaseError) in try body(statement) }
        if isUsable { try release(statement) }
        return try outcome.get()
    }

    /// The rows of a statement of the connection's own, at most `limit`.
    func ownRows(
        _ statement: EngineStatement,
        _ values: [ParameterValue] = [],
        limit: Int,
        silence: Duration = silenceLimit
    ) throws(DatabaseError) -> [DatabaseRow] {
        try withPrepared(statement.sql, silence: silence) { prepared throws(DatabaseError) in
            try parameters.fill(statement, values)
            try checkParameters(of: prepared)
            guard try isTaken({ () throws(DatabaseError) in try handle.execute(prepared, &parameters, &patience) })
            else {
                throw failure(MySQLAnswer(of: prepared), doing: "running")
            }
            _ = try beginResult(of: prepared)
            var rows: [DatabaseRow] = []
            while try fetch(prepared), let row = prepared.currentRow {
                guard rows.count < limit else {
                    throw DatabaseError(.resultTooLarge, "the result has more than \(limit) rows")
                }
                let columns = prepared.columns
                rows.append(DatabaseRow(columns: columns.layout.names, values: columns.forms.indices.map(row.value)))
            }
            try finish(prepared)
            return rows
        }
    }

    func check() throws(DatabaseError) {
        beginOwnWork(silence: Self.checkLimit)
        guard try isTaken({ () throws(DatabaseError) in try handle.ping(&patience) }) else {
            throw lose(.lost(handle.lastError, reason: handle.lastReason))
        }
    }

    // MARK: Losing the connection

    /// What the server, or the library, said against a call.
    private func failure(_ answer: MySQLAnswer, doing what: String) -> DatabaseError {
        guard !answer.number.endsSession else { return lose(.lost(answer.number, reason: answer.reason)) }
        let error = DatabaseError(answer.number, state: answer.state, reason: answer.reason, doing: what)
        // The query was not run, and says so; its connection goes when it has been answered.
        if error == .noWrites, hasOtherServers { isDemoted = true }
        return error
    }

    /// The connection is over.
    @discardableResult
    func lose(_ reason: DatabaseError) -> DatabaseError {
        loss = loss ?? reason
        return reason
    }

    func receiveWhileIdle() {
        expectSilence()
    }

    /// Loses a connection on which something has come that nobody asked for: the answers that follow would be those to other requests.
    private func expectSilence() {
        guard isUsable, handle.hasUnread else { return }
        // Most likely the server's farewell, which is taken for the answer to whatever is asked next.
        var brief = MySQLPatience(silence: Self.farewellLimit, within: Self.farewellLimit, abort)
        let isAnswered = try? handle.ping(&brief)
        lose(isAnswered == false ? .lost(handle.lastError, reason: handle.lastReason) : .unaskedAnswer)
    }

    /// Makes sure that what is sent next gets its own answer.
    private func requireSilence() throws(DatabaseError) {
        expectSilence()
        if let loss { throw loss }
    }

    func close() {
        loss = loss ?? .closed
        handle.close()
        // Their connection is closed: nothing is said to the server any more.
        statements.removeAll()
    }

    /// What a stopped query throws where the server did not; its caller is told why it was stopped.
    private static let stopped = DatabaseError(.cancelled, "running: stopped")
}

extension MySQLAnswer {
    /// What a statement failed with.
    init(of statement: MySQLStatement) {
        self.init(number: statement.lastError, state: statement.lastState, reason: statement.lastReason)
    }

    /// What a connection failed with.
    init(of handle: MySQLHandle) {
        self.init(number: handle.lastError, state: handle.lastState, reason: handle.lastReason)
    }
}
