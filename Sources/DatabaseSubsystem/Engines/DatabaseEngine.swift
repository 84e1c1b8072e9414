package import HydrogenCore

/// The adapter to one kind of database, made for one database of the configuration.
///
/// A conformer is a value of settings: it holds no connection and may be used by any thread.
package protocol DatabaseEngine: Sendable {
    /// The parameter syntax of the engine's SQL.
    var placeholders: ParsedSQL.Placeholders { get }

    /// Looks, without connecting, at what the engine needs: its client library, the folder of a file, addresses.
    ///
    /// - Returns: Evidence, or what is missing and how to mend it; a No-Go grounds this database alone.
    func inspect() -> [Finding]

    /// Opens a connection. Blocks; called on the thread that will own the connection.
    ///
    /// - Parameter label: The DQM, named to servers that keep a session list.
    /// - Throws: `unavailable` when a later attempt may succeed, `libraryMissing` when none will.
    func connect(as label: QueueLabel) throws(DatabaseError) -> any EngineConnection

    /// Opens a connection for a rehearsal: it changes nothing by being opened, and stands in for a database that is yet to be made.
    ///
    /// Blocks; called on the thread that will own the connection.
    func connectForRehearsal() throws(DatabaseError) -> any EngineConnection
}

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

    /// Whether the connection can go on. Once `false` it stays so, every query in flight has been delivered, and the owner
    /// closes and replaces it.
    var isUsable: Bool { get }

    /// Stops what runs, from any thread.
    var interrupter: any EngineInterrupter { get }

    /// Starts a query, or runs it to its end.
    func start(_ query: QueuedQuery, _ deliver: Deliver)

    /// Ends a batch of starts: sends what was gathered. Nothing to do for an engine that blocks.
    func flush(_ deliver: Deliver)

    /// Waits until a query in flight has an outcome, or until `wakeup` is readable, and delivers what there is.
    func advance(wakeup: WakeupSignal, _ deliver: Deliver)

    /// Begins a transaction that may write.
    func begin() throws(DatabaseError)

    /// Runs one statement without parameters, and drops its rows.
    func run(_ sql: String) throws(DatabaseError)

    /// Ends the transaction, keeping its changes.
    func commit() throws(DatabaseError)

    /// Ends the transaction, dropping its changes. When that fails the connection is no longer usable.
    func rollback()

    /// Runs one statement and returns its rows, for bootstraps and the history of migrations. At most `limit` rows.
    func rows(_ statement: EngineStatement, _ values: [ParameterValue], limit: Int) throws(DatabaseError)
        -> [DatabaseRow]

    /// Prepares a statement and says what the engine knows of it. Changes nothing.
    func describe(_ statement: EngineStatement) throws(DatabaseError) -> StatementFacts

    /// Asks the database for a sign of life.
    func check() throws(DatabaseError)

    /// Closes the connection and frees everything; the last call.
    func close()
}

extension EngineConnection {
    /// Runs statements in one transaction, for migrations: all of them, or on an error none.
    func transact(_ script: [String]) throws(DatabaseError) {
        try begin()
        do throws(DatabaseError) {
            for sql in script { try run(sql) }
            try commit()
        } catch {
            rollback()
            throw error
        }
    }

    /// Performs `body` in a transaction of which nothing stays.
    func rehearse(_ body: () throws(DatabaseError) -> Void) throws(DatabaseError) {
        try begin()
        defer { rollback() }
        try body()
    }
}

/// The part of a connection that other threads may use.
package protocol EngineInterrupter: AnyObject, Sendable {
    /// Asks the database to stop what the connection runs now. Without effect when nothing runs.
    ///
    /// The caller makes sure that the query it means is the one that runs, and that the connection is open.
    func interrupt()
}
