import Foundation
import HydrogenCore
import NIOCore
import Testing

@testable import DatabaseSubsystem

/// The server that `scripts/with-mariadb` has started for the tests.
enum MySQLServer {
    /// A `mysql://` URL of a user with all rights; `nil` without a server.
    static let url = ProcessInfo.processInfo.environment["HYDROGEN_TEST_MYSQL"]

    /// Runs a suite when there is a server.
    static var isThere: ConditionTrait {
        .enabled(if: url != nil, "no MariaDB here: run the tests by scripts/with-mariadb")
    }

    /// The port of the server.
    static var port: Int { settings().servers.first?.port ?? 0 }

    /// The file of the authority that has signed the server's certificate.
    static var authority: String? { ProcessInfo.processInfo.environment["HYDROGEN_MYSQL_CA"] }

    /// Settings for the server.
    static func settings() -> MySQLSettings {
        MySQLConnectionString(url ?? "mysql://")?.settings ?? MySQLSettings()
    }

    /// An engine for the server.
    static func engine(_ settings: MySQLSettings = settings(), cacheSize: Int = 16) -> MySQLEngine {
        MySQLEngine(settings, statementCacheSize: cacheSize)
    }
}

/// One connection of a test, on the test's thread, with a database of its own if it asks for one.
final class MySQLTestSession {
    let connection: any EngineConnection
    /// The database, where it is the test's own.
    let database: String?

    /// - Parameters:
    ///   - hasDatabase: Whether to make a database; it is dropped in the end.
    ///   - database: The database of another session, to work in that.
    init(
        _ settings: MySQLSettings = MySQLServer.settings(),
        hasDatabase: Bool = false,
        database: String? = nil,
        cacheSize: Int = 16
    ) throws {
        var settings = settings
        if hasDatabase {
            let name = "t\(UInt64.random(in: 0...UInt64.max))"
            let maker = try Self.connect(MySQLServer.settings(), cacheSize: 1)
            try maker.run("CREATE DATABASE \(name)")
            maker.close()
            settings.database = name
        }
        if let database { settings.database = database }
        self.database = hasDatabase ? settings.database : nil
        connection = try Self.connect(settings, cacheSize: cacheSize)
    }

    deinit {
        connection.close()
        guard let database, let cleaner = try? Self.connect(MySQLServer.settings(), cacheSize: 1) else { return }
        try? cleaner.run("DROP DATABASE \(database)")
        cleaner.close()
    }

    private static func connect(_ settings: MySQLSettings, cacheSize: Int) throws -> any EngineConnection {
        try MySQLServer.engine(settings, cacheSize: cacheSize)
            .connect(as: QueueLabel(database: "Test", number: 1, tags: TagSet(.medium)), abort: .never)
    }

    /// A query with values of any types, written as SQL with `:name`.
    func query(
        _ sql: String,
        _ values: [ParameterValue] = [],
        readOnly: Bool = true,
        limit: Int = 1 << 20,
        deadline: Duration = .seconds(30),
        form: ResultForm = ResultForm(),
        statement: EngineStatement? = nil,
        stream: ResultStream? = nil,
        onStalePlan: (@Sendable () -> Void)? = nil
    ) -> QueuedQuery {
        QueuedQuery(
            statement: statement ?? Self.statement(sql, values.map(\.type)),
            values: values,
            isReadOnly: readOnly,
            submittedAt: .now,
            deadline: .now + deadline,
            maximumBytes: limit,
            form: form,
            stream: stream,
            onStalePlan: onStalePlan
        ) { _ in }
    }

    /// A statement that several queries run.
    static func statement(_ sql: String, _ types: [ParameterType] = []) -> EngineStatement {
        EngineStatement(ParsedSQL(sql, dialect: .mysql), for: .question, types: types)
    }

    /// Runs one query to its outcome.
    func run(_ query: QueuedQuery) -> Result<QueryRows, DatabaseError> {
        var outcomes: [Result<QueryRows, DatabaseError>] = []
        connection.start(query) { outcomes.append($1) }
        #expect(outcomes.count == 1)
        return outcomes.first ?? .failure(DatabaseError(.unavailable, "not answered"))
    }

    /// The rows of one query, as text.
    func json(_ sql: String, _ values: [ParameterValue] = [], readOnly: Bool = true) throws -> String {
        String(buffer: try run(query(sql, values, readOnly: readOnly)).get().body)
    }

    /// The error of one query.
    func error(_ sql: String, _ values: [ParameterValue] = [], readOnly: Bool = true) -> DatabaseError? {
        if case .failure(let error) = run(query(sql, values, readOnly: readOnly)) { error } else { nil }
    }
}
