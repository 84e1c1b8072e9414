import CDatabaseClients
import HydrogenCore

/// One connection to a PostgreSQL server, in pipeline mode from its first moment to its last.
///
/// A *quick* connection, of a queue for fast and cached queries, takes many reads at once: they share segments, an error sends
/// those that it aborted once more, each by itself, and nothing is ever cancelled. New ones are sent while others are under way; now
/// and then all are waited for. Any other connection runs one query at a time, in a segment of its own, streams large results, and
/// can be interrupted. When nothing is in flight, every answer has been read and no transaction is open; in any doubt the
/// connection becomes unusable.
final class PostgreSQLConnection: EngineConnection {
    let capacity: Int
    private(set) var inFlight = 0
    private(set) var loss: DatabaseError?
    var interrupter: (any EngineInterrupter)? { canceller }
    let sessionID: Int?

    let handle: PostgreSQLHandle
    let functions: HydrogenPostgreSQLFunctions
    private let abort: AbortSignal
    /// Stops what runs; `nil` on a quick connection.
    private let canceller: PostgreSQLCanceller?
    /// The server-side limit of each query of a quick connection.
    private let quickTimeout: Duration?

    private var pipeline: PostgreSQLPipeline
    private var statements: PostgreSQLStatements
    private var parameters = PostgreSQLParameters()
    private var session = SessionSettings.postgreSQL
    /// Queries that did not run and are sent again.
    private var again: [PostgreSQLPipeline.Flight] = []
    /// Whether queries were sent that no sync follows yet.
    private var isSegmentOpen = false
    /// The rows of the query that is being answered.
    private var encoder: PostgreSQLRowEncoder?
    /// Whether a query was interrupted: what may be left of that must not hit the next one.
    private var needsBarrier = false
    /// Whether the connection itself wants no more of the rows that come.
    private var isUnwanted = false
    /// Whether the server has refused a write because it takes none.
    private var isServerReadOnly = false

    /// How many queries were sent since nothing was in flight.
    private var sentSinceQuiet = 0

    /// The most queries in flight.
    private static let mostInFlight = 256
    /// After how many queries everything in flight is waited for: only then can it be told whether the session is as it was.
    private static let quietAfter = 4096

    /// - Parameters:
    ///   - quickTimeout: The server-side limit of each query, on a connection that takes many reads at once; `nil` on any other.
    ///   - statementCacheSize: How many statements stay prepared.
    init(
        _ handle: PostgreSQLHandle,
        quickTimeout: Duration?,
        statementCacheSize: Int,
        abort: AbortSignal
    ) throws(DatabaseError) {
        self.handle = handle
        self.functions = handle.functions
        self.abort = abort
        self.quickTimeout = quickTimeout
        capacity = quickTimeout == nil ? 1 : Self.mostInFlight
        canceller = quickTimeout == nil ? try PostgreSQLCanceller(handle) : nil
        sessionID = Int(handle.functions.backendPID(handle.pointer))
        pipeline = PostgreSQLPipeline(sharesSegments: quickTimeout != nil)
        statements = PostgreSQLStatements(capacity: statementCacheSize)
    }

    var descriptor: CInt? { handle.socket }

    var room: Int { sentSinceQuiet < Self.quietAfter ? capacity - inFlight : 0 }

    private var isQuick: Bool { quickTimeout != nil }

    /// What a quick connection sets once: the server refuses writes, and ends what takes long.
    var quickSettings: [String] {
        quickTimeout.map { limit in
            ["'default_transaction_read_only', 'on'", "'statement_timeout', '\(Int(limit.milliseconds))'"]
        } ?? []
    }

    // MARK: Sending

    func start(_ query: QueuedQuery, _ deliver: Deliver) {
        inFlight += 1
        do throws(DatabaseError) {
            // First of all: a query that cannot be sent must leave nothing under way.
            try check(query.batch)
            try parameters.fill(query.statement, query.values)
        } catch {
            return finish(query, .failure(error), deliver)
        }
        if !isQuick { prepareSession(for: query) }
        if let batch = query.batch { send(batch, of: query) } else { send(query, isAlone: !isQuick) }
    }

    private func check(_ batch: AtomicBatch?) throws(DatabaseError) {
        for (index, step) in (batch?.steps ?? []).enumerated() {
            do throws(DatabaseError) {
                try parameters.fill(step.statement, step.values)
            } catch {
                batch?.failed(at: index)
                throw error
            }
        }
    }

    func flush(_ deliver: Deliver) {
        endSegment()
    }

