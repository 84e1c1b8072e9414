import Foundation
import HydrogenCore
import NIOCore
import Testing

@testable import DatabaseSubsystem

/// What the tests reach over the call-level interface: three databases through drivers of ODBC, and IBM's client library with Derby
/// behind it.
enum CLISource: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case postgresql, mariadb, sqlite, db2

    private static let environment = ProcessInfo.processInfo.environment

    /// The sources that are there: `scripts/with-postgresql`, `scripts/with-mariadb` and `scripts/with-db2` start servers, and the
    /// drivers are Debian's odbc-postgresql, odbc-mariadb and libsqliteodbc.
    static let there = allCases.filter { $0.connectionString(in: "/tmp") != nil && $0.hasDriver }
    /// Those through drivers of ODBC.
    static let throughODBC = there.filter { $0 != .db2 }

    /// Runs a suite when any source is there.
    static var isThere: ConditionTrait {
        .enabled(if: !there.isEmpty, "no driver of ODBC, nor DB2's client library: see scripts/ensure-tools test")
    }

    /// Runs a test when DB2's client library and Derby are there.
    static var hasDB2: ConditionTrait {
        .enabled(if: there.contains(.db2), "no DB2 here: run the tests by scripts/with-db2")
    }

    var testDescription: String { rawValue }

    private var hasDriver: Bool {
        let registered = (try? String(contentsOfFile: "/etc/odbcinst.ini", encoding: .utf8)) ?? ""
        return switch self {
        case .postgresql: registered.contains("[PostgreSQL Unicode]")
        case .mariadb: registered.contains("[MariaDB Unicode]")
        case .sqlite: registered.contains("[SQLite3]")
        case .db2: Self.environment["HYDROGEN_DB2_LIBRARY"] != nil
        }
    }

    /// How the tests connect; `nil` without a server.
    ///
    /// - Parameter folder: Where a database that is a file lies.
    func connectionString(in folder: String) -> String? {
        switch self {
        case .postgresql: Self.server("HYDROGEN_PG").map { "Driver={PostgreSQL Unicode};\($0)" }
        case .mariadb: Self.server("HYDROGEN_MYSQL").map { "Driver={MariaDB Unicode};\($0)" }
        case .sqlite: "Driver={SQLite3};Database=\(folder)/test.db;Timeout=200;"
        case .db2: Self.environment["HYDROGEN_TEST_DB2"]
        }
    }

    private static func server(_ prefix: String) -> String? {
        let keys = [("Server", "HOST"), ("Port", "PORT"), ("Database", "DATABASE"), ("UID", "USER"), ("PWD", "PASS")]
        var text = ""
        for (keyword, key) in keys {
            guard let value = environment["\(prefix)_\(key)"] else { return nil }
            text += "\(keyword)=\(value);"
        }
        return text
    }

    /// The library.
    var library: CLILibrary.Source {
        self == .db2 ? .db2(path: libraryPath) : .odbc(path: nil)
    }

    /// The library's path where the dynamic loader does not find it.
    var libraryPath: String? {
        self == .db2 ? Self.environment["HYDROGEN_DB2_LIBRARY"] : nil
    }

    /// Settings that lead there.
    func settings(in folder: String) throws -> CLISettings {
        var settings = CLISettings(library)
        settings.connectionString = Secret(try #require(connectionString(in: folder)))
        return settings
    }
}

/// Connections of one test, on the test's thread, and tables that end with it.
final class CLITestSession {
    let source: CLISource
    let connection: any EngineConnection
    /// A name that no other test has.
    let table = "t\(UInt64.random(in: 0...UInt64.max))"
    private let folder: TemporaryFolder
    private let settings: CLISettings

    init(_ source: CLISource, change: (inout CLISettings) -> Void = { _ in }) throws {
        self.source = source
        folder = try TemporaryFolder()
        var settings = try source.settings(in: folder.path)
        change(&settings)
        self.settings = settings
        connection = try Self.connect(settings)
    }

    deinit {
        connection.close()
        if let other = try? Self.connect(settings) {
            try? other.run("DROP TABLE \(table)")
            other.close()
        }
    }

    private static func connect(_ settings: CLISettings) throws(DatabaseError) -> any EngineConnection {
        try CLIEngine(settings, place: "the tests' source", statementCacheSize: 16)
            .connect(as: QueueLabel(database: "Test", number: 1, tags: .all), abort: .never)
    }

    /// Another connection to the same place.
    func another() throws(DatabaseError) -> any EngineConnection {
        try Self.connect(settings)
    }

    func query(
        _ sql: String,
        _ values: [ParameterValue] = [],
        readOnly: Bool = true,
        limit: Int = 1 << 20,
        deadline: Duration = .seconds(30),
        form: ResultForm = ResultForm(),
        stream: ResultStream? = nil
    ) -> QueuedQuery {
        let statement = EngineStatement(ParsedSQL(sql), for: .question, types: values.map(\.type))
        return query(
            statement,
            values,
            readOnly: readOnly,
            limit: limit,
            deadline: deadline,
            form: form,
            stream: stream
        )
    }

    func query(batch: AtomicBatch) -> QueuedQuery {
        QueuedQuery(
            tag: .medium,
            batch: batch,
            submittedAt: .now,
            deadline: .now + .seconds(60),
            maximumBytes: 1 << 20,
            onDetour: { _, _ in },
            completion: { _ in }
        )
    }

    func query(
        _ statement: EngineStatement,
        _ values: [ParameterValue] = [],
        readOnly: Bool = true,
        limit: Int = 1 << 20,
        deadline: Duration = .seconds(30),
        form: ResultForm = ResultForm(),
        stream: ResultStream? = nil
    ) -> QueuedQuery {
        QueuedQuery(
            statement: statement,
            values: values,
            isReadOnly: readOnly,
            submittedAt: .now,
            deadline: .now + deadline,
            maximumBytes: limit,
            form: form,
            stream: stream
        ) { _ in }
    }

    /// Runs a query to its end; the engine blocks, so the answer is there when `start` returns.
    func run(
        _ query: QueuedQuery,
        on other: (any EngineConnection)? = nil
    ) throws(DatabaseError) -> QueryRows {
        var outcome: Result<QueryRows, DatabaseError>?
        (other ?? connection).start(query) { outcome = $1 }
        guard let outcome else { throw DatabaseError(.unavailable, "nothing was delivered") }
        return try outcome.get()
    }

    /// The rows of one query, as text.
    func json(_ sql: String, _ values: [ParameterValue] = [], readOnly: Bool = true) throws(DatabaseError) -> String {
        String(buffer: try run(query(sql, values, readOnly: readOnly)).body)
    }

    /// The error of one query.
    func error(_ query: QueuedQuery, on other: (any EngineConnection)? = nil) -> DatabaseError? {
        do throws(DatabaseError) {
            _ = try run(query, on: other)
            return nil
        } catch {
            return error
        }
    }
}
