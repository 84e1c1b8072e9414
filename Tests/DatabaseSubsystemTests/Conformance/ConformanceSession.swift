import CoreMetrics
import HydrogenCore
import HydrogenTesting
import NIOCore
import Synchronization
import Testing

@testable import DatabaseSubsystem

/// One real DQM of a subject, with tables of its own: templates go in as files, as an operator writes them.
final class ConformanceSession: Sendable {
    let subject: ConformanceSubject
    /// A name that no other session's tables begin with.
    let prefix = "c\(UInt32.random(in: 0...UInt32.max))"

    private let configuration: ConnectionConfiguration
    private let queue: WorkerQueue
    private let deadlines = DeadlineWatch()

    /// Connects, performs `body`, and leaves nothing behind. What is past its deadline meanwhile is stopped.
    static func with(
        _ subject: ConformanceSubject,
        _ body: (ConformanceSession) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let session = try ConformanceSession(subject, folder)
        try session.queue.start()
        try await session.queue.connect()
        defer { withExtendedLifetime(folder) {} }
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { await session.deadlines.run(clock: ContinuousClock()) { session.queue.expire() } }
            defer { group.cancelAll() }
            do {
                try await body(session)
            } catch {
                await session.end()
                throw error
            }
            await session.end()
        }
    }

    /// Performs a case for a subject in a session of its own, and notes what became of it.
    static func check(
        _ name: String,
        _ subject: ConformanceSubject,
        _ body: (ConformanceSession) async throws -> Bool
    ) async throws {
        if let reason = subject.exceptions[name] { return ConformanceReport.add(subject, name, .notApplicable(reason)) }
        do {
            try await with(subject) { session in
                let holds = try await body(session)
                ConformanceReport.add(subject, name, holds ? .passed : .failed)
                #expect(holds, "\(subject.name): \(name)")
            }
        } catch {
            ConformanceReport.add(subject, name, .failed)
            throw error
        }
    }

    private init(_ subject: ConformanceSubject, _ folder: TemporaryFolder) throws {
        self.subject = subject
        configuration = try subject.connection(in: folder)
        queue = try WorkerQueue(
            label: QueueLabel(database: "Subject", number: 1, tags: TagSet(.medium)),
            engine: configuration.engine,
            capacity: 10_000,
            clock: ContinuousClock()
        ) { _ in }
    }

    private func end() async {
        for table in tables.withLock({ $0 }) { try? await execute("DROP TABLE {\(table)}") }
        await queue.close()
    }

    // MARK: Tables

    private let tables = Mutex<[String]>([])

    /// The SQL with the session's own tables in the place of `{name}`.
    func expanded(_ sql: String) -> String {
        sql.replacing(/\{([a-z_]+)\}/) { "\(prefix)_\($0.output.1)" }
    }

    /// Makes a table `{name}`.
    func make(_ name: String, _ columns: String) async throws(DatabaseError) {
        try await execute("CREATE TABLE {\(name)} (\(columns))")
        tables.withLock { $0.insert(name, at: 0) }
    }

    /// Makes the table `{digits}`: `n`, from 0 to 9. A prompt says itself what rows it wants.
    func makeDigits() async throws(DatabaseError) {
        guard subject.dialect != .prompt else { return }
        try await make("digits", "n INTEGER NOT NULL PRIMARY KEY")
        for digit in 0..<10 { try await execute("INSERT INTO {digits} (n) VALUES (\(digit))") }
    }

    /// Runs a statement of the session's own.
    func execute(_ sql: String) async throws(DatabaseError) {
        let sql = expanded(sql)
        try await queue.withConnection { connection throws(DatabaseError) in try connection.run(sql) }
    }

    /// Applies migrations; returns how many were applied now.
    func migrate(_ available: [Migration]) async throws(DatabaseError) -> Int {
        try await queue.withConnection { connection throws(DatabaseError) in
            try MigrationRunner(connection).apply(available).count
        }
    }

    // MARK: Queries

    /// A template that the engine has accepted.
    ///
    /// - Parameters:
    ///   - header: More lines of the file's header, such as `parameters: id INTEGER`.
    ///   - sql: The SQL, with `{name}` for tables.
    ///   - prompt: What stands for it where prompts are taken.
    func prepare(
        _ header: String = "",
        _ sql: String,
        prompt: ConformancePrompt? = nil
    ) async throws -> PreparedQuery {
        let lines = header.split(separator: "\n").map { "-- \($0)\n" }.joined()
        let body = subject.dialect == .prompt ? try #require(prompt).file : expanded(sql)
        let text = "-- id: 1\n\(lines)\(body)"
        let template = try QueryFile(
            parsing: Array(text.utf8),
            file: "conformance.sql",
            dialect: configuration.kind.dialect
        ).template
        let placeholders = configuration.engine.placeholders
        let described = try await queue.withConnection { connection throws(DatabaseError) in
            try connection.describe(template, placeholders)
        }
        return PreparedQuery(
            template,
            described,
            database: "Subject",
            maximumRows: template.maximumRows,
            metrics: NOOPMetricsHandler.instance
        )
    }

    /// Hands a query in.
    ///
    /// - Parameter values: Texts by name, as a URL has them; `nil` is NULL.
    func submit(
        _ prepared: PreparedQuery,
        _ values: [String: String?] = [:],
        format: RowFormat = .json,
        within limit: Duration = .seconds(60),
        completion: @escaping @Sendable (Result<QueryAnswer, DatabaseError>) -> Void
    ) throws -> QueuedQuery {
        let query = QueuedQuery(
            tag: .medium,
            statement: prepared.statement,
            values: try Self.bind(prepared, values),
            isReadOnly: prepared.isReadOnly,
            submittedAt: .now,
            deadline: .now + limit,
            maximumBytes: 64 << 20,
            form: ResultForm(format, maximumRows: prepared.maximumRows, cursor: prepared.cursor),
            completion: completion
        )
        queue.submit(query)
        deadlines.queryArrived()
        return query
    }

    private static func bind(_ prepared: PreparedQuery, _ values: [String: String?]) throws -> [ParameterValue] {
        var provided = ProvidedParameters()
        for (name, value) in values {
            if let value {
                try provided.add(configured: .string(value), named: name)
            } else {
                try provided.add(jsonBody: "{\"\(name)\":null}".utf8)
            }
        }
        return try prepared.template.bind(provided)
    }

    /// The outcome of a query.
    func rows(
        _ prepared: PreparedQuery,
        _ values: [String: String?] = [:],
        format: RowFormat = .json,
        within limit: Duration = .seconds(60)
    ) async throws -> Result<QueryRows, DatabaseError> {
        let outcome = OneShot<Result<QueryRows, DatabaseError>>()
        _ = try submit(prepared, values, format: format, within: limit) { outcome.fulfil($0.map(\.rows)) }
        return await outcome.value() ?? .failure(DatabaseError(.cancelled, "the test was cancelled"))
    }

    /// The rows of a query, as text.
    func text(
        _ prepared: PreparedQuery,
        _ values: [String: String?] = [:],
        format: RowFormat = .json
    ) async throws -> String {
        String(buffer: try await rows(prepared, values, format: format).get().body)
    }

    /// The rows of a query that is run once, as text.
    func text(
        _ header: String = "",
        _ sql: String,
        prompt: ConformancePrompt? = nil,
        _ values: [String: String?] = [:]
    ) async throws -> String {
        try await text(prepare(header, sql, prompt: prompt), values)
    }

    /// Runs templates with their values as one transaction.
    func transact(_ steps: [(PreparedQuery, [String: String?])]) async throws -> (
        error: DatabaseError?, batch: AtomicBatch
    ) {
        let batch = AtomicBatch(
            try steps.map { prepared, values in
                AtomicBatch.Step(
                    statement: prepared.statement,
                    values: try Self.bind(prepared, values),
                    isReadOnly: prepared.isReadOnly,
                    form: ResultForm()
                )
            }
        )
        let outcome = OneShot<DatabaseError?>()
        let query = QueuedQuery(
            tag: .medium,
            batch: batch,
            submittedAt: .now,
            deadline: .now + .seconds(60),
            maximumBytes: 1 << 20,
            onDetour: { query, _ in query.complete(.failure(DatabaseError(.unavailable, "the connection was lost"))) },
            completion: { result in
                if case .failure(let error) = result { outcome.fulfil(error) } else { outcome.fulfil(nil) }
            }
        )
        queue.submit(query)
        deadlines.queryArrived()
        return (await outcome.value() ?? nil, batch)
    }

    /// Waits until the connection works on a query.
    func untilRunning() async {
        await eventually { self.queue.statistics.running > 0 }
    }

    /// Takes a query back, as for a caller that left.
    func withdraw(_ query: QueuedQuery) {
        queue.withdraw(query, .callerLeft)
    }

    /// Replaces a connection that was lost.
    func reconnect() async throws(DatabaseError) {
        try await queue.connect()
    }

    /// Whether the DQM has a connection.
    var isConnected: Bool { queue.isConnected }
}
