import AsyncHTTPClient
import Foundation
import HydrogenTesting
import NIOCore
import NIOHTTP1
import Testing

/// The real binary on `config/message-queue.json`, beside a real PostgreSQL.
@Suite(
    .timeLimit(.minutes(2)),
    .enabled(
        if: ProcessInfo.processInfo.environment["HYDROGEN_TEST_POSTGRESQL"] != nil,
        "no PostgreSQL here: run the tests by scripts/with-postgresql"
    )
)
struct MessageQueueFlightTests {
    private struct Answer {
        let status: Int
        let body: String

        /// The first text of a name.
        func text(_ name: String) -> String {
            guard let start = body.range(of: "\"\(name)\":\""), let end = body[start.upperBound...].firstIndex(of: "\"")
            else {
                return ""
            }
            return String(body[start.upperBound..<end])
        }
    }

    private func ask(_ method: HTTPMethod, _ url: String, _ body: String? = nil) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = method
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        return Answer(
            status: Int(response.status.code),
            body: String(buffer: try await response.body.collect(upTo: 1 << 20))
        )
    }

    @Test("a message goes from push to acknowledgement, with the statuses that clients look at")
    func life() async throws {
        let server = try ServerProcess(
            ["run", "--config", Repository.path("config/message-queue.json")],
            environment: ["HYDROGEN_PORT": "0", "HYDROGEN_PG_PASS": "hydrogen"]
        )
        let address = await server.ready()
        let api = "\(address)/api/v1"
        let queue = "a b/ü\(UInt64.random(in: 0...UInt64.max))"
        let path = "\(api)/pop/queue/" + (queue.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")

        let health = try await ask(.GET, "\(address)/health")
        #expect(health.status == 200 && health.text("status") == "healthy", "\(health.body)")
        #expect(try await ask(.GET, path).status == 204)
        let configured = try await ask(.POST, "\(api)/configure", #"{"queue":"\#(queue)","options":{}}"#)
        #expect(configured.status == 200, "\(configured.body)")
        let body = #"{"items":[{"queue":"\#(queue)","transactionId":"t","payload":{"a": [1, null, "ü\n"]}}]}"#
        let pushed = try await ask(.POST, "\(api)/push", body)
        #expect(pushed.status == 201 && pushed.text("status") == "queued", "\(pushed.body)")
        let again = try await ask(.POST, "\(api)/push", body)
        #expect(again.status == 201 && again.text("status") == "duplicate", "\(again.body)")

        let popped = try await ask(.GET, "\(path)?batch=10&wait=true&timeout=5000")
        #expect(popped.status == 200 && popped.body.contains(#""data":{"a": [1, null, "ü\n"]}"#), "\(popped.body)")
        let lease = popped.text("leaseId")
        #expect(try await ask(.POST, "\(api)/lease/\(lease)/extend").status == 200)
        let ack = #"{"transactionId":"t","partitionId":"\#(popped.text("partitionId"))","leaseId":"\#(lease)"}"#
        let done = try await ask(.POST, "\(api)/ack", ack)
        #expect(done.status == 200 && done.body.contains(#""success":true,"error":null"#), "\(done.body)")
        #expect(try await ask(.POST, "\(api)/lease/\(lease)/extend", "[]").status == 404)

        #expect(try await ask(.POST, "\(api)/push", "{").status == 400)
        #expect(try await ask(.GET, "\(api)/pop").status == 400)

        // Somebody waits when the landing begins: that is answered, and holds nothing up.
        async let waiting = ask(.GET, "\(path)?wait=true&timeout=20000")
        try await eventually {
            try await ask(.GET, "\(address)/metrics").body.contains("\nhttp_server_active_requests 2")
        }
        server.send(SIGTERM)
        #expect(await server.exitCode() == 0)
        #expect(try await waiting.status == 204)
        #expect(server.messages(containing: "Shutdown elapsed time").count == 1)
    }

    @Test("docs/metrics.md lists what the queue shows, with its types")
    func metrics() async throws {
        let environment = ["HYDROGEN_PORT": "0", "HYDROGEN_PG_PASS": "hydrogen"]
        let arguments = ["run", "--config", Repository.path("config/message-queue.json")]
        let queue = "metrics\(UInt64.random(in: 0...UInt64.max))"
        let earlier = try ServerProcess(arguments, environment: environment)
        let push = #"{"items":[{"queue":"\#(queue)"}]}"#
        #expect(try await ask(.POST, "\(await earlier.ready())/api/v1/push", push).status == 201)
        earlier.send(SIGTERM)
        #expect(await earlier.exitCode() == 0)

        let server = try ServerProcess(arguments, environment: environment)
        let address = await server.ready()
        #expect(try await ask(.POST, "\(address)/api/v1/push", push).status == 201)
        #expect(try await ask(.GET, "\(address)/api/v1/pop/queue/\(queue)?autoAck=true").status == 200)
        // How much is in queues is looked up at the launch, then every 15 seconds.
        try await eventually {
            try await ask(.GET, "\(address)/metrics").body.contains("hydrogen_message_queue_pending{")
        }
        let scrape = try await ask(.GET, "\(address)/metrics").body
        #expect(scrape.contains(#"hydrogen_message_queue_messages_total{event="pushed"} 1"#))
        #expect(scrape.contains(#"hydrogen_message_queue_messages_total{event="popped"} 1"#))
        #expect(scrape.contains(#"hydrogen_message_queue_requests_total{operation="push",outcome="done"} 1"#))
        let shown = scrape.split(separator: "\n").filter { $0.hasPrefix("# TYPE hydrogen_message_queue_") }
            .map { $0.split(separator: " ")[2...].joined(separator: " ") }
        let page = try String(contentsOfFile: Repository.path("docs/metrics.md"), encoding: .utf8)
        let listed = page.split(separator: "\n").filter { $0.hasPrefix("| `hydrogen_message_queue_") }
            .map { $0.split(separator: "|")[..<2].joined().split(separator: " ").joined(separator: " ") }
            .map { $0.replacing("`", with: "") }
        #expect(Set(shown) == Set(listed))
        server.send(SIGTERM)
        #expect(await server.exitCode() == 0)
    }
}
