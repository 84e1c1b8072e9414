import DatabaseSubsystem
import FoundationEssentials
import HydrogenCore
import HydrogenTesting
import Logging
import Testing

@testable import WebSubsystem

@Suite("System endpoints", .timeLimit(.minutes(2)))
struct SystemEndpointTests {
    /// The members of a JSON object that a test looks at.
    private struct Body: Decodable {
        struct Line: Decodable {
            let level: String
            let subsystem: String
            let message: String
        }

        struct Absence: Decodable {
            let name: String
            let reason: String?
        }

        struct Subsystem: Decodable {
            let name: String
            let state: String
        }

        struct Query: Decodable {
            let queryId: Int
            let ready: Bool
            let writes: Bool?
            let reason: String?
        }

        struct QueryTable: Decodable {
            let version: String
            let count: Int
            let readyCount: Int
            let queries: [Query]
        }

        struct Queue: Decodable {
            let label: String
            let tags: String
            let connected: Bool
            let processed: Int
        }

        struct Database: Decodable {
            let name: String
            let engine: String
            let phase: String
            let queues: [Queue]
            let queryTable: QueryTable
        }

        var success: Bool?
        var status: String?
        var ready: Bool?
        var version: String?
        var name: String?
        var phase: String?
        var pid: Int?
        var threads: Int?
        var residentBytes: Int?
        var uptimeSeconds: Double?
        var databasesExpected: Int?
        var databasesReady: Int?
        var noGo: [Absence]?
        var subsystems: [Subsystem]?
        var count: Int?
        var lines: [Line]?
    }

    private struct Queues: Decodable {
        let databases: [Body.Database]
    }

    private static func get<Value: Decodable>(
        _ path: String,
        from fixture: WebFixture,
        status: Int = 200,
        as type: Value.Type = Body.self
    ) async throws -> Value {
        let response = try await Wire.open(port: fixture.port) { try await $0.request("GET", path) }
        #expect(response.status == status, "\(response.body)")
        #expect(response.headers["content-type"] == "application/json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Value.self, from: Data(response.body.utf8))
    }

    @Test("health says that the process lives, also while a database hangs")
    func health() async throws {
        try await WebFixture.fly(databases: WebFixture.narrow) { fixture in
            try await Wire.open(port: fixture.port) { wire in
                try await wire.send("GET", "/api/query/Kiosk/7/fast")
                await eventually { fixture.statistics.running == 1 }
                let before = fixture.statistics
                let body = try await Self.get("/api/system/health", from: fixture)
                #expect(body.success == true && body.status == "alive" && body.version == HydrogenVersion.current)
                #expect(body.uptimeSeconds ?? -1 >= 0)
                #expect(fixture.statistics == before)
            }
        }
    }

    @Test("readiness names what does not fly, and turns to 503 when the landing begins")
    func readiness() async throws {
        try await WebFixture.fly { fixture in
            let body = try await Self.get("/api/system/readiness", from: fixture)
            #expect(body.success == true && body.ready == true && body.status == "degraded")
            #expect(body.databasesExpected == 2 && body.databasesReady == 1)
            #expect(body.noGo?.map(\.name) == ["Broken"])
            #expect(body.noGo?.first?.reason?.contains("nowhere") == true)
        }
    }

    @Test("info tells who runs here")
    func info() async throws {
        try await WebFixture.fly { fixture in
            let body = try await Self.get("/api/system/info", from: fixture)
            #expect(body.name == "kiosk" && body.version == HydrogenVersion.current && body.phase == "ready")
            #expect(body.pid == Int(ProcessInfo.processInfo.processIdentifier))
            #expect(body.threads ?? 0 > 0 && body.residentBytes ?? 0 > 1 << 20)
            #expect(body.subsystems?.map(\.name) == ["Logging", "Database", "WebServer"])
            #expect(body.subsystems?.map(\.state) == ["running", "running", "running"])
        }
    }

    @Test("launch shows the launch report, config the effective values")
    func reports() async throws {
        try await WebFixture.fly { fixture in
            let (launch, config) = try await Wire.open(port: fixture.port) { wire in
                (
                    try await wire.request("GET", "/api/system/launch"),
                    try await wire.request("GET", "/api/system/config")
                )
            }
            #expect(launch.body.hasPrefix(#"{"success":true,"phase":"ready","started_at":"2"#))
            #expect(launch.body.contains(#""report":{"plan":"#))
            #expect(config.body == #"{"success":true,"values":[{"path":"Server.Name"}]}"#)
            _ = try await Self.get("/api/system/launch", from: fixture)
        }
    }

