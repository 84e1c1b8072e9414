import AsyncHTTPClient
import DatabaseSubsystem
import Foundation
import HydrogenCore
import HydrogenTesting
import NIOCore
import NIOHTTP1
import Testing

/// The servers that the tests of all engines need.
private enum Servers {
    /// The variables of those that are not here.
    static let missing = [
        "HYDROGEN_TEST_POSTGRESQL", "HYDROGEN_TEST_MYSQL", "HYDROGEN_TEST_DB2", "HYDROGEN_AI_ENDPOINT",
    ].filter { ProcessInfo.processInfo.environment[$0] == nil }
}

/// The real binary on `config/all-engines.json`, beside real servers of all kinds: `scripts/with-all-engines` starts them.
@Suite(
    "All engines at once",
    .serialized,
    .timeLimit(.minutes(3)),
    .enabled(if: Servers.missing.isEmpty, "not here: \(Servers.missing)")
)
struct AllEnginesTests {
    private static let path = Repository.path("config/all-engines.json")
    private static let relational = ["Ledger", "Shelf", "Store", "Warehouse"]
    private static let queues = ["slow", "medium", "fast", "cache"]

    /// A schema, or a database, of its own on each server.
    private let place = "E\(UInt32.random(in: 0...UInt32.max))"
    private let environment: [String: String]

    init() throws {
        environment = [
            "HYDROGEN_PORT": "0", "HYDROGEN_PG_SCHEMA": place.lowercased(), "HYDROGEN_MYSQL_DATABASE": place,
            "HYDROGEN_DB2_SCHEMA": place,
        ]
        let search = ConfigurationSearch(
            explicitPath: Self.path,
            environment: ProcessInfo.processInfo.environment,
            builtIn: ConfigurationSearch.BuiltIn(text: "{}", files: [:])
        )
        let document = try search.find().load()
        let databases = try document.decode(section: "Databases", DatabasesConfiguration.init).value
        for (name, what) in [("Ledger", "SCHEMA"), ("Store", "DATABASE"), ("Warehouse", "SCHEMA")] {
            let engine = try #require(databases.connections.first { $0.name == name }).engine
            let connection = try engine.connectForRehearsal()
            defer { connection.close() }
            try connection.run("CREATE \(what) \(place)")
        }
    }

    private struct Answer: Sendable {
        let status: Int
        let body: String

        /// The rows of the body, with their brackets.
        var rows: String {
            guard let start = body.range(of: #""rows":"#), let end = body.range(of: #","row_count""#) else { return "" }
            return String(body[start.upperBound..<end.lowerBound])
        }
    }

    private func ask(_ method: HTTPMethod, _ address: String, _ body: String? = nil) async throws -> Answer {
        var request = HTTPClientRequest(url: address)
        request.method = method
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let text = String(buffer: try await response.body.collect(upTo: 1 << 24))
        return Answer(status: Int(response.status.code), body: text)
    }

    private static let all = """
        [{"product_id":16,"name":"Harbour Coffee","stock":42,"weight":0.25,"added":"2026-01-15"},\
        {"product_id":17,"name":"Fjällräven \\"Kånken\\" 😀","stock":9007199254740993,"weight":1.5,"added":"2026-01-31"},\
        {"product_id":18,"name":"It's a mystery","stock":0,"weight":null,"added":"2026-02-28"}]
        """
    private static let one = """
        [{"product_id":17,"name":"Fjällräven \\"Kånken\\" 😀","stock":9007199254740993,"weight":1.5,"added":"2026-01-31"}]
        """