    /// Sends a query, whose parameters are laid out, and before it what prepares its statement.
    ///
    /// - Parameter isAlone: Whether the query gets a segment of its own; one whose statement is new gets one anyway.
    private func send(_ query: QueuedQuery, isAlone: Bool, attempts: Int = 0) {
        let known = statements.known(query.statement.key)
        let isAlone = isAlone || known == nil
        if isAlone { endSegment() }
        sentSinceQuiet += 1
        let prepared = known ?? prepare(query.statement)
        push(prepared, of: query, attempts: attempts)
        if isAlone { endSegment() }
    }

    /// Sends a prepared statement with the parameters that are laid out.
    private func push(
        _ prepared: PostgreSQLStatements.Prepared,
        of query: QueuedQuery,
        step: Int = 0,
        attempts: Int
    ) {
        let flight = PostgreSQLPipeline.Flight(query: query, prepared: prepared, step: step, attempts: attempts)
        push(.query(flight)) {
            prepared.name.withUnsafeBufferPointer { name in
                parameters.withPointers { count, values in
                    guard let name = name.baseAddress else { return 0 }
                    return functions.sendQueryPrepared(handle.pointer, name, count, values, nil, nil, 0)
                }
            }
        }
    }

    /// Sends a transaction with the statements of a batch in one segment; they are prepared before. It is committed once all have
    /// succeeded, and what fails on this side counts as well.
    private func send(_ batch: AtomicBatch, of query: QueuedQuery, attempts: Int = 0) {
        batch.begin()
        endSegment()
        let prepared = batch.steps.map { step in
            if let known = statements.known(step.statement.key) { return known }
            defer { endSegment() }
            return prepare(step.statement, isOfBatch: true)
        }
        // With a statement of its own, and not the segment's own transaction: in that some statements would commit by themselves.
        push(.housekeeping) { sendOwn("BEGIN READ \(batch.isReadOnly ? "ONLY" : "WRITE")") }
        for (index, step) in batch.steps.enumerated() {
            do throws(DatabaseError) {
                try parameters.fill(step.statement, step.values)
            } catch {
                preconditionFailure("a step of a batch was found to be fit, and is not")
            }
            push(prepared[index], of: query, step: index, attempts: attempts)
        }
        endSegment()
        freeUnused()
    }

    /// Ends a batch, all of whose statements have succeeded.
    private func commit(_ flight: PostgreSQLPipeline.Flight, _ rows: QueryRows) {
        push(.commit(flight, rows)) { sendOwn("COMMIT") }
        endSegment()
    }

    /// - Parameter isOfBatch: Whether what it takes the place of may be another statement of the same batch.
    private func prepare(_ statement: EngineStatement, isOfBatch: Bool = false) -> PostgreSQLStatements.Prepared {
        let prepared = statements.add(statement.key)
        if !isOfBatch { freeUnused() }
        let types = PostgreSQLType.bindings(of: statement)
        push(.prepare(prepared)) {
            prepared.name.withUnsafeBufferPointer { name in
                guard let name = name.baseAddress else { return 0 }
                return functions.sendPrepare(handle.pointer, name, statement.sql, CInt(types.count), types)
            }
        }
        return prepared
    }

    /// Frees what others took the place of.
    private func freeUnused() {
        while let unused = statements.takeUnused() { keepHouse("DEALLOCATE \(unused)") }
    }

    /// Brings the session into the state that a query needs: read-only or not, and with a time limit in case this process dies.
    private func prepareSession(for query: QueuedQuery) {
        if needsBarrier {
            needsBarrier = false
            keepHouse("SELECT 1")
        }
        let left = ContinuousClock.now.duration(to: query.deadline)
        if let sql = session.change(isReadOnly: query.isReadOnly, timeLimit: left) { keepHouse(sql, as: .settings) }
    }

    /// Sends a statement of the connection's own in a segment of its own.
    private func keepHouse(_ sql: String, as operation: PostgreSQLPipeline.Operation = .housekeeping) {
        push(operation) { sendOwn(sql) }
        endSegment()
    }

    private func sendOwn(_ sql: String) -> CInt {
        functions.sendQueryParams(handle.pointer, sql, 0, nil, nil, nil, nil, 0)
    }

    private func endSegment() {
        guard isSegmentOpen else { return }
        push(.sync) { (functions.sendPipelineSync ?? functions.pipelineSync)(handle.pointer) }
        isSegmentOpen = false
    }

    private func push(_ operation: PostgreSQLPipeline.Operation, _ send: () -> CInt) {
        let wasEmpty = pipeline.isEmpty
        pipeline.push(operation)
        isSegmentOpen = true
        // A failure to send is a lost connection, which the next read finds and answers.
        _ = send()
        if wasEmpty { expectFirst() }
    }

