import DatabaseSubsystem
import FoundationEssentials
import HydrogenTesting
import Testing

@testable import WebSubsystem

@Suite("Query endpoint", .timeLimit(.minutes(2)))
struct QueryEndpointTests {
    /// What a test looks at in a success body.
    private struct Body: Decodable {
        let success: Bool
        let query_id: Int
        let database: String
        let row_count: Int
        let column_count: Int
        let affected_rows: Int?
        let execution_time_ms: Double
        let queue_used: String
        let cached: Bool
    }

    /// The rows of a success body as they are written.
    private static func rows(_ body: String) -> String? {
        guard let start = body.firstRange(of: #""rows":"#), let end = body.firstRange(of: #","row_count""#)
        else { return nil }
        return String(body[start.upperBound..<end.lowerBound])
    }

    @Test("the body has its members in the documented order")
    func golden() async throws {
        try await WebFixture.fly { fixture in
            let response = try await Wire.open(port: fixture.port) {
                try await $0.request("GET", "/api/query/Kiosk/9/fast")
            }
            let time = try #require(response.body.firstMatch(of: /"execution_time_ms":([0-9]+(?:\.[0-9]{1,3})?),/)?.1)
            #expect(
                response.body == """
                    {"success":true,"query_id":9,"database":"Kiosk","rows":[{"one":1}],"row_count":1,"column_count":1,\
                    "execution_time_ms":\(time),"queue_used":"DQM-Kiosk-03-F","cached":false}
                    """
            )
            #expect(response.status == 200)
        }
    }