    @Test("recent shows the newest lines, by label, level and number")
    func recent() async throws {
        try await WebFixture.fly { fixture in
            let logger = fixture.log.logger(subsystem: "Sample")
            for number in 0..<3 { logger.notice("line \"\(number)\"") }
            logger.error("bad")
            let all = try await Self.get("/api/system/recent?subsystem=sample", from: fixture)
            #expect(all.lines?.map(\.message) == [#"line "0""#, #"line "1""#, #"line "2""#, "bad"])
            #expect(all.count == 4)
            let two = try await Self.get("/api/system/recent?subsystem=Sample&limit=2", from: fixture)
            #expect(two.lines?.map(\.message) == [#"line "2""#, "bad"])
            let grave = try await Self.get("/api/system/recent?level=error&subsystem=Sample", from: fixture)
            #expect(grave.lines?.map(\.level) == ["ERROR"])
            for (query, code) in [
                ("limit=0", "HYD-2003"), ("limit=1001", "HYD-2003"), ("limit=x", "HYD-2003"),
                ("level=LOUD", "HYD-2003"),
                ("lines=5", "HYD-2005"), ("limit=5&limit=6", "HYD-2006"),
            ] {
                let response = try await Wire.open(port: fixture.port) { wire in
                    try await wire.request("GET", "/api/system/recent?\(query)")
                }
                #expect(response.status == 400)
                #expect(response.body.contains(code), "\(query): \(response.body)")
            }
        }
    }

    @Test("queues shows every DQM and every query")
    func queues() async throws {
        try await WebFixture.fly { fixture in
            _ = try await Wire.open(port: fixture.port) { try await $0.request("GET", "/api/query/Kiosk/9/fast") }
            let databases = try await Self.get("/api/system/queues", from: fixture, as: Queues.self).databases
            let kiosk = try #require(databases.first)
            #expect(databases.count == 1 && kiosk.name == "Kiosk" && kiosk.engine == "sqlite" && kiosk.phase == "ready")
            #expect(kiosk.queues.map(\.label) == fixture.database?.queues.map(\.label.description))
            #expect(kiosk.queues.map(\.tags).joined().sorted() == "CFLMS".sorted())
            #expect(kiosk.queues.allSatisfy { $0.connected })
            #expect(kiosk.queues.first { $0.tags == "F" }?.processed == 1)
            let table = kiosk.queryTable
            #expect(table.count == 22 && table.readyCount == 21 && table.version.count == 16)
            #expect(table.queries.map(\.queryId) == Array(1...19) + [30, 31, 32])
            let broken = try #require(table.queries.first { $0.queryId == 5 })
            #expect(!broken.ready && broken.reason?.isEmpty == false && broken.writes == nil)
            #expect(table.queries.filter { $0.writes == true }.map(\.queryId) == [3, 13, 16, 31])
        }
    }

    @Test("the root lists every endpoint, and none of a message queue that does not fly")
    func root() async throws {
        try await WebFixture.fly { fixture in
            let response = try await Wire.open(port: fixture.port) { try await $0.request("GET", "/") }
            for route in Route.allCases { #expect(response.body.contains(#""\#(route.template(prefix: "/api"))""#)) }
            #expect(!response.body.contains("/api/v1/"))
            _ = try await Self.get("/", from: fixture)
        }
    }

    @Test("a request is logged at DEBUG, with its id, its template and no parameter")
    func requestLine() async throws {
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                _ = try await wire.request(
                    "GET",
                    "/api/query/Kiosk/1/fast/id=424242",
                    headers: [("X-Request-ID", "one")]
                )
                _ = try await wire.request("POST", "/api/query/Kiosk/1/fast/id=x", headers: [("X-Request-ID", "two")])
            }
            let lines = fixture.captured.entries.filter { $0.message == "Request answered" }
            #expect(lines.count == 2 && lines.allSatisfy { $0.level == .debug && $0.label == "WebServer" })
            #expect(lines.map { $0.metadata["request.id"] } == ["one", "two"])
            #expect(lines.map { $0.metadata["http.response.status_code"] } == ["200", "400"])
            #expect(lines.allSatisfy { $0.metadata["http.route"] == "\(Route.query.template(prefix: "/api"))" })
            #expect(lines.last?.metadata["error.code"] == "HYD-2003")
            #expect(!lines.contains { "\($0.metadata)".contains("424242") })
        }
    }
}
