/// One connection of an engine. Confined to the thread of the DQM that opened it, except for its ``interrupter``.
///
/// Queries go in through ``start(_:_:)`` and come out, in any order and exactly once each, through the closure that the calls
/// carry: an engine that blocks answers within `start`; one that pipelines sends there, and answers in later calls of ``advance(_:)``.
package protocol EngineConnection: AnyObject {
    /// Takes the outcome of one query.
    typealias Deliver = (QueuedQuery, Result<QueryRows, DatabaseError>) -> Void

    /// The most queries in flight at once; 1 for an engine that blocks.
    var capacity: Int { get }

    /// How many queries were started and not yet delivered. While it is not 0, only `start`, `flush` and `advance` may be called.
    var inFlight: Int { get }

    /// How many more queries may be started now; more than 0 whenever none is in flight.
    var room: Int { get }

    /// Why the connection cannot go on; `nil` while it can. When the call that found that out returns, every query in flight has
    /// been delivered, and the owner closes and replaces the connection.
    var loss: DatabaseError? { get }

    /// Stops what runs, from any thread; `nil` when what runs cannot be stopped without harm to its neighbours: then its caller is
    /// answered at once, and its late outcome is dropped.
    var interrupter: (any EngineInterrupter)? { get }

    /// Wakes the connection while it waits in ``advance(_:)``: there is another query to start, or one in flight is to be stopped.
    /// Any thread raises it; the connection lowers it. `nil` for one whose waits are short, or are ended by its ``interrupter``.
    var bell: WakeupSignal? { get }

    /// Becomes readable when the server says something while no query runs; `nil` for an engine without a server.
    var descriptor: CInt? { get }

    /// What the server calls this connection in its list of sessions; `nil` for an engine without one.
    var sessionID: Int? { get }

    /// Starts a query, or runs it to its end.
    func start(_ query: QueuedQuery, _ deliver: Deliver)

    /// Ends a batch of starts: sends what was gathered. Nothing to do for an engine that blocks.
    func flush(_ deliver: Deliver)

    /// Waits until queries in flight have outcomes, and delivers what there is. Bounded by their deadlines.
    func advance(_ deliver: Deliver)

    /// Takes what the server said while no query ran; `loss` then tells whether it was a farewell.
    func receiveWhileIdle()

    /// Whether a rollback undoes changes of the schema.
    var undoesSchemaChanges: Bool { get }

    /// Performs `body`, which applies migrations, while no other server does so: needed where a migration cannot be undone.
    func takingTurns(_ body: () throws(DatabaseError) -> Void) throws(DatabaseError)

    /// Within a transaction: waits until no other instance changes the schema, and keeps others waiting until the transaction ends.
    /// For engines whose sessions may share a server's, which cannot hold a lock beyond that.
    func excludeOthers() throws(DatabaseError)

    /// Begins a transaction that may write.
    func begin(_ isolation: TransactionIsolation?) throws(DatabaseError)

    /// Runs one statement without parameters, and drops its rows.
    func run(_ sql: String) throws(DatabaseError)

    /// Makes a table of these columns unless there is one of that name.
    func makeTable(_ name: String, _ columns: String) throws(DatabaseError)

    /// Ends the transaction, keeping its changes.
    func commit() throws(DatabaseError)

    /// Ends the transaction, dropping its changes. When that fails the connection is no longer usable.
    func rollback()

    /// Runs one statement and returns its rows, for bootstraps and the history of migrations. At most `limit` rows.
    func rows(_ statement: EngineStatement, _ values: [ParameterValue], limit: Int) throws(DatabaseError)
        -> [DatabaseRow]

    /// Runs one statement that may not write and returns its rows, at most `limit`: for those whose queries come from here.
    ///
    /// - Parameter timeout: How long it may take.
    func read(_ statement: EngineStatement, _ values: [ParameterValue], limit: Int, within timeout: Duration)
        throws(DatabaseError) -> [DatabaseRow]

    /// Prepares a statement and says what the engine knows of it. Changes nothing.
    func describe(_ statement: EngineStatement) throws(DatabaseError) -> DescribedStatement

    /// A text that is another one after changes of the schema that queries rely on; `nil` of an engine that cannot tell them.
    func schemaMark() throws(DatabaseError) -> String?

    /// Asks the database for a sign of life.
    func check() throws(DatabaseError)

    /// How many connections the server has for this user, those that Hydrogen holds included; `nil` for an engine without a limit.
    func connectionLimit() throws(DatabaseError) -> ConnectionLimit?

    /// How many of these sessions, whose connections have been closed, the server still has.
    ///
    /// A server ends a session a moment after its connection was closed: it is asked until none is left, for a second at most.
    func sessionsLeft(of sessions: [Int]) throws(DatabaseError) -> Int

    /// Closes the connection and frees everything; the last call.
    func close()
}

