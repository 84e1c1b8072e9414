package import HydrogenCore

/// The adapter to DB2, by IBM's client library, and to whatever ODBC drivers lead to.
package struct CLIEngine: DatabaseEngine {
    package let placeholders = ParsedSQL.Placeholders.question

    private let settings: CLISettings
    private let statementCacheSize: Int
    /// Where the database is, for reports; never a secret.
    private let place: String
    private let logins: CLILogins

    /// - Parameter statementCacheSize: How many statements each connection keeps prepared.
    init(_ settings: CLISettings, place: String, statementCacheSize: Int, logins: CLILogins = CLILogins()) {
        self.settings = settings
        self.place = place
        self.logins = logins
        self.statementCacheSize = statementCacheSize
    }

    package func inspect() -> [Finding] {
        do throws(DatabaseError) {
            let library = try CLILibrary(settings.source)
            do throws(DatabaseError) {
                _ = try settings.text()
                return [.go(library.evidence), .go(place)]
            } catch {
                return [.go(library.evidence), .partNoGo(error.message)]
            }
        } catch {
            return [.partNoGo(error.message)]
        }
    }

    package func connect(as label: QueueLabel, abort: AbortSignal) throws(DatabaseError) -> any EngineConnection {
        try open(abort)
    }

    package func connectForRehearsal() throws(DatabaseError) -> any EngineConnection {
        try open(.never)
    }

    package func openFeed(as name: String, abort: AbortSignal) throws(DatabaseError) -> any FeedSession {
        let connection = try open(abort)
        do throws(DatabaseError) {
            switch connection.product.numbers {
            case .mariaDB: return try EventTableSession.mySQL(connection)
            case .db2: return try EventTableSession.db2(connection)
            case .sqlite, .none:
                throw DatabaseError(
                    .refused,
                    "over ODBC, changes are told by MySQL, MariaDB and DB2 alone, and this is \(connection.product.name); leave Triggers out"
                )
            }
        } catch {
            connection.close()
            throw error
        }
    }

    private func open(_ abort: AbortSignal) throws(DatabaseError) -> CLIConnection {
        let connector = CLIConnector(settings, logins)
        let opened = try connector.connect(within: nil, abort)
        let connection = try CLIConnection(
            opened,
            setup: connector.setup(opened.product),
            isolation: settings.isolation,
            statementCacheSize: statementCacheSize
        )
        try connection.stopBySideRequests(over: connector)
        return connection
    }
}
