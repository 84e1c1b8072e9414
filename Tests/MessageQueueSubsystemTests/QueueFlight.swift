import CoreMetrics
import DatabaseSubsystem
import Foundation
import HydrogenCore
import HydrogenTesting
import NIOCore
import Testing

@testable import MessageQueueSubsystem

/// A message queue that a test flies on a real PostgreSQL, with a queue name of its own.
struct QueueFlight {
    static let server = ProcessInfo.processInfo.environment["HYDROGEN_TEST_POSTGRESQL"]
    static let isThere = ConditionTrait.enabled(
        if: server != nil,
        "HYDROGEN_TEST_POSTGRESQL names no server; scripts/with-postgresql starts one"
    )

    let queue: MessageQueue
    let clock: ManualClock
    let database: Database
    /// Unique, as all tests share one schema.
    let name = "q\(UInt64.random(in: 0...UInt64.max))"

    /// Flies, performs `body`, and lands cleanly. Time stands still.
    ///
    /// - Parameters:
    ///   - settings: More keys of the section, as JSON members.
    ///   - connection: A database of the test's own; by default that of all tests.
    ///   - keeps: Whether the queue is left as it is.
    static func fly(
        _ settings: String = "",
        on connection: String? = nil,
        keeps: Bool = false,
        _ body: (QueueFlight) async throws -> Void
    ) async throws {
        let text = """
            { "MessageQueue": { "Enabled": true, "Database": "Test"\(settings.isEmpty ? "" : ", " + settings) },
              "Databases": { "HeartbeatIntervalSeconds": 3600, "Connections": [
                { "Name": "Test", "Engine": "postgresql", "ConnectionString": "\(connection ?? server ?? "")",
                  "Queues": { "Slow": { "Min": 0, "Max": 0 }, "Medium": { "Min": 4, "Max": 4 }, "Fast": { "Min": 0, "Max": 0 },
                              "Cache": { "Min": 0, "Max": 0 } } } ] } }
            """
        let (databases, subsystem) = try parts(of: text)
        let harness = try SubsystemHarness(subsystem, neighbours: [databases], configuration: text)
        let record = try await harness.fly { flying in
            await flying.ready()
            let queue = try #require(subsystem.queue)
            let database = try #require(databases.database(named: "Test"))
            let flight = QueueFlight(queue: queue, clock: harness.clock, database: database)
            try await body(flight)
            if !keeps { _ = try await queue.delete(queue: flight.name) }
        }
        try record.expectClean()
    }

    /// A configuration that stands alone.
    static func document(_ text: String) throws -> ConfigurationDocument {
        try ConfigurationDocument(
            parsing: Array(text.utf8),
            file: "test.json",
            files: .builtIn([:]),
            environment: [:]
        )
    }

    /// The queue and its databases, as a configuration has them.
    static func parts(of text: String) throws -> (databases: DatabaseSubsystem, queue: MessageQueueSubsystem) {
        let document = try document(text)
        let databases = DatabaseSubsystem(
            try document.decode(section: "Databases", DatabasesConfiguration.init).value,
            metrics: NOOPMetricsHandler.instance
        )
        let subsystem = MessageQueueSubsystem(
            try document.decode(section: "MessageQueue", MessageQueueConfiguration.init).value,
            databases: databases,
            metrics: NOOPMetricsHandler.instance
        )
        return (databases, subsystem)
    }

    // MARK: What tests do

    func configure(_ options: String) async throws {
        let body = #"{"queue":"\#(name)","options":\#(options)}"#
        _ = try await queue.configure(ConfigureRequest(try Self.node(body)))
    }

    /// Pushes messages, each with its transaction id as payload. Returns their states.
    @discardableResult
    func push(_ transactions: String..., partition: String = "Default") async throws -> [String] {
        let items = transactions.map {
            #"{"queue":"\#(name)","partition":"\#(partition)","transactionId":"\#($0)","payload":"\#($0)"}"#
        }
        let body = #"{"items":[\#(items.joined(separator: ","))]}"#
        return try await Self.texts(queue.push(PushRequest(try Self.node(body))), "status")
    }

