import DatabaseSubsystem
import HydrogenCore
import NIOCore

/// Runs the statements of the message queue on its database.
struct QueueStore: Sendable {
    /// How long a statement may take, the wait for a connection included.
    static let patience = Duration.seconds(30)

    let vault: PayloadVault
    let metrics: MessageQueueMetrics
    private let database: Database
    private let statements: [PreparedQuery]
    private let reports: [PreparedQuery]

    /// Brings the schema up to date, and has the engine accept every statement.
    ///
    /// - Throws: `migration` when the schema is at fault; `unavailable` while there is no connection.
    init(_ database: Database, _ vault: PayloadVault, _ metrics: MessageQueueMetrics) async throws(DatabaseError) {
        self.database = database
        self.vault = vault
        self.metrics = metrics
        _ = try await database.migrate(QueueSchema.migrations, historyTable: QueueSchema.historyTable)
        statements = try await database.prepare(QueueStatement.allCases.map(\.template))
        reports = try await database.prepare(OperatorReport.allCases.map(\.template))
    }

    /// Runs a statement.
    ///
    /// - Parameter completion: Takes the first column of each row as JSON text.
    func run(
        _ statement: QueueStatement,
        _ values: [String],
        timeLimit: Duration = Self.patience,
        completion: @escaping @Sendable (Result<[ByteBuffer], DatabaseError>) -> Void
    ) {
        run(statements[statement.rawValue], values, timeLimit: timeLimit, completion: completion)
    }

    private func run(
        _ query: PreparedQuery,
        _ values: [String],
        timeLimit: Duration = Self.patience,
        completion: @escaping @Sendable (Result<[ByteBuffer], DatabaseError>) -> Void
    ) {
        database.submit(
            query,
            values: values.map { ParameterValue(type: .string, content: .text($0)) },
            queue: .medium,
            format: .ndjson,
            timeLimit: timeLimit
        ) { completion($0.map { Self.texts(of: $0.rows.body) }) }
    }