    @Test("five databases of five kinds are launched, asked, changed and landed together by one binary")
    func together() async throws {
        let rehearsal = try ServerProcess(["preflight", Self.path], environment: environment)
        #expect(await rehearsal.exitCode() == 0, "\(rehearsal.log.entries)")
        for evidence in ["libpq", "SQLite 3", "libmariadb", "libdb2", "Assistant: "] {
            #expect(rehearsal.log.entries.contains { $0.contains(evidence) }, "\(evidence)")
        }

        let server = try ServerProcess(["run", "--config", Self.path], environment: environment)
        let address = await server.ready()
        let readiness = try await ask(.GET, "\(address)/api/system/readiness")
        #expect(readiness.status == 200, "\(readiness.body)")

        let before = try await everywhere(2, "medium", at: address)
        for (name, rows) in before { #expect(rows == Self.all, "\(name)") }
        try await askOnEveryQueue(at: address)
        try await change(at: address)
        let after = try await everywhere(2, "medium", at: address)
        #expect(after == before, "what was added is removed")
        let assistant = try await ask(.GET, "\(address)/api/query/Assistant/1/fast/id=17")
        #expect(assistant.status == 200 && assistant.rows.hasPrefix(#"[{"product_id":"#), "\(assistant.body)")

        let queues = try await ask(.GET, "\(address)/api/system/queues")
        for name in Self.relational + ["Assistant"] { #expect(queues.body.contains("DQM-\(name)-00-")) }
        server.send(SIGTERM)
        #expect(await server.exitCode() == 0)
        #expect(server.messages(containing: "Server sessions left").first?.hasSuffix("0") == true)
        #expect(server.messages(containing: "Abandoned:").first?.hasSuffix("0") == true)
    }

    /// The rows of a query without parameters on every relational database.
    private func everywhere(_ id: Int, _ queue: String, at address: String) async throws -> [String: String] {
        try await withThrowingTaskGroup { group in
            for name in Self.relational {
                group.addTask { (name, try await ask(.GET, "\(address)/api/query/\(name)/\(id)/\(queue)").rows) }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    /// The same query on every queue of every database at once: the same bytes.
    private func askOnEveryQueue(at address: String) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for name in Self.relational {
                for queue in Self.queues {
                    for _ in 0..<25 {
                        group.addTask {
                            let answer = try await ask(.GET, "\(address)/api/query/\(name)/1/\(queue)/id=17")
                            #expect(answer.status == 200 && answer.rows == Self.one, "\(name) \(queue): \(answer.body)")
                        }
                    }
                }
            }
            for _ in 0..<20 {
                group.addTask {
                    let answer = try await ask(.POST, "\(address)/api/query/Assistant/2/medium", #"{"name":"Coffee"}"#)
                    #expect(answer.status == 200 && answer.body.contains("Coffee"), "\(answer.body)")
                }
            }
        }
    }

    /// Adds ten products to each database at once, sees them, and removes them.
    private func change(at address: String) async throws {
        try await write { name, id in
            try await ask(
                .POST,
                "\(address)/api/query/\(name)/3/medium",
                #"{"id":\#(id),"name":"New","stock":\#(id),"weight":0.5,"added":"2026-03-01"}"#
            )
        }
        for (name, rows) in try await everywhere(2, "slow", at: address) {
            #expect(rows.components(separatedBy: "product_id").count == 14, "\(name): \(rows)")
            #expect(rows.contains(#"{"product_id":104,"name":"New","stock":104,"weight":0.5,"added":"2026-03-01"}"#))
        }
        try await write { name, id in
            try await ask(.POST, "\(address)/api/query/\(name)/4/medium", #"{"id":\#(id)}"#)
        }
    }

    private func write(_ body: @escaping @Sendable (String, Int) async throws -> Answer) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for name in Self.relational {
                for id in 101...110 {
                    group.addTask {
                        let answer = try await body(name, id)
                        #expect(
                            answer.status == 200 && answer.body.contains(#""affected_rows":1"#),
                            "\(name): \(answer.body)"
                        )
                    }
                }
            }
        }
    }

    @Test("a client library that is missing grounds its database alone, with what to install")
    func missingLibrary() async throws {
        let without = environment.merging(["HYDROGEN_DB2_LIBRARY": "/nowhere/libdb2.so"]) { $1 }
        let checked = try ServerProcess(["check", Self.path], environment: without)
        #expect(await checked.exitCode() == 0, "a check needs no library")
        let server = try ServerProcess(["run", "--config", Self.path], environment: without)
        let address = await server.ready()
        let reasons = server.messages(containing: "Warehouse: ")
        #expect(reasons.contains { $0.contains("/nowhere/libdb2.so") && $0.contains("install") }, "\(reasons)")
        for name in ["Ledger", "Shelf", "Store"] {
            #expect(try await ask(.GET, "\(address)/api/query/\(name)/1/fast/id=17").rows == Self.one)
        }
        let grounded = try await ask(.GET, "\(address)/api/query/Warehouse/1/fast/id=17")
        #expect(grounded.status == 503, "\(grounded.body)")
        server.send(SIGTERM)
        #expect(await server.exitCode() == 0)
    }
}
