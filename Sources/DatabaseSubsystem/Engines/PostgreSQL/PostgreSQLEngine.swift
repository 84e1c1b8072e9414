package import HydrogenCore

/// The adapter to PostgreSQL databases, by libpq.
package struct PostgreSQLEngine: DatabaseEngine {
    package let placeholders = ParsedSQL.Placeholders.dollar
    package let pipelinesReads = true

    private let settings: PostgreSQLSettings
    private let statementCacheSize: Int
    /// Where the server is, for reports; never a secret.
    private let place: String

    /// - Parameter statementCacheSize: How many statements each connection keeps prepared.
    init(_ settings: PostgreSQLSettings, place: String, statementCacheSize: Int) {
        self.settings = settings
        self.place = place
        self.statementCacheSize = statementCacheSize
    }

    package func inspect() -> [Finding] {
        switch PostgreSQLLibrary.shared {
        case .success(let library):
            do throws(DatabaseError) {
                _ = try settings.attempts(library.functions, label: "")
                return [.go(library.evidence), .go(place)]
            } catch {
                return [.go(library.evidence), .partNoGo(error.message)]
            }
        case .failure(let error): return [.partNoGo(error.message)]
        }
    }

    package func connect(as label: QueueLabel, abort: AbortSignal) throws(DatabaseError) -> any EngineConnection {
        try connect(named: label.description, isQuick: label.tags.isQuick, abort)
    }

    package func connectForRehearsal() throws(DatabaseError) -> any EngineConnection {
        try connect(named: "Hydrogen preflight", isQuick: false, .never)
    }

    package func openFeed(as name: String, abort: AbortSignal) throws(DatabaseError) -> any FeedSession {
        try PostgreSQLFeedSession(connect(named: name, isQuick: false, abort))
    }

    package func listen(
        to channel: String,
        as name: String,
        abort: AbortSignal
    ) throws(DatabaseError) -> any NotificationListener.Session {
        try PostgreSQLListenerSession(connect(named: name, isQuick: false, abort), channel: channel)
    }

    private func connect(
        named name: String,
        isQuick: Bool,
        _ abort: AbortSignal
    ) throws(DatabaseError) -> PostgreSQLConnection {
        let library = try PostgreSQLLibrary.shared.get()
        let handle = try PostgreSQLConnector(settings, library: library, abort: abort).connect(as: name)
        let connection = try PostgreSQLConnection(
            handle,
            quickTimeout: isQuick ? settings.quickTimeout : nil,
            statementCacheSize: statementCacheSize,
            abort: abort
        )
        try connection.beginSession()
        return connection
    }
}