    /// Rows come one by one where a large result may be streamed.
    private func expectFirst() {
        guard !isQuick, pipeline.firstFlight != nil else { return }
        _ =
            functions.setChunkedRowsMode.map { $0(handle.pointer, Self.rowsInChunk) }
            ?? functions.setSingleRowMode(handle.pointer)
    }

    // MARK: Receiving

    func advance(_ deliver: Deliver) {
        do throws(DatabaseError) {
            repeat {
                try receive(deliver)
                sendAgain(deliver)
            } while inFlight == 0 && !pipeline.isEmpty
            guard pipeline.isEmpty else { return }
            sentSinceQuiet = 0
            isUnwanted = false
            try waitForQuiet()
            // The next query would find the transaction, its locks and its changes.
            guard handle.isIdle else { throw .leftTransaction }
            // Another server of the list may take writes.
            guard !isServerReadOnly || !handle.wantsWriter else { throw .noWrites }
            guard !pipeline.hasLostSettings else { throw .lostSettings }
        } catch {
            lose(error, deliver)
        }
    }

    private func sendAgain(_ deliver: Deliver) {
        let flights = again
        again = []
        for flight in flights {
            if let batch = flight.query.batch {
                send(batch, of: flight.query, attempts: flight.attempts + 1)
                continue
            }
            do throws(DatabaseError) {
                try parameters.fill(flight.query.statement, flight.query.values)
                send(flight.query, isAlone: true, attempts: flight.attempts + 1)
            } catch {
                finish(flight.query, .failure(error), deliver)
            }
        }
    }

    /// Reads until everything that was sent has been answered, or some of many reads: others are then sent while the server still works
    /// on the rest.
    private func receive(_ deliver: Deliver) throws(DatabaseError) {
        var patience = ServerPatience(quickTimeout: quickTimeout)
        let before = inFlight
        while true {
            try takeResults(deliver)
            guard !pipeline.isEmpty else { return }
            if isQuick, inFlight > 0, inFlight < before || !again.isEmpty { return }
            let unsent = functions.flush(handle.pointer)
            guard unsent >= 0 else { throw .lost(handle) }
            let query = isQuick ? nil : pipeline.firstUnanswered?.query
            if let canceller, isUnwanted || query?.stopReason != nil, canceller.requests.isQuiet,
                patience.allowsCancel()
            {
                // A request that meets an idle session, or one of the connection's own statements, is lost: ask again.
                needsBarrier = true
                canceller.interrupt {}
            }
            if handle.wait(forWriting: unsent > 0, atMost: ServerPatience.slice) {
                guard functions.consumeInput(handle.pointer) == 1 else { throw .lost(handle) }
                patience.heard()
            } else {
                guard !patience.isOver(waitingFor: query) else { throw .silentServer }
            }
        }
    }

    private func takeResults(_ deliver: Deliver) throws(DatabaseError) {
        while !pipeline.isEmpty, functions.isBusy(handle.pointer) == 0 {
            guard let pointer = functions.getResult(handle.pointer) else {
                encoder = nil
                conclude(pipeline.operationEnded(), deliver)
                expectFirst()
                continue
            }
            try take(PostgreSQLResult(pointer, functions), deliver)
        }
        guard handle.isOK else { throw .lost(handle) }
    }

    private func take(_ result: consuming PostgreSQLResult, _ deliver: Deliver) throws(DatabaseError) {
        switch result.status {
        case .singleTuple, .tuplesChunk: appendRows(result)
        case .tuplesOK, .commandOK: complete(result)
        case .emptyQuery: pipeline.answered(.error(Self.noStatement))
        case .fatalError:
            let diagnostics = result.diagnostics
            guard !diagnostics.isFatal else { throw .fatal(diagnostics, handle) }
            if diagnostics.sqlState == .readOnlyTransaction, pipeline.firstFlight?.query.isReadOnly == false {
                isServerReadOnly = true
                pipeline.failed(.noWrites, isStalePlan: false)
            } else {
                pipeline.failed(diagnostics.error(doing: "running"), isStalePlan: diagnostics.isStalePlan)
            }
        case .pipelineAborted: pipeline.answered(.aborted)
        case .pipelineSync:
            conclude(pipeline.synchronized(), deliver)
            expectFirst()
        case .copyIn, .copyOut, .copyBoth, .badResponse, .nonfatalError: throw .lost(handle)
        }
    }

    /// Takes rows of a result that comes in pieces.
    private func appendRows(_ result: borrowing PostgreSQLResult) {
        guard let flight = pipeline.firstFlight, !pipeline.hasAnswer else { return }
        do throws(DatabaseError) {
            encode(result, of: flight)
            try encoder?.collector.handOver(to: flight.query)
            guard encoder?.collector.byteCount ?? 0 <= flight.query.maximumBytes else {
                throw tooLarge(for: flight.query)
            }
            answerTruncated(flight)
        } catch {
            // What still comes is dropped, and the server asked to stop.
            pipeline.answered(.error(error))
            encoder = nil
            isUnwanted = true
        }
    }

