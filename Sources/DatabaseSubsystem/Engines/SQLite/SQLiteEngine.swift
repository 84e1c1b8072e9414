package import HydrogenCore
import Synchronization

/// The adapter to SQLite databases: files, and memory of this process.
package final class SQLiteEngine: DatabaseEngine {
    package let placeholders = ParsedSQL.Placeholders.questionNumbered

    private let location: SQLiteLocation
    private let busyTimeout: Duration
    private let statementCacheSize: Int
    /// Keeps an in-memory database alive while a lone DQM replaces its connection.
    private let anchor = Mutex<SQLiteHandle?>(nil)

    /// - Parameters:
    ///   - database: A path, or `:memory:`.
    ///   - resolve: Makes a path of the configuration one of the file system.
    ///   - busyTimeout: The longest wait for another connection's lock.
    ///   - statementCacheSize: How many statements each connection keeps prepared.
    package init(
        database: String,
        resolve: (String) -> String,
        busyTimeout: Duration,
        statementCacheSize: Int
    ) {
        self.location = SQLiteLocation(configured: database, resolve: resolve)
        self.busyTimeout = busyTimeout
        self.statementCacheSize = statementCacheSize
    }

    package func inspect() -> [Finding] {
        switch SQLiteLibrary.shared {
        case .success(let library): [.go(library.evidence), location.inspect()]
        case .failure(let error): [.partNoGo(error.message)]
        }
    }

    package func connect(as label: QueueLabel, abort: AbortSignal) throws(DatabaseError) -> any EngineConnection {
        let library = try SQLiteLibrary.shared.get()
        if case .memory = location {
            try anchor.withLock { handle throws(DatabaseError) in
                if handle == nil { handle = try SQLiteHandle(location, library: library) }
            }
        }
        var setup = [Self.foreignKeys]
        if case .file = location { setup.append("PRAGMA journal_mode = WAL") }
        return try connection(to: location, library, setup: setup)
    }

    package func connectForRehearsal() throws(DatabaseError) -> any EngineConnection {
        let library = try SQLiteLibrary.shared.get()
        let place = location.hasContent ? location : SQLiteLocation(configured: ":memory:") { $0 }
        return try connection(to: place, library, setup: [Self.foreignKeys])
    }

    package func openFeed(as name: String, abort: AbortSignal) throws(DatabaseError) -> any FeedSession {
        let library = try SQLiteLibrary.shared.get()
        let isShared = if case .memory = location { true } else { false }
        return SQLiteFeedSession(try connection(to: location, library, setup: []), isShared: isShared)
    }

    private static let foreignKeys = "PRAGMA foreign_keys = ON"

    private func connection(
        to location: SQLiteLocation,
        _ library: SQLiteLibrary,
        setup: [String]
    ) throws(DatabaseError) -> SQLiteConnection {
        try SQLiteConnection(
            location,
            library: library,
            busyTimeout: busyTimeout,
            statementCacheSize: statementCacheSize,
            setup: setup
        )
    }
}
