package import HydrogenCore

/// The adapter to MySQL and MariaDB databases, by libmariadb.
package struct MySQLEngine: DatabaseEngine {
    package let placeholders = ParsedSQL.Placeholders.question

    private let settings: MySQLSettings
    private let statementCacheSize: Int

    /// - Parameter statementCacheSize: How many statements each connection keeps prepared.
    init(_ settings: MySQLSettings, statementCacheSize: Int) {
        self.settings = settings
        self.statementCacheSize = statementCacheSize
    }

    package func inspect() -> [Finding] {
        switch MySQLLibrary.shared {
        case .success(let library): [.go(library.evidence), .go(settings.place)]
        case .failure(let error): [.partNoGo(error.message)]
        }
    }

    package func connect(as label: QueueLabel, abort: AbortSignal) throws(DatabaseError) -> any EngineConnection {
        try connect(named: label.description, abort)
    }

    package func connectForRehearsal() throws(DatabaseError) -> any EngineConnection {
        try connect(named: "Hydrogen preflight", .never)
    }

    package func openFeed(as name: String, abort: AbortSignal) throws(DatabaseError) -> any FeedSession {
        try EventTableSession.mySQL(connect(named: name, abort))
    }

    private func connect(named name: String, _ abort: AbortSignal) throws(DatabaseError) -> MySQLConnection {
        let library = try MySQLLibrary.shared.get()
        let connector = MySQLConnector(settings, library: library, abort: abort)
        var readOnly: MySQLConnection?
        var last = DatabaseError(.unavailable, "no server is configured")
        for target in connector.targets {
            do throws(DatabaseError) {
                let connection = try connect(to: target, connector, library, named: name, abort)
                guard settings.hasSeveralServers else { return connection }
                guard try connection.isServerReadOnly() else { return connection }
                readOnly = readOnly ?? connection
            } catch {
                guard error.code != .landing else { throw error }
                last = error
            }
        }
        // Reads are better than nothing.
        guard let readOnly else { throw last }
        return readOnly
    }

    private func connect(
        to target: MySQLConnector.Target,
        _ connector: MySQLConnector,
        _ library: MySQLLibrary,
        named name: String,
        _ abort: AbortSignal
    ) throws(DatabaseError) -> MySQLConnection {
        let handle = try connector.connect(to: target, as: name)
        let stopper = MySQLInterrupter(
            MySQLConnector(settings, library: library, abort: .never),
            connector.target(of: handle, target),
            session: handle.sessionID,
            wire: handle.wire
        )
        return try MySQLConnection(
            handle,
            stopper: stopper,
            isolation: settings.isolation,
            hasOtherServers: settings.hasSeveralServers,
            statementCacheSize: statementCacheSize,
            abort: abort
        )
    }
}
