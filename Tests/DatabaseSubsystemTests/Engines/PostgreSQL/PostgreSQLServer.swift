import Foundation
import HydrogenCore
import NIOCore
import Testing

@testable import DatabaseSubsystem

/// The server that `scripts/with-postgresql` has started for the tests.
enum PostgreSQLServer {
    /// A `postgresql://` URL of a superuser; `nil` without a server.
    static let url = ProcessInfo.processInfo.environment["HYDROGEN_TEST_POSTGRESQL"]

    /// Runs a suite when there is a server.
    static var isThere: ConditionTrait {
        .enabled(if: url != nil, "no PostgreSQL here: run the tests by scripts/with-postgresql")
    }

    /// An engine for the server.
    static func engine(
        schema: String? = nil,
        quickTimeout: Duration = .seconds(5),
        cacheSize: Int = 16,
        connectionString: String? = nil
    ) -> PostgreSQLEngine {
        var settings = PostgreSQLSettings()
        settings.connectionString = Secret(connectionString ?? url ?? "")
        settings.schema = schema
        settings.quickTimeout = quickTimeout
        return PostgreSQLEngine(settings, place: "the tests' server", statementCacheSize: cacheSize)
    }
}

/// One connection of a test with a schema of its own, on the test's thread.
final class PostgreSQLTestSession {
    let connection: any EngineConnection
    let schema: String

    /// - Parameter tags: What the DQM bears: quick connections pipeline.
    init(
        _ tags: TagSet = TagSet(.medium),
        schema: String? = nil,
        quickTimeout: Duration = .seconds(5),
        cacheSize: Int = 16
    ) throws {
        let name = schema ?? "t\(UInt64.random(in: 0...UInt64.max))"
        self.schema = name
        connection = try PostgreSQLServer.engine(schema: name, quickTimeout: quickTimeout, cacheSize: cacheSize)
            .connect(as: QueueLabel(database: "Test", number: 1, tags: tags), abort: .never)
        if schema == nil, !tags.isQuick { try connection.run("CREATE SCHEMA \(name)") }
    }

    deinit {
        connection.close()
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
        stream: ResultStream? = nil
    ) -> QueuedQuery {
        QueuedQuery(
            statement: statement ?? EngineStatement(ParsedSQL(sql), for: .dollar, types: values.map(\.type)),
            values: values,
            isReadOnly: readOnly,
            submittedAt: .now,
            deadline: .now + deadline,
            maximumBytes: limit,
            form: form,
            stream: stream
        ) { _ in }
    }

    /// Runs queries as one batch, to their outcomes in the order given.
    func run(_ queries: [QueuedQuery]) -> [Result<QueryRows, DatabaseError>] {
        var outcomes: [ObjectIdentifier: Result<QueryRows, DatabaseError>] = [:]
        let deliver: EngineConnection.Deliver = { query, outcome in
            #expect(outcomes[ObjectIdentifier(query)] == nil, "a query was answered twice")
            outcomes[ObjectIdentifier(query)] = outcome
        }
        for query in queries { connection.start(query, deliver) }
        connection.flush(deliver)
        while connection.isUsable, connection.inFlight > 0 { connection.advance(deliver) }
        #expect(connection.inFlight == 0)
        return queries.map { outcomes[ObjectIdentifier($0)] ?? .failure(DatabaseError(.unavailable, "not answered")) }
    }

    /// The rows of one query, as text.
    func json(_ sql: String, _ values: [ParameterValue] = [], readOnly: Bool = true) throws -> String {
        String(buffer: try run([query(sql, values, readOnly: readOnly)])[0].get().body)
    }

    /// The rows of one query in another format.
    func text(_ sql: String, as form: ResultForm) throws -> String {
        String(buffer: try run([query(sql, form: form)])[0].get().body)
    }

    /// The error of one query.
    func error(_ sql: String, _ values: [ParameterValue] = [], readOnly: Bool = true) -> DatabaseError? {
        if case .failure(let error) = run([query(sql, values, readOnly: readOnly)])[0] { error } else { nil }
    }
}
