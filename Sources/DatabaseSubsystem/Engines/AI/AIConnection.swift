import AsyncHTTPClient
import HydrogenCore
import NIOCore
import NIOHTTP1

/// One DQM's way to an AI endpoint: several requests at once, each an HTTP exchange of its own.
///
/// The worker's thread writes requests and makes rows of replies; what lies between happens on event loops. It waits in ``advance(_:)``
/// alone, for whatever comes first: a letter of the ``AIInbox``, another query or one to stop (``bell``), a deadline, the end of a pause.
/// A request whose caller left, or whose time is up, is cancelled by itself: its neighbours do not notice.
final class AIConnection: EngineConnection {
    let capacity: Int
    private(set) var loss: DatabaseError?
    /// There is nothing to send: a request is cancelled on this side, when ``bell`` was raised.
    let interrupter: (any EngineInterrupter)? = nil

    private let settings: AISettings
    private let gate: EndpointGate
    private let exchanges: AIExchanges
    private let abort: AbortSignal
    private var flights: [AIFlight] = []
    /// Why no connection could be opened; it is lost once nothing is in flight.
    private var doubt: DatabaseError?

    init(_ settings: AISettings, gate: EndpointGate, abort: AbortSignal) throws(DatabaseError) {
        self.capacity = settings.concurrentRequests
        self.settings = settings
        self.gate = gate
        self.abort = abort
        exchanges = try AIExchanges(settings)
    }

    var inFlight: Int { flights.count }

    /// Nothing more goes where no connection could be opened.
    var room: Int { doubt == nil || flights.isEmpty ? capacity - flights.count : 0 }

    var bell: WakeupSignal? { exchanges.inbox.bell }

    // MARK: Queries

    func start(_ query: QueuedQuery, _ deliver: Deliver) {
        guard query.batch == nil else { return deliver(query, .failure(.noTransactions)) }
        guard let prompt = query.statement.prompt else { return deliver(query, .failure(.noTables)) }
        let flight = AIFlight(query, prompt, settings, ticket: gate.makeTicket())
        flights.append(flight)
        advance(flight, now: .now, deliver)
    }

    func advance(_ deliver: Deliver) {
        guard !settle(deliver), let first = nextMoment else { return }
        exchanges.inbox.bell.wait(atMost: ContinuousClock.now.duration(to: first))
        _ = settle(deliver)
    }

    /// When something is due without a letter; `nil` when nothing is in flight.
    private var nextMoment: ContinuousClock.Instant? {
        flights.map { min($0.query.deadline, $0.admissionAt ?? $0.query.deadline) }.min()
    }

    /// Does what can be done without waiting. Returns whether a query was delivered.
    private func settle(_ deliver: Deliver) -> Bool {
        let before = flights.count
        for letter in exchanges.inbox.take() {
            guard let flight = flights.first(where: { $0.ticket == letter.ticket }) else {
                letter.drop()
                continue
            }
            receive(letter.content, for: flight, deliver)
        }
        let now = ContinuousClock.now
        for flight in flights { advance(flight, now: now, deliver) }
        if flights.isEmpty, let doubt { loss = loss ?? doubt }
        return flights.count < before
    }

    /// Stops a query whose answer nobody waits for; sends one that may go; lets more of a reply come that its caller has room for.
    private func advance(_ flight: AIFlight, now: ContinuousClock.Instant, _ deliver: Deliver) {
        let query = flight.query
        let isOver = query.deadline <= now
        if let reason = query.stopReason ?? (isOver ? .deadline : nil) {
            return end(flight, .failure(DatabaseError(stopped: reason, whileRunning: true)), deliver)
        }
        guard flight.task == nil else { return flight.receiveMoreIfTaken() }
        switch gate.ask(flight.ticket, deadline: query.deadline, now: now, bell: exchanges.inbox.bell) {
        case .wait(let moment): flight.admissionAt = moment
        case .refused(let rest): end(flight, .failure(.paused(rest: rest)), deliver)
        case .go: send(flight, deliver)
        }
    }

    private func send(_ flight: AIFlight, _ deliver: Deliver) {
        flight.admissionAt = nil
        let query = flight.query
        let body = AIRequest(
            settings,
            flight.prompt.text,
            query.values,
            flight.prompt.options,
            isStreamed: flight.stream != nil
        ).body
        do throws(DatabaseError) {
            flight.task = try exchanges.post(
                body,
                to: settings.mode.path,
                flight.ticket,
                deadline: query.deadline,
                limit: query.maximumBytes,
                passesEvents: flight.stream != nil
            )
        } catch {
            end(flight, .failure(error), deliver)
        }
    }

