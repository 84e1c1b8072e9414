import AsyncHTTPClient
import Foundation
import HydrogenTesting
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

/// The real binary, killed with pushes in its files, beside a real database that is away meanwhile.
@Suite(
    .timeLimit(.minutes(3)),
    .enabled(
        if: ProcessInfo.processInfo.environment["HYDROGEN_PG_BIN"] != nil,
        "HYDROGEN_PG_BIN names no programs of PostgreSQL; scripts/with-postgresql does"
    )
)
struct BufferedPushTests {
    private let environment = ProcessInfo.processInfo.environment
    private let name = "buffered\(UInt64.random(in: 0...UInt64.max))"
    private let folder: EndToEndFolder
    private let configuration: String

    /// What producers were told is kept, by partition and in order.
    private final class Acknowledged: Sendable {
        let messages = Mutex<[Int: [Int]]>([:])
        var count: Int { messages.withLock { $0.values.reduce(0) { $0 + $1.count } } }
    }

    init() throws {
        folder = try EndToEndFolder()
        let server = environment["HYDROGEN_TEST_POSTGRESQL"] ?? ""
        let own =
            server.split(separator: "/").dropLast().joined(separator: "/").replacing(":/", with: "://") + "/\(name)"
        configuration = try folder.write(
            """
            { "WebServer": { "Port": 0 },
              "Databases": { "Connections": [ { "Name": "Queues", "Engine": "postgresql", "ConnectionString": "\(own)",
                "Queues": { "Slow": { "Min": 0, "Max": 0 }, "Medium": { "Min": 2, "Max": 2 }, "Fast": { "Min": 0, "Max": 0 },
                            "Cache": { "Min": 0, "Max": 0 } } } ] },
              "MessageQueue": { "Enabled": true, "Database": "Queues", "Buffer": { "Directory": "pushes", "SegmentMegabytes": 1 } } }
            """,
            to: "hydrogen.json"
        )
    }

    /// Runs SQL in the database of all tests.
    private func ask(_ sql: String) async throws {
        let psql = try ServerProcess(
            ["--quiet", "--no-psqlrc", "--command", sql, environment["HYDROGEN_TEST_POSTGRESQL"] ?? ""],
            program: (environment["HYDROGEN_PG_BIN"] ?? "") + "/psql"
        )
        #expect(await psql.exitCode() == 0, "\(psql.log.entries)")
    }

    private func closeDatabase() async throws {
        try await ask("ALTER DATABASE \(name) ALLOW_CONNECTIONS false")
        try await ask("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '\(name)'")
    }

    private func request(
        _ method: HTTPMethod,
        _ url: String,
        _ body: String? = nil,
        by client: HTTPClient = .shared
    ) async throws -> (Int, String) {
        var request = HTTPClientRequest(url: url)
        request.method = method
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await client.execute(request, timeout: .seconds(30))
        return (Int(response.status.code), String(buffer: try await response.body.collect(upTo: 1 << 24)))
    }

    /// Where the server listens, whether its database serves or not.
    private func address(of server: ServerProcess) async -> String {
        let running = await server.line(containing: "WebServer running:")
        guard let start = running.range(of: "http://127.0.0.1:") else { return "" }
        return String(running[start.lowerBound...].prefix { !$0.isWhitespace })
    }

    /// Pushes into partitions 0 to 7, each message after the answer to the one before, until the server is gone.
    private func push(to address: String, from first: Int, _ acknowledged: Acknowledged) async {
        var settings = HTTPClient.Configuration()
        // A server that is gone does not come back under this address.
        settings.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
        await withTaskGroup { group in
            for partition in 0..<8 {
                group.addTask {
                    for number in first..<first + 10_000 {
                        let body = """
                            {"items":[{"queue":"q","partition":"\(partition)","transactionId":"\(number)","payload":\(number)}]}
                            """
                        guard let answer = try? await request(.POST, "\(address)/api/v1/push", body, by: client),
                            answer.0 == 201
                        else { return }
                        acknowledged.messages.withLock { $0[partition, default: []].append(number) }
                    }
                }
            }
        }
        try? await client.shutdown()
    }