extension EngineConnection {
    /// Up to the capacity.
    package var room: Int { capacity - inFlight }
    /// Whether the connection can go on.
    var isUsable: Bool { loss == nil }

    /// An engine that tells reads from writes by itself, and answers at once.
    package func read(_ statement: EngineStatement, _ values: [ParameterValue], limit: Int, within timeout: Duration)
        throws(DatabaseError) -> [DatabaseRow]
    {
        try rows(statement, values, limit: limit)
    }

    /// A change of the schema is part of its transaction.
    package var undoesSchemaChanges: Bool { true }
    /// Who comes second undoes what it did.
    package func takingTurns(_ body: () throws(DatabaseError) -> Void) throws(DatabaseError) { try body() }
    /// Transactions that write exclude each other already, or ``takingTurns(_:)`` does.
    package func excludeOthers() throws(DatabaseError) {}

    // What holds for an engine in this process, which blocks and has no sessions.

    /// Nobody tells.
    package func schemaMark() throws(DatabaseError) -> String? { nil }
    /// Nothing wakes it but outcomes.
    package var bell: WakeupSignal? { nil }
    /// No server says anything by itself.
    package var descriptor: CInt? { nil }
    /// No server has a list of sessions.
    package var sessionID: Int? { nil }
    /// Every start has sent its query.
    package func flush(_ deliver: Deliver) {}
    /// Every start has delivered its outcome.
    package func advance(_ deliver: Deliver) {}
    /// Nothing comes.
    package func receiveWhileIdle() {}
    /// Nobody counts connections.
    package func connectionLimit() throws(DatabaseError) -> ConnectionLimit? { nil }
    /// No server keeps sessions.
    package func sessionsLeft(of sessions: [Int]) throws(DatabaseError) -> Int { 0 }

    /// By the statement of most products.
    package func makeTable(_ name: String, _ columns: String) throws(DatabaseError) {
        try run("CREATE TABLE IF NOT EXISTS \(name) (\(columns))")
    }

    /// Runs statements in one transaction: all of them, or on an error none.
    func transact(_ script: [String], isolation: TransactionIsolation? = nil) throws(DatabaseError) {
        try transact(isolation: isolation) { () throws(DatabaseError) in
            for sql in script { try run(sql) }
        }
    }

    /// Performs `body` in a transaction: all of it stays, or on an error nothing.
    func transact<Value>(
        isolation: TransactionIsolation? = nil,
        _ body: () throws(DatabaseError) -> Value
    ) throws(DatabaseError) -> Value {
        try begin(isolation)
        do throws(DatabaseError) {
            let value = try body()
            try commit()
            return value
        } catch {
            rollback()
            throw error
        }
    }

    /// Performs `body` in a transaction of which nothing stays.
    func rehearse(_ body: () throws(DatabaseError) -> Void) throws(DatabaseError) {
        try begin(nil)
        defer { rollback() }
        try body()
    }
}

/// The part of a connection that other threads may use.
package protocol EngineInterrupter: AnyObject, Sendable {
    /// Asks the database to stop what the connection runs now. Without effect when nothing runs. Does not block.
    ///
    /// The caller makes sure that the query it means is the one that runs, and starts no other before `ended` is called.
    /// - Parameter ended: Called once, on any thread, when the request can no longer hit a later query.
    func interrupt(_ ended: @escaping @Sendable () -> Void)

    /// Ends the connection of a worker that is given up, so that a call which still waits or reads comes back. Does not block.
    func cut()
}

extension EngineInterrupter {
    /// Nothing to do for an engine without a server, or whose calls end by themselves.
    package func cut() {}
}

/// How much a transaction sees of others. Source: ISO/IEC 9075-2, 4.41.4.
package enum TransactionIsolation: String, Sendable, Hashable, CaseIterable {
    /// Every statement sees what was committed before it began.
    case readCommitted = "read committed"
    /// Every statement sees what was committed before the transaction began.
    case repeatableRead = "repeatable read"
    /// As if transactions ran one after another; one that cannot is refused with 40001.
    case serializable
}

/// What a server allows Hydrogen in connections.
package struct ConnectionLimit: Sendable, Hashable {
    /// The most connections that this user can have.
    package let available: Int
    /// Where the number comes from, for reports: `max_connections 100 - reserved for superusers 3`.
    package let arithmetic: String

    /// A limit.
    package init(available: Int, arithmetic: String) {
        self.available = available
        self.arithmetic = arithmetic
    }
}
