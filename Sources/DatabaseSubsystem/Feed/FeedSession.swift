/// One connection that follows the change feed of a database. Confined to the thread that opened it.
///
/// Triggers write each change into a table of events, `hydrogen_events`, in the transaction that makes it; sessions read
/// from there, each instance for itself and from where it stood.
package protocol FeedSession: AnyObject {
    /// Makes what is missing: the table of events, and the triggers of one table.
    ///
    /// Other instances may do the same at the same time. The table's rows are not touched.
    ///
    /// - Returns: The table's full name.
    func watch(_ table: String) throws(DatabaseError) -> String

    /// Why changes of a table would not be told, in words; `nil` when its triggers are there and switched on.
    func silence(of table: String) throws(DatabaseError) -> String?

    /// What changes a table without its being told, in words: what triggers of this engine do not see.
    func blindSpots(of table: String) throws(DatabaseError) -> [String]

    /// Whether a commit wakes this session, proved by one of its own; a session that is polled by design proves nothing.
    ///
    /// - Parameters:
    ///   - signal: Ends the wait, as in ``wait(for:atMost:)``.
    ///   - limit: The longest wait.
    func provesWakeup(_ signal: WakeupSignal, atMost limit: Duration) throws(DatabaseError) -> Bool

    /// Reads what was committed since the last call, each change once.
    ///
    /// - Parameter place: Where this instance stands; it outlives the session.
    /// - Returns: The changes; `nil` when some of them are not to be had any more, or never were: anything may have changed.
    func read(from place: inout FeedPlace) throws(DatabaseError) -> [TableChange]?

    /// Tells other instances that this one lives and where it stands, and removes what all of them have read.
    ///
    /// - Returns: Whether this instance was known; one that was not may have lost changes.
    func report(_ place: FeedPlace, as instance: String) throws(DatabaseError) -> Bool

    /// Returns when something may have been committed, when the signal was raised, or when the time is over.
    func wait(for signal: WakeupSignal, atMost limit: Duration) throws(DatabaseError)

    /// A text that is another one after a change of the schema, where that can be asked for next to nothing; else `nil`.
    func schemaMark() throws(DatabaseError) -> String?

    /// Strikes this instance off; the last one takes the triggers and the table of events with it.
    ///
    /// - Returns: Whether it was the last.
    func leave(as instance: String) throws(DatabaseError) -> Bool

    /// Closes the connection; the last call.
    func close()
}

extension FeedSession {
    /// It costs too much to be asked that often.
    package func schemaMark() throws(DatabaseError) -> String? { nil }

    /// Triggers see everything.
    package func blindSpots(of table: String) throws(DatabaseError) -> [String] { [] }

    /// Nobody expects to be woken.
    package func provesWakeup(_ signal: WakeupSignal, atMost limit: Duration) throws(DatabaseError) -> Bool { true }
}

/// Where one instance stands in the feed of a database.
package struct FeedPlace: Sendable, Hashable {
    /// The engine's word for it; `nil` before the first reading.
    package var position: String?
    /// The changes that were read already and may come again.
    package var seen: Set<Int64> = []
    /// The numbers that may still come, of an engine that shows events in another order than it numbers them.
    var gaps: EventGaps?
}

/// The bounds of every feed.
enum FeedLimits {
    /// The most changes that one reading lists: behind more, an instance takes everything for changed.
    static let changes = 10_000
    /// How long an instance may be silent before changes are removed that it has not read, in seconds.
    static let silence = 600
    /// How often an instance says that it lives.
    static let reportInterval = Duration.seconds(30)
    /// How long a session waits for its own notification.
    static let wakeup = Duration.seconds(2)
}
