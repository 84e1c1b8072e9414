import Foundation
import HydrogenTesting
import NIOHTTP1
import Testing

@testable import WebSubsystem

/// How requests to the message queue are matched, by the real binary: what is measured, refused and listed.
@Suite(
    "Routes of the message queue",
    .enabled(if: OwnDatabase.isThere, "\(OwnDatabase.reason)"),
    .timeLimit(.minutes(2))
)
struct QueueRoutesTests {
    /// The page at `/`.
    private struct Page: Decodable {
        struct Endpoint: Decodable {
            let path: String
            let methods: [String]
            let purpose: String
        }

        let endpoints: [Endpoint]
    }

    @Test("requests are measured by the templates of their paths")
    func metrics() async throws {
        let server = try await QueueServer()
        for (method, path, body) in [
            ("POST", "push", #"{"items":[{"queue":"q"}]}"#), ("POST", "/api/v1/push/", "{"),
            ("GET", "pop/queue/a%2Fb", nil), ("GET", "pop/queue/other?wait=false", nil),
            ("GET", "consumer-groups/lagging", nil), ("GET", "consumer-groups/none", nil),
            ("PURGE", "system/maintenance/pop", nil), ("OPTIONS", "messages/p/t", nil), ("GET", "none", nil),
        ] as [(String, String, String?)] {
            _ = try await server.ask(method, path, body)
        }
        let scrape = try await server.ask("GET", "/metrics").body
        for (method, status, route, count) in [
            ("POST", 201, "/api/v1/push", 1), ("POST", 400, "/api/v1/push", 1),
            ("GET", 204, "/api/v1/pop/queue/:queue", 2),
            ("GET", 200, "/api/v1/consumer-groups/lagging", 1), ("GET", 404, "/api/v1/consumer-groups/:group", 1),
            ("_OTHER", 405, "/api/v1/system/maintenance/pop", 1),
            ("OPTIONS", 204, "/api/v1/messages/:partition/:transaction", 1),
            ("GET", 404, "unmatched", 1),
        ] {
            let labels =
                #"http_request_method="\#(method)",http_response_status_code="\#(status)",http_route="\#(route)""#
            #expect(scrape.contains("http_server_request_duration_seconds_count{\(labels)} \(count)\n"), "\(labels)")
        }
        #expect(await server.land() == 0)
    }

    @Test(
        "an acknowledgement that was taken is answered by an array of one, a refusal by an object, to httpx always by one"
    )
    func acknowledgement() async throws {
        let server = try await QueueServer()
        for (client, isArray) in [(nil, true), ("node", true), ("python-httpx/0.27.0", false)] as [(String?, Bool)] {
            let pushed = try await server.ask(
                "POST",
                "push",
                #"{"items":[{"queue":"q","transactionId":"t-\#(isArray)-\#(client ?? "")"}]}"#
            )
            let popped = try await server.ask("GET", "pop/queue/q").body
            func member(_ name: String, of text: String) -> String {
                String(
                    text[(text.firstRange(of: #""\#(name)":""#)?.upperBound ?? text.endIndex)...].prefix { $0 != "\"" }
                )
            }
            let (id, partition) = (member("transactionId", of: popped), member("partitionId", of: popped))
            #expect(pushed.status == 201 && !id.isEmpty && !partition.isEmpty)
            func acknowledge(_ id: String) async throws -> String {
                let body = #"{"transactionId":"\#(id)","partitionId":"\#(partition)"}"#
                return try await server.ask("POST", "ack", body, client: client).body
            }
            #expect(
                try await acknowledge("none").hasPrefix(
                    #"{"index":0,"transactionId":"none","success":false,"error":"Message"#
                )
            )
            let taken = try await acknowledge(id)
            #expect(
                taken.hasPrefix(
                    (isArray ? "[" : "") + #"{"index":0,"transactionId":"\#(id)","success":true,"error":null"#
                ),
                "\(taken)"
            )
            #expect(taken.hasSuffix(isArray ? "}]" : "}"))
        }
        #expect(await server.land() == 0)
    }

    @Test(
        "a method that no endpoint of a path takes is answered 405, in the form of the queue, with those that one takes"
    )
    func methods() async throws {
        let server = try await QueueServer()
        for (method, path, allow) in [
            ("GET", "push", "OPTIONS, POST"), ("HEAD", "/health", "GET, OPTIONS"),
            ("PUT", "system/maintenance", "GET, OPTIONS, POST"),
            ("POST", "resources/queues/q", "DELETE, GET, OPTIONS"),
            ("DELETE", "consumer-groups/lagging", "GET, OPTIONS"),
            ("PATCH", "consumer-groups/g", "DELETE, GET, OPTIONS"),
        ] {
            let answer = try await server.ask(method, path)
            #expect(answer.status == 405, "\(method) \(path)")
            #expect(answer.headers.first(name: "Allow") == allow, "\(method) \(path)")
            #expect(answer.headers.first(name: "Access-Control-Allow-Origin") == "*")
            #expect(answer.keys == (method == "HEAD" ? [] : ["error"]), "\(answer.body)")
            if method != "HEAD" {
                #expect(answer.text("error") == "\(method)isnotamethodofthispath;ittakes\(allow.filter { $0 != " " })")
            }
        }
        // What is not the queue's keeps its form.
        let other = try await server.ask("POST", "/api/system/health")
        #expect(other.status == 405 && other.keys.contains("code"))
        #expect(other.headers.first(name: "Access-Control-Allow-Origin") == nil)
        #expect(try await server.ask("GET", "none").status == 404)
        #expect(await server.land() == 0)
    }

    @Test("the page at / lists every endpoint, those of the message queue among them")
    func root() async throws {
        let server = try await QueueServer()
        let page = try JSONDecoder().decode(Page.self, from: Data(try await server.ask("GET", "/").body.utf8))
        let listed = page.endpoints.map { ["\($0.path)", $0.methods.joined(separator: ", "), $0.purpose] }
        #expect(
            listed == Route.allCases.map {
                [$0.template(prefix: "/api"), $0.methods.joined(separator: ", "), $0.purpose]
            } + QueueRoute.allCases.map { [$0.template, $0.method, $0.purpose] }
                + OperatorRoute.all.map { [$0.template, $0.method, $0.purpose] }
        )
        #expect(await server.land() == 0)
    }
}
