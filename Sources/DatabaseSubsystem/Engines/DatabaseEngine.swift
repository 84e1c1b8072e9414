package import HydrogenCore

/// The adapter to one kind of database, made for one database of the configuration.
///
/// A conformer is a value of settings: it holds no connection and may be used by any thread.
package protocol DatabaseEngine: Sendable {
    /// The parameter syntax of the engine's SQL.
    var placeholders: ParsedSQL.Placeholders { get }

    /// Whether connections of queues that bear nothing but the tags fast and cache pipeline, and so take reads alone.
    ///
    /// A query that may write then goes to a medium queue, whatever its caller asked for.
    var pipelinesReads: Bool { get }

    /// Whether rows can be handed over as they come, from whichever queue, without holding up its other queries.
    var streamsFromEveryQueue: Bool { get }

    /// Looks, without connecting, at what the engine needs: its client library, the folder of a file, addresses.
    ///
    /// - Returns: Evidence, or what is missing and how to mend it; a No-Go grounds this database alone.
    func inspect() -> [Finding]

    /// Opens a connection. Blocks; called on the thread that will own the connection.
    ///
    /// - Parameters:
    ///   - label: The DQM, named to servers that keep a session list. Its tags decide how the connection works.
    ///   - abort: Looked at while the connection waits for anything but the outcome of a query.
    /// - Throws: `unavailable` when a later attempt may succeed, `libraryMissing` when none will.
    func connect(as label: QueueLabel, abort: AbortSignal) throws(DatabaseError) -> any EngineConnection

    /// Opens a connection for a rehearsal: it changes nothing by being opened, and stands in for a database that is yet to be made.
    ///
    /// Blocks; called on the thread that will own the connection.
    func connectForRehearsal() throws(DatabaseError) -> any EngineConnection

    /// Opens a connection that follows the change feed. Blocks; called on the thread that will own the connection.
    ///
    /// - Parameters:
    ///   - name: Named to servers that keep a session list.
    ///   - abort: Looked at while the connection waits.
    func openFeed(as name: String, abort: AbortSignal) throws(DatabaseError) -> any FeedSession

    /// Opens a connection that hears what is notified on a channel. Blocks; called on the thread that will own the connection.
    ///
    /// - Parameter channel: An identifier that needs no quotes.
    func listen(
        to channel: String,
        as name: String,
        abort: AbortSignal
    ) throws(DatabaseError) -> any NotificationListener.Session
}

extension DatabaseEngine {
    /// The engine has no change feed.
    package func openFeed(as name: String, abort: AbortSignal) throws(DatabaseError) -> any FeedSession {
        throw DatabaseError(.refused, "this engine cannot tell changes; leave Triggers out")
    }

    /// The engine has no notifications.
    package func listen(
        to channel: String,
        as name: String,
        abort: AbortSignal
    ) throws(DatabaseError) -> any NotificationListener.Session {
        throw DatabaseError(.refused, "this engine has no notifications")
    }

    /// Connections run one query at a time.
    package var pipelinesReads: Bool { false }

    /// A caller that takes its rows slowly holds its queue, so those that are meant to be quick give whole results.
    package var streamsFromEveryQueue: Bool { false }
}

/// Whether what a connection waits for is no longer wanted, because its DQM lands.
package struct AbortSignal: Sendable {
    private let look: @Sendable () -> Bool

    /// How often a wait looks at the signal.
    static let interval = Duration.milliseconds(50)

    /// Never raised.
    package static let never = AbortSignal { false }

    /// A signal that is raised once `look` says so.
    package init(_ look: @escaping @Sendable () -> Bool) {
        self.look = look
    }

    /// Whether to give up.
    var isRaised: Bool { look() }
}