    /// Takes a read for answered that has more rows than were asked for. What writes has to come to its end.
    private func answerTruncated(_ flight: PostgreSQLPipeline.Flight) {
        guard flight.query.isReadOnly, flight.query.batch == nil, encoder?.collector.isTruncated == true,
            let all = encoder.take()
        else { return }
        pipeline.answered(.rows(all.collector.finish(affectedRows: nil)))
        isUnwanted = true
    }

    /// Takes the last piece of a result, or all of it.
    private func complete(_ result: borrowing PostgreSQLResult) {
        guard let flight = pipeline.firstFlight, !pipeline.hasAnswer else { return }
        encode(result, of: flight)
        guard let all = encoder.take() else { return }
        guard all.collector.byteCount <= flight.query.maximumBytes else {
            return pipeline.answered(.error(tooLarge(for: flight.query)))
        }
        pipeline.answered(.rows(all.collector.finish(affectedRows: flight.isReadOnly ? nil : result.affectedRows ?? 0)))
    }

    private func tooLarge(for query: QueuedQuery) -> DatabaseError {
        let error = DatabaseError.tooLarge(query.maximumBytes)
        // A batch is not committed then.
        return query.isReadOnly || query.batch != nil ? error : error.withUnknownOutcome
    }

    private func encode(_ result: borrowing PostgreSQLResult, of flight: PostgreSQLPipeline.Flight) {
        if encoder == nil { encoder = PostgreSQLRowEncoder(flight.prepared.columns(of: result), as: flight.form) }
        encoder?.append(result)
    }

    private func conclude(_ conclusion: PostgreSQLPipeline.Conclusion?, _ deliver: Deliver) {
        switch conclusion {
        case .finish(let flight, let result):
            if flight.query.stopReason != nil { needsBarrier = true }
            if case .failure = result { rollBack(flight) }
            finish(flight.query, result, deliver)
        case .again(let flight):
            rollBack(flight)
            again.append(flight)
        case .commit(let flight, let rows): commit(flight, rows)
        case nil: break
        }
    }

    /// Ends the transaction of a batch of which nothing is to stay.
    private func rollBack(_ flight: PostgreSQLPipeline.Flight) {
        if flight.query.batch != nil { keepHouse("ROLLBACK") }
    }

    private func finish(_ query: QueuedQuery, _ result: Result<QueryRows, DatabaseError>, _ deliver: Deliver) {
        inFlight -= 1
        deliver(query, result)
    }

    /// Waits until no cancel request can hit what runs next.
    private func waitForQuiet() throws(DatabaseError) {
        guard canceller?.requests.waitUntilQuiet(atMost: ServerPatience.grace) ?? true else { throw .silentServer }
    }

    // MARK: Losing the connection

    /// Answers every query in flight: the connection is over.
    private func lose(_ error: DatabaseError, _ deliver: Deliver) {
        loss = error
        let flights = pipeline.flights + again
        pipeline.removeAll()
        again = []
        for flight in flights {
            let isUncertain = !flight.query.isReadOnly
            finish(flight.query, .failure(isUncertain ? error.withUnknownOutcome : error), deliver)
        }
    }

    /// The connection is over, found while no query was in flight: for a reason of its own, or because libpq says so.
    @discardableResult
    func giveUp(_ reason: DatabaseError? = nil) -> DatabaseError {
        let reason = loss ?? reason ?? .lost(handle)
        loss = reason
        return reason
    }

    /// Whether what the connection's own work waits for is no longer wanted.
    var isAborted: Bool { abort.isRaised }

    /// Lets the connection's own work write and take its time, as the start of every query sets what that may.
    func releaseSession(silence: Duration?) throws(DatabaseError) {
        guard !isQuick, let sql = session.release() else { return }
        do throws(DatabaseError) {
            try execute(sql, silence: silence)
        } catch {
            session.forget()
            throw error
        }
    }

    private static let noStatement = DatabaseError(
        .refused,
        "running: the SQL has no statement, only white space or comments"
    )

    /// How many rows come at once where libpq can do that (17 and newer).
    private static let rowsInChunk: CInt = 64

    // MARK: Idle

    func receiveWhileIdle() {
        // What a server says by itself is a notice, or its farewell and then the end of the connection.
        while isUsable, handle.wait(atMost: .zero) {
            guard functions.consumeInput(handle.pointer) == 1, handle.isOK else {
                giveUp()
                return
            }
            _ = functions.isBusy(handle.pointer)
        }
    }

    func close() {
        giveUp(.closed)
    }
}