    @Test(
        "kill -9 loses nothing that was answered: the next launch takes pushes at once, and delivers all in order, once"
    )
    func killed() async throws {
        try await ask("CREATE DATABASE \(name)")
        let acknowledged = Acknowledged()
        let killed = try ServerProcess(["run", "--config", configuration])
        let address = await killed.ready()
        async let first: Void = push(to: address, from: 1, acknowledged)
        await eventually { acknowledged.count > 100 }
        try await closeDatabase()
        let before = acknowledged.count
        await eventually { acknowledged.count > before + 400 }
        killed.send(SIGKILL)
        #expect(await killed.exitCode() == -SIGKILL)
        await first

        // The database is still away.
        let server = try ServerProcess(["run", "--config", configuration])
        let api = await self.address(of: server)
        #expect(await server.line(containing: "of an earlier launch wait for the database") != "")
        let count = acknowledged.count
        async let second: Void = push(to: api, from: 20_000, acknowledged)
        await eventually { acknowledged.count > count + 400 }
        try await ask("ALTER DATABASE \(name) ALLOW_CONNECTIONS true")
        try await eventually { try await request(.GET, "\(api)/api/v1/status/buffers").1.contains(#""state":"live""#) }
        let drained = acknowledged.count
        await eventually { acknowledged.count > drained + 100 }
        server.send(SIGTERM)
        #expect(await server.exitCode() == 0)
        await second

        try await expectStored(acknowledged)
    }

    @Test("operators hold pushes back, see what waits, and let it go; the folder is one server's")
    func maintenance() async throws {
        try await ask("CREATE DATABASE \(name)")
        let server = try ServerProcess(["run", "--config", configuration])
        let address = await server.ready()
        let api = "\(address)/api/v1"
        let push = #"{"items":[{"queue":"q","transactionId":"1","payload":1},{"queue":"q","payload":null}]}"#
        let transaction = #"{"operations":[{"type":"push","items":[{"queue":"q","payload":2}]}]}"#

        #expect(
            try await request(.GET, "\(api)/system/maintenance").1.contains(
                #"{"maintenanceMode":false,"bufferedMessages":0"#
            )
        )
        #expect(try await request(.POST, "\(api)/system/maintenance", #"{"enabled":1}"#).0 == 400)
        let on = try await request(.POST, "\(api)/system/maintenance", #"{"enabled":true}"#)
        #expect(on.0 == 200 && on.1.contains(#""maintenanceMode":true"#) && on.1.contains(#""message":""#), "\(on)")
        let kept = try await request(.POST, "\(api)/push", push)
        #expect(kept.0 == 201 && kept.1.contains(#""status":"buffered","queue":"q""#), "\(kept)")
        #expect(kept.1.contains(#""transaction_id":"1""#))
        #expect(try await request(.POST, "\(api)/transaction", transaction).0 == 503)
        #expect(try await request(.GET, "\(api)/pop/queue/q").0 == 204)
        let status = try await request(.GET, "\(api)/status/buffers").1
        #expect(
            status.contains(#"{"pending":2,"failed":0,"dbHealthy":true"#) && status.contains(#""state":"buffering""#)
        )
        #expect(
            try await request(.GET, "\(address)/health").1.contains(
                #""buffer":{"state":"buffering","messages":2,"healthy":true}"#
            )
        )

        let other = try ServerProcess(["run", "--config", configuration])
        #expect(await other.line(containing: "MessageQueue.Buffer.Directory").contains("another process"))
        other.send(SIGTERM)
        _ = await other.exitCode()

        let off = try await request(.POST, "\(api)/system/maintenance", #"{"enabled":false}"#)
        #expect(off.0 == 200 && off.1.contains(#""maintenanceMode":false"#), "\(off)")
        try await eventually { try await request(.GET, "\(api)/status/buffers").1.contains(#""state":"live""#) }
        let popped = try await request(.GET, "\(api)/pop/queue/q?batch=10")
        #expect(popped.0 == 200 && popped.1.contains(#""data":1"#), "\(popped)")
        #expect(try await request(.POST, "\(api)/transaction", transaction).0 == 200)
        server.send(SIGTERM)
        #expect(await server.exitCode() == 0)
    }

    /// Reads every partition: what was answered is there once and in order. What was not answered may be there too.
    private func expectStored(_ acknowledged: Acknowledged) async throws {
        let server = try ServerProcess(["run", "--config", configuration])
        let api = await server.ready()
        for (partition, expected) in acknowledged.messages.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            var stored: [Int] = []
            while true {
                let url = "\(api)/api/v1/pop/queue/q/partition/\(partition)?batch=10000&autoAck=true"
                let (status, body) = try await request(.GET, url)
                guard status == 200 else { break }
                stored += body.components(separatedBy: "\"data\":").dropFirst().compactMap {
                    Int($0.prefix(while: \.isNumber))
                }
            }
            #expect(stored == stored.sorted() && Set(stored).count == stored.count, "partition \(partition)")
            #expect(Set(expected).subtracting(stored).isEmpty, "partition \(partition)")
            #expect(stored.count <= expected.count + 2, "partition \(partition)")
        }
        server.send(SIGTERM)
        #expect(await server.exitCode() == 0)
    }
}