    /// Runs a statement and waits for its rows.
    func rows(
        _ statement: QueueStatement,
        _ values: [String],
        timeLimit: Duration = Self.patience
    ) async throws(DatabaseError) -> [ByteBuffer] {
        let result: Result<[ByteBuffer], DatabaseError> = await withCheckedContinuation { continuation in
            run(statement, values, timeLimit: timeLimit) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Makes a report for a request, given as a JSON object.
    func rows(_ report: OperatorReport, _ request: String) async throws(DatabaseError) -> [ByteBuffer] {
        let result: Result<[ByteBuffer], DatabaseError> = await withCheckedContinuation { continuation in
            run(reports[report.rawValue], [request]) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Stores the messages of many requests.
    ///
    /// - Parameter completion: Takes what became of each request.
    func push(
        _ requests: [PushRows],
        timeLimit: Duration = Self.patience,
        completion: @escaping @Sendable (Result<[PushOutcome], DatabaseError>) -> Void
    ) {
        // What is known of queues that want encryption may be newer than the request.
        let batch = PushBatch(requests.map { $0.renewed(by: vault) })
        run(.push, batch.values + ["false"], timeLimit: timeLimit) { [self] result in
            completion(
                result.flatMap { rows in
                    Result { () throws(DatabaseError) in
                        let (outcomes, tally) = try batch.outcomes(rows.first ?? ByteBuffer())
                        metrics.count(tally)
                        return outcomes
                    }
                }
            )
        }
    }

    // MARK: Repeating

    /// How often at most something is tried that was undone as a whole.
    static let mostAttempts = 5
    private static let deadlock = "40P01"

    /// Whether something that failed may be done when it is tried again at once: others stood in its way, or queues want encryption.
    func isWorthRepeating(_ error: DatabaseError) -> Bool { error.sqlState == Self.deadlock || learned(error) }

    /// Does something again that was undone as a whole, if that is worthwhile.
    func repeating<Value>(
        _ body: () async throws(DatabaseError) -> Value
    ) async throws(DatabaseError) -> Value {
        for _ in 1..<Self.mostAttempts {
            do throws(DatabaseError) {
                return try await body()
            } catch {
                guard isWorthRepeating(error) else { throw error }
            }
        }
        return try await body()
    }

    /// Whether a failure says that queues want encryption, so that another attempt will encrypt for them.
    private func learned(_ error: DatabaseError) -> Bool {
        guard error.sqlState == Self.wantsEncryption, vault.cipher != nil else { return false }
        guard
            case .array(let names)? = try? JSONParser.own.parse((error.detail ?? error.message).utf8)
                .value
        else { return false }
        vault.learn(names.compactMap { if case .string(let name) = $0.value { name } else { nil } })
        return true
    }

    /// What the functions of the schema raise for payloads in clear that are not to be in clear.
    static let wantsEncryption = "HQ002"

    /// Takes lines of `{"j":...}` apart. No value has a line break.
    private static func texts(of lines: ByteBuffer) -> [ByteBuffer] {
        var texts: [ByteBuffer] = []
        var rest = lines
        while let end = rest.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
            let length = end - rest.readerIndex
            if let text = rest.getSlice(at: rest.readerIndex + 5, length: length - 6) { texts.append(text) }
            rest.moveReaderIndex(forwardBy: length + 1)
        }
        return texts
    }
}

// MARK: - What was kept in files

extension QueueStore: PushSink {
    func deliver(_ items: [PushItem]) async throws(DatabaseError) {
        let tally = try await repeating { () async throws(DatabaseError) in
            let batch = PushBatch([PushRows(items, vault)])
            return try batch.outcomes(await rows(.push, batch.values + ["true"]).first ?? ByteBuffer()).tally
        }
        metrics.count(tally)
    }

    func probe() async throws(DatabaseError) {
        _ = try await rows(.probe, [], timeLimit: .seconds(2))
    }
}

// MARK: - Requests as values

extension QueueStore {
    /// The values of ``QueueStatement/ack``.
    static func values(of requests: [[Acknowledgement]]) -> [String] {
        values(of: requests.enumerated().flatMap { index, request in request.map { (index, $0) } })
    }

    /// The values of ``QueueStatement/transact``.
    func values(of request: TransactionRequest) -> [String] {
        ["\(request.operations.count)", ArrayLiteral(request.requiredLeases.map(\.description)).text]
            + [ArrayLiteral(request.pushes.map(\.operation)).text]
            + PushBatch([PushRows(request.pushes.map(\.item), vault)]).values
            + Self.values(of: request.acknowledgements.map { ($0.operation, $0.item) })
    }

    private static func values(of items: [(Int, Acknowledgement)]) -> [String] {
        [
            ArrayLiteral(items.map(\.0)).text,
            ArrayLiteral(items.map(\.1.transactionID)).text,
            ArrayLiteral(items.map(\.1.partitionID.description)).text,
            ArrayLiteral(items.map(\.1.status)).text,
            ArrayLiteral(items.map(\.1.error)).text,
            ArrayLiteral(items.map(\.1.group)).text,
            ArrayLiteral(items.map(\.1.lease?.description)).text,
        ]
    }

    /// The values of ``QueueStatement/pop``: each request with the lease that it gets.
    static func values(of requests: [PopRequest]) -> [String] {
        [
            ArrayLiteral(requests.map(\.queue)).text,
            ArrayLiteral(requests.map(\.partition)).text,
            ArrayLiteral(requests.map(\.namespace)).text,
            ArrayLiteral(requests.map(\.task)).text,
            ArrayLiteral(requests.map(\.group)).text,
            ArrayLiteral(requests.map(\.batch)).text,
            ArrayLiteral(requests.map(\.partitions)).text,
            ArrayLiteral(requests.map { "\($0.acknowledges)" }).text,
            ArrayLiteral(requests.map { $0.start == .now ? "new" : nil }).text,
            ArrayLiteral(requests.map { if case .at(let moment) = $0.start { moment } else { nil } }).text,
            ArrayLiteral(requests.map(\.lease.description)).text,
        ]
    }
}