    func pop(_ change: (inout PopRequest) -> Void = { _ in }) async throws -> Delivery {
        var request = PopRequest(queue: name, batch: 100)
        change(&request)
        switch try await queue.pop(request) {
        case .nothing(let why): return Delivery(why: why)
        case .messages(let buffer): return try Delivery(Self.node(String(buffer: buffer)))
        }
    }

    /// Acknowledges some messages of a delivery. Returns the errors, `nil` for none.
    @discardableResult
    func acknowledge(
        _ delivery: Delivery,
        _ transactions: [String]? = nil,
        _ status: String = "completed",
        group: String? = nil,
        hasLease: Bool = true
    ) async throws -> [String?] {
        let partition = try #require(delivery.partitionID.flatMap { QueueUUID($0) })
        let items = try (transactions ?? delivery.transactions).map { transaction in
            let lease = hasLease ? #","leaseId":"\#(delivery.lease ?? "")""# : ""
            let body =
                #"{"transactionId":"\#(transaction)","partitionId":"\#(partition)","status":"\#(status)"\#(lease)}"#
            return try Acknowledgement(try Self.node(body), group: group)
        }
        guard case .array(let nodes) = try Self.node(String(buffer: try await queue.acknowledge(items))).value else {
            return []
        }
        return nodes.map { if case .string(let text)? = $0.value["error"]?.value { text } else { nil } }
    }

    /// The whole answer of a pop.
    func answer(_ change: (inout PopRequest) -> Void) async throws -> String {
        var request = PopRequest(queue: name, batch: 100)
        change(&request)
        guard case .messages(let buffer) = try await queue.pop(request) else { return "" }
        return String(buffer: buffer)
    }

    /// Asks the database beside the queue. Returns a line of JSON for each row.
    @discardableResult
    func sql(_ text: String) async throws -> [String] {
        let template = QueryTemplate(
            id: QueryID(1),
            name: "test",
            sql: ParsedSQL(text),
            queue: .medium,
            writes: true,
            source: "a test"
        )
        let statement = try await database.prepare([template])[0]
        let result = await withCheckedContinuation { continuation in
            database.submit(statement, values: [], queue: .medium, format: .ndjson, timeLimit: .seconds(60)) {
                continuation.resume(returning: $0)
            }
        }
        return String(buffer: try result.get().rows.body).split(separator: "\n").map(String.init)
    }

    /// The payloads of the queue's messages, as they lie in the database.
    func stored() async throws -> [String] {
        let lines = try await sql(
            """
            SELECT m.payload AS j FROM hydrogen_queue.messages m JOIN hydrogen_queue.partitions p ON p.number = m.partition
            JOIN hydrogen_queue.queues q ON q.number = p.queue WHERE q.name = '\(name)' ORDER BY m.sequence
            """
        )
        return try lines.map { line in
            if case .string(let payload)? = try Self.node(line).value["j"]?.value { payload } else { line }
        }
    }

    static func node(_ text: String) throws -> JSONNode { try JSONParser(options: .strict).parse(text.utf8) }

    static func texts(_ buffer: ByteBuffer, _ name: String) throws -> [String] {
        guard case .array(let nodes) = try node(String(buffer: buffer)).value else { return [] }
        return nodes.compactMap { if case .string(let text)? = $0.value[name]?.value { text } else { nil } }
    }
}

/// What a pop gave.
struct Delivery: Hashable {
    var transactions: [String] = []
    var retries: [Int] = []
    var partition: String?
    var partitionID: String?
    var lease: String?
    var why: String?

    init(why: String) {
        self.why = why
    }

    init(_ node: JSONNode) throws {
        func text(_ node: JSONNode?, _ name: String) -> String? {
            if case .string(let text)? = node?.value[name]?.value { text } else { nil }
        }
        guard case .array(let messages)? = node.value["messages"]?.value else { return }
        transactions = messages.compactMap { text($0, "transactionId") }
        retries = messages.compactMap {
            if case .number(let n)? = $0.value["retryCount"]?.value { Int(n) } else { nil }
        }
        partition = text(messages.first, "partition")
        partitionID = text(messages.first, "partitionId")
        lease = text(messages.first, "leaseId")
    }
}