    @Test(
        "parameters may come from anywhere, in any spelling",
        arguments: [
            ("GET", "/1/fast/id=7", nil, #"[{"id":7}]"#),
            ("GET", "/1/fast/id%3D7", nil, #"[{"id":7}]"#),
            ("GET", "/1/fast?id=7", nil, #"[{"id":7}]"#),
            ("GET", "/1/fast/?id=7", nil, #"[{"id":7}]"#),
            ("GET", "/1/fast/%7B%22id%22%3A7%7D", nil, #"[{"id":7}]"#),
            ("GET", "/%31/%66ast/id=7", nil, nil),
            ("GET", "/2/fast/word=a%2Fb", nil, #"[{"word":"a/b"}]"#),
            ("GET", "/2/fast/word=50%25", nil, #"[{"word":"50%"}]"#),
            ("GET", "/2/fast/word%3D50%25%26", nil, #"[{"word":"50%"}]"#),
            ("GET", "/2/fast/word%3Da%2Bb", nil, #"[{"word":"a+b"}]"#),
            ("GET", "/2/fast/word=%C3%A9%F0%9F%9A%80", nil, #"[{"word":"é🚀"}]"#),
            ("GET", "/2/fast?word=a+b", nil, #"[{"word":"a b"}]"#),
            ("GET", "/2/fast/word=a+b", nil, #"[{"word":"a+b"}]"#),
            ("POST", "/1/fast/id=7", nil, #"[{"id":7}]"#),
            ("POST", "/1/fast", #"{"id":7}"#, #"[{"id":7}]"#),
            ("POST", "/1/fast", #"{"INTEGER":{"id":7}}"#, #"[{"id":7}]"#),
            ("POST", "/2/fast", #"{"word":"\"\\\n"}"#, #"[{"word":"\"\\\n"}]"#),
        ] as [(String, String, String?, String?)]
    )
    func parameters(method: String, path: String, body: String?, rows: String?) async throws {
        try await WebFixture.fly { fixture in
            let response = try await Wire.open(port: fixture.port) { wire in
                try await wire.request(method, "/api/query/Kiosk" + path, body: body)
            }
            #expect(response.status == (rows == nil ? 404 : 200), "\(response.body)")
            #expect(Self.rows(response.body) == rows)
        }
    }

    @Test("a query that writes takes POST, tells how many rows it changed, and a refusal quotes the database")
    func writing() async throws {
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                let target = "/api/query/Kiosk/3/medium"
                let first = try await wire.request("POST", target, body: #"{"id":1,"text":"first"}"#)
                #expect(first.body.contains(#""rows":[],"row_count":0,"column_count":0,"affected_rows":1,"execution"#))
                let again = try await wire.request("POST", target, body: #"{"id":1,"text":"again"}"#)
                #expect(again.status == 422)
                #expect(again.body.contains(#""code":"HYD-3001""#))
                #expect(again.body.contains("UNIQUE constraint failed"), "\(again.body)")
                let read = try await wire.request("GET", "/api/query/Kiosk/4/fast/id=1")
                #expect(Self.rows(read.body) == #"[{"id":1,"text":"first"}]"#)
                #expect(try await wire.request("GET", target + "/id=2&text=x").headers["allow"] == "POST")
                #expect(try await wire.request("HEAD", target + "/id=2&text=x").status == 405)
            }
        }
    }

    @Test("the conduit answers in the original's form, and tells what it did not use")
    func conduit() async throws {
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                for (params, message) in [
                    (#""INTEGER":{"id":7}"#, ""), (#""id":7"#, ""),
                    (
                        #""INTEGER":{"id":7,"more":1},"STRING":{"word":"x"}"#,
                        #","message":"Unused parameters: more, word""#
                    ),
                ] {
                    let body = #"{"query_ref":1,"database":"Kiosk","params":{\#(params)}}"#
                    let response = try await wire.request("POST", "/api/conduit/query", body: body)
                    #expect(response.status == 200)
                    #expect(
                        response.body.hasPrefix(
                            #"{"success":true,"query_ref":1,"description":"Echo","rows":[{"id":7}],"row_count":1,"column_count":1,"#
                        )
                    )
                    #expect(response.body.hasSuffix(#""queue_used":"DQM-Kiosk-03-F"\#(message)}"#), "\(response.body)")
                }
            }
        }
    }

    @Test("a large result is chunked for HTTP/1.1; HTTP/1.0 gets it to the end of the connection")
    func streams() async throws {
        try await WebFixture.fly { fixture in
            let target = "/api/query/Kiosk/10/slow/count=20000"
            let chunked = try await Wire.open(port: fixture.port) { try await $0.request("GET", target) }
            #expect(chunked.headers["transfer-encoding"] == "chunked" && chunked.headers["content-length"] == nil)
            let old = try await Wire.open(port: fixture.port) { wire in
                try await wire.send("GET \(target) HTTP/1.0\r\n\r\n")
                return await wire.rest()
            }
            #expect(old.hasPrefix("HTTP/1.0 200") && !old.lowercased().contains("transfer-encoding"))
            #expect(old.split(separator: "\r\n\r\n", maxSplits: 1).last?.prefix(900) == chunked.body.prefix(900))
            #expect(old.contains(#""row_count":20000"#))
        }
    }

    @Test("a request is answered although what follows it is garbage, as the last on its connection")
    func garbage() async throws {
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                try await wire.send(
                    "POST /api/query/Kiosk/1/fast/id=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\nGARBAGE\r\n\r\n"
                )
                let response = try await wire.response()
                #expect(response.status == 200 && response.body.contains(#"[{"id":1}]"#))
                #expect(await wire.rest() == "")
            }
        }
    }

    @Test("large results that are read at the same time lose nothing")
    func concurrentStreams() async throws {
        try await WebFixture.fly { fixture in
            let rows = (1...12_000).map { #"{"n":\#($0),"text":"row number \#($0)"}"# }.joined(separator: ",")
            let expected = #"{"success":true,"query_id":10,"database":"Kiosk","rows":[\#(rows)],"row_count":12000,"#
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        try await Wire.open(port: fixture.port) { wire in
                            for _ in 0..<10 {
                                let body = try await wire.request("GET", "/api/query/Kiosk/10/slow/count=12000").body
                                #expect(body.utf8.starts(with: expected.utf8), "\(body.utf8.count) bytes")
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("a body too long for the event loop is answered by the routes, all the same")
    func longBody() async throws {
        try await WebFixture.fly { fixture in
            let body = #"{"word":"\#(String(repeating: "x", count: 100_000))"}"#
            let response = try await Wire.open(port: fixture.port) {
                try await $0.request("POST", "/api/query/Kiosk/2/fast", body: body)
            }
            #expect(response.status == 200 && response.body.contains("xxx"))
        }
    }

    @Test("a client that leaves in the midst of a large result frees its queue")
    func leftStream() async throws {
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                try await wire.send("GET", "/api/query/Kiosk/10/slow/count=5000000")
                _ = try await wire.response(hasBody: false)
            }
            await eventually { fixture.statistics.running == 0 }
            let next = try await Wire.open(port: fixture.port) {
                try await $0.request("GET", "/api/query/Kiosk/9/slow")
            }
            #expect(next.status == 200)
        }
    }

    @Test("HEAD has the headers of GET and no body")
    func head() async throws {
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                for target in ["/api/query/Kiosk/9/fast", "/api/system/health", "/metrics", "/", "/nothing"] {
                    let head = try await wire.request("HEAD", target)
                    let get = try await wire.request("GET", target)
                    #expect(head.status == get.status)
                    #expect(head.headers["content-type"] == get.headers["content-type"])
                    #expect(head.headers["content-length"] != "0")
                    #expect(head.body.isEmpty)
                }
            }
        }
    }

    @Test("large results arrive whole, through both lanes")
    func large() async throws {
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                for (method, body) in [("GET", nil), ("POST", "{}")] as [(String, String?)] {
                    let response = try await wire.request(method, "/api/query/Kiosk/10/slow/count=20000", body: body)
                    #expect(response.status == 200)
                    #expect(
                        response.body.hasPrefix(#"{"success":true,"query_id":10,"database":"Kiosk","rows":[{"n":1,"#)
                    )
                    #expect(response.body.contains(#"{"n":20000,"text":"row number 20000"}],"row_count":20000,"#))
                }
            }
        }
    }

    @Test("the request's id is the client's if it is one, else a new one")
    func requestIDs() async throws {
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                for target in ["/api/query/Kiosk/9/fast", "/api/system/health", "/nothing", "/api/query/Nope/1/fast"] {
                    let own = try await wire.request("GET", target, headers: [("X-Request-ID", "My.id_1-x")])
                    #expect(own.headers["x-request-id"] == "My.id_1-x")
                    let made = try await wire.request("GET", target, headers: [("X-Request-ID", "bad id\"")])
                    let id = try #require(made.headers["x-request-id"])
                    #expect(id.wholeMatch(of: /[0-9a-f]{16}-[0-9a-f]+/) != nil)
                    #expect(try await wire.request("GET", target).headers["x-request-id"] != id)
                }
            }
        }
    }

    @Test("answers never get mixed, whoever asks at the same time")
    func nonces() async throws {
        try await WebFixture.fly { fixture in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in 0..<16 {
                    group.addTask {
                        try await Wire.open(port: fixture.port) { wire in
                            for number in 0..<50 {
                                let nonce = client * 1000 + number
                                let isGet = (client + number).isMultiple(of: 2)
                                let target = "/api/query/Kiosk/1/\(["slow", "medium", "fast", "cache"][number % 4])"
                                let response =
                                    try await isGet
                                    ? wire.request(
                                        "GET",
                                        "\(target)/id=\(nonce)",
                                        headers: [("X-Request-ID", "r\(nonce)")]
                                    )
                                    : wire.request(
                                        "POST",
                                        target,
                                        headers: [("X-Request-ID", "r\(nonce)")],
                                        body: #"{"id":\#(nonce)}"#
                                    )
                                #expect(Self.rows(response.body) == #"[{"id":\#(nonce)}]"#)
                                #expect(response.headers["x-request-id"] == "r\(nonce)")
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("a query that runs into its deadline answers 504", arguments: ["GET", "POST"])
    func deadline(method: String) async throws {
        try await WebFixture.fly { fixture in
            let response = try await Wire.open(port: fixture.port) {
                try await $0.request(method, "/api/query/Kiosk/8/slow")
            }
            #expect(response.status == 504)
            #expect(response.body.contains("HYD-3003"))
        }
    }

    @Test("a full queue answers 503 with Retry-After")
    func fullQueue() async throws {
        try await WebFixture.fly(databases: WebFixture.narrow) { fixture in
            try await Wire.open(port: fixture.port) { running in
                try await running.send("GET", "/api/query/Kiosk/7/fast")
                await eventually { fixture.statistics.running == 1 }
                try await Wire.open(port: fixture.port) { waiting in
                    try await waiting.send("GET", "/api/query/Kiosk/7/fast")
                    await eventually { fixture.statistics.depth == 1 }
                    for method in ["GET", "POST"] {
                        let refused = try await Wire.open(port: fixture.port) {
                            try await $0.request(method, "/api/query/Kiosk/9/fast")
                        }
                        #expect(refused.status == 503)
                        #expect(refused.body.contains("HYD-3002"))
                        #expect(refused.headers["retry-after"].flatMap { Int($0) } ?? 0 >= 1)
                    }
                }
            }
        }
    }
}