    private func receive(_ content: AIInbox.Letter.Content, for flight: AIFlight, _ deliver: Deliver) {
        switch content {
        case .piece(let bytes, let promise):
            sawSign()
            do throws(DatabaseError) {
                try flight.receive(bytes, promise, waking: exchanges.inbox.bell)
            } catch {
                end(flight, .failure(error), deliver)
            }
        case .reply(let reply):
            sawSign()
            end(flight, result(of: reply, to: flight), deliver)
        case .failure(let error, let wasSent):
            end(flight, .failure(failure(error, wasSent: wasSent, limit: flight.query.maximumBytes)), deliver)
        }
    }

    private func result(of reply: AIReply, to flight: AIFlight) -> Result<QueryRows, DatabaseError> {
        Result { () throws(DatabaseError) in
            guard reply.isSuccess else { throw refusal(reply) }
            return try flight.rows(of: reply)
        }
    }

    private func refusal(_ reply: AIReply) -> DatabaseError {
        let failure = AIFailure(reply, key: settings.key)
        let pause = failure.pause(atMost: settings.maximumRetryAfter)
        if let pause { gate.pause(until: .now + pause) }
        if failure.isLoginRefused { gate.saw(sign: false, now: .now) }
        return failure.error(pause: pause)
    }

    private func failure(_ error: any Error, wasSent: Bool, limit: Int) -> DatabaseError {
        if error is AIExchange.TooLong { return .tooLarge(limit) }
        guard !wasSent else { return .cutOff }
        let failure = exchanges.unreachable(because: error)
        gate.saw(sign: false, now: .now)
        doubt = failure
        return failure
    }

    private func sawSign() {
        gate.saw(sign: true, now: .now)
        doubt = nil
    }

    private func end(_ flight: AIFlight, _ outcome: Result<QueryRows, DatabaseError>, _ deliver: Deliver) {
        flights.removeAll { $0 === flight }
        flight.end()
        gate.leave(flight.ticket)
        deliver(flight.query, outcome)
    }

    // MARK: The Lead's work

    func describe(_ statement: EngineStatement) throws(DatabaseError) -> DescribedStatement {
        guard let prompt = statement.prompt else { throw .noTables }
        guard !prompt.text.text.isEmpty else { throw DatabaseError(.refused, "the prompt is empty") }
        if settings.mode == .embeddings, prompt.options?.schema != nil || prompt.options?.system != nil {
            throw DatabaseError(.refused, "schema and system belong to chats, and Mode of the connection is embeddings")
        }
        let columns = AIRows(settings.mode, prompt.options?.schema, EndpointWords(hiding: settings.key)).columns
        return DescribedStatement(statement, facts: StatementFacts(columns: columns, isReadOnly: true))
    }

    /// Asks for the list of models, unless the endpoint answered only just.
    ///
    /// Whatever it answers is a sign of life, but for a failure of its own and a key that it refuses: some have no such list, and some
    /// keys may not see it.
    func check() throws(DatabaseError) {
        guard !gate.isAlive(now: .now) else { return }
        do throws(DatabaseError) {
            let reply = try exchanges.models(gate.makeTicket(), abort)
            let failure = AIFailure(reply, key: settings.key)
            guard !failure.isLoginRefused else {
                throw DatabaseError(
                    .unavailable,
                    "the endpoint refuses the key; look at Key",
                    sqlState: SQLState.invalidAuthorization.rawValue,
                    retryAfter: .seconds(60)
                )
            }
            guard reply.status.code < 500 || reply.status == .notImplemented else { throw failure.error(pause: nil) }
            gate.saw(sign: true, now: .now)
        } catch {
            gate.saw(sign: false, now: .now)
            loss = loss ?? error
            throw error
        }
    }

    func begin(_ isolation: TransactionIsolation?) throws(DatabaseError) { throw .noTransactions }

    func run(_ sql: String) throws(DatabaseError) { throw .noTables }

    func commit() throws(DatabaseError) { throw .noTransactions }

    func rollback() {}

    func rows(
        _ statement: EngineStatement,
        _ values: [ParameterValue],
        limit: Int
    ) throws(DatabaseError) -> [DatabaseRow] { throw .noTables }

    func close() {
        loss = loss ?? .closed
        for flight in flights {
            flight.end()
            gate.leave(flight.ticket)
        }
        flights = []
        exchanges.close()
    }
}

extension DatabaseError {
    /// For a batch that is to be all or nothing.
    fileprivate static let noTransactions = DatabaseError(
        .refused,
        "an AI endpoint has no transactions; leave atomic out"
    )

    /// For SQL.
    fileprivate static let noTables = DatabaseError(
        .refused,
        "an AI endpoint has no tables: it takes prompts, and no migrations, bootstraps or queries for other databases"
    )

    /// For a request whose time is up before the endpoint wants to be asked again.
    fileprivate static func paused(rest: Duration) -> DatabaseError {
        DatabaseError(
            .busy,
            "the endpoint asked for a pause that lasts longer than the query may take; retry later",
            retryAfter: rest
        )
    }
}
