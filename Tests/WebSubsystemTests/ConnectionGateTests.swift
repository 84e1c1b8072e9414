import DatabaseSubsystem
import HTTPTypes
import Hummingbird
import HydrogenCore
import HydrogenTesting
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import WebSubsystem

@Suite("Connections", .timeLimit(.minutes(2)))
struct ConnectionGateTests {
    private static let echo = "/api/query/Kiosk/1/fast/id="

    @Test("requests sent ahead are answered in their order, whichever lane takes them")
    func pipelining() async throws {
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                var sent = ""
                for number in 0..<40 {
                    switch number % 4 {
                    case 0, 1:
                        sent += "GET \(Self.echo)\(number) HTTP/1.1\r\nHost: x\r\nX-Request-ID: r\(number)\r\n\r\n"
                    case 2: sent += "GET /api/system/health HTTP/1.1\r\nHost: x\r\nX-Request-ID: r\(number)\r\n\r\n"
                    default:
                        sent += "POST /api/query/Kiosk/1/fast HTTP/1.1\r\nHost: x\r\nX-Request-ID: r\(number)\r\n"
                        sent += "Content-Length: \(#"{"id":\#(number)}"#.utf8.count)\r\n\r\n{\"id\":\(number)}"
                    }
                }
                try await wire.send(sent)
                for number in 0..<40 {
                    let response = try await wire.response()
                    #expect(response.status == 200)
                    #expect(response.headers["x-request-id"] == "r\(number)")
                    if number % 4 != 2 { #expect(response.body.contains(#"[{"id":\#(number)}]"#)) }
                }
            }
        }
    }

    @Test("a request that comes in pieces is one request")
    func pieces() async throws {
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                for character in "GET \(Self.echo)5 HTTP/1.1\r\nHost: x\r\n\r\n" {
                    try await wire.send(String(character))
                }
                #expect(try await wire.response().body.contains(#"[{"id":5}]"#))
            }
        }
    }

    @Test("when the client leaves, its query is stopped", arguments: ["GET", "POST"])
    func clientLeaves(method: String) async throws {
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                try await wire.send(method, "/api/query/Kiosk/7/slow")
                await eventually { fixture.statistics.running == 1 }
            }
            await eventually { fixture.statistics.cancelled == 1 }
            #expect(fixture.statistics.running == 0)
            let next = try await Wire.open(port: fixture.port) { try await $0.request("GET", "\(Self.echo)6") }
            #expect(next.status == 200)
        }
    }

    @Test("a request that was cut off is not run, even if what came of it would make sense")
    func cutOff() async throws {
        try await WebFixture.fly { fixture in
            for (id, close) in [(1, "Content-Length: 100\r\n\r\n"), (2, "Transfer-Encoding: chunked\r\n\r\n15\r\n")] {
                try await Wire.open(port: fixture.port) { wire in
                    let head = "POST /api/query/Kiosk/3/medium HTTP/1.1\r\nHost: x\r\n"
                    try await wire.send(head + close + #"{"id":\#(id),"text":"no"}"#)
                    await eventually { fixture.metrics.exposition().contains("http_server_active_requests 1\n") }
                }
                await eventually { fixture.metrics.exposition().contains("http_server_active_requests 0\n") }
            }
            let rows = try await Wire.open(port: fixture.port) { wire in
                let first = try await wire.request("GET", "/api/query/Kiosk/4/fast/id=1").body
                return try await first + wire.request("GET", "/api/query/Kiosk/4/fast/id=2").body
            }
            #expect(!rows.contains("no"))
            #expect(fixture.statistics.processed == 2)
        }
    }

    @Test("a route that begins when the connection is gone runs nothing")
    func goneBeforeItBegan() async throws {
        try await WebFixture.fly { fixture in
            let controller = QueryController(
                parser: .withoutAuthentication(fixture.databases),
                maximumRequestBytes: 1024
            )
            let channel = EmbeddedChannel()
            var context = WebContext(
                source: ApplicationRequestContextSource(channel: channel, logger: Logger(label: "test"))
            )
            context.client = Connections().client(of: channel)
            let head = HTTPRequest(method: .post, scheme: nil, authority: nil, path: "/api/query/Kiosk/3/medium")
            let body = RequestBody(buffer: ByteBuffer(string: #"{"id":1,"text":"no"}"#))
            await #expect(throws: WebError.landing) {
                try await controller.answer(Request(head: head, body: body), context)
            }
            #expect(fixture.statistics.processed == 0)
        }
    }

    @Test("when the client leaves, its waiting query is taken out of the queue")
    func clientLeavesQueue() async throws {
        try await WebFixture.fly(databases: WebFixture.narrow) { fixture in
            try await Wire.open(port: fixture.port) { running in
                try await running.send("GET", "/api/query/Kiosk/7/slow")
                await eventually { fixture.statistics.running == 1 }
                try await Wire.open(port: fixture.port) { waiting in
                    try await waiting.send("GET", "\(Self.echo)1")
                    await eventually { fixture.statistics.depth == 1 }
                }
                await eventually { fixture.statistics.depth == 0 }
                #expect(fixture.statistics.running == 1)
            }
        }
    }

    @Test("a body beyond the limit answers 413, declared or not, and the connection closes")
    func tooLarge() async throws {
        try await WebFixture.fly(web: #"{ "Port": 0, "MaxRequestBytes": 1024 }"#) { fixture in
            let body = String(repeating: "x", count: 1025)
            for head in [
                "Content-Length: 1025\r\n\r\n\(body)", "Transfer-Encoding: chunked\r\n\r\n401\r\n\(body)\r\n0\r\n\r\n",
            ] {
                try await Wire.open(port: fixture.port) { wire in
                    try await wire.send("POST /api/query/Kiosk/1/fast HTTP/1.1\r\nHost: x\r\n" + head)
                    let response = try await wire.response()
                    #expect(response.status == 413)
                    #expect(response.body.contains("HYD-1004"))
                    #expect(response.headers["connection"] == "close")
                    #expect(await wire.rest() == "")
                }
            }
            let largest = #"{"word":"\#(String(repeating: "x", count: 1024 - 11))"}"#
            let response = try await Wire.open(port: fixture.port) { wire in
                try await wire.request("POST", "/api/query/Kiosk/2/fast", body: largest)
            }
            #expect(response.status == 200)
        }
    }

    @Test("100 Continue is sent to who waits for it, and not when the body is too large anyway")
    func expectContinue() async throws {
        try await WebFixture.fly(web: #"{ "Port": 0, "MaxRequestBytes": 1024 }"#) { fixture in
            try await Wire.open(port: fixture.port) { wire in
                let head =
                    "POST /api/query/Kiosk/1/fast HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: "
                try await wire.send(head + "8\r\n\r\n")
                #expect(try await wire.response().status == 100)
                try await wire.send(#"{"id":3}"#)
                #expect(try await wire.response().body.contains(#"[{"id":3}]"#))
                try await wire.send(head + "8000\r\n\r\n")
                #expect(try await wire.response().status == 413)
            }
        }
    }

    @Test("a body that does not come answers 408")
    func slowBody() async throws {
        try await WebFixture.fly(web: #"{ "Port": 0, "RequestTimeoutSeconds": 1 }"#) { fixture in
            try await Wire.open(port: fixture.port) { wire in
                try await wire.send("POST /api/query/Kiosk/1/fast HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n{")
                let response = try await wire.response()
                #expect(response.status == 408)
                #expect(response.body.contains("HYD-1008"))
                #expect(await wire.rest() == "")
            }
        }
    }

    @Test(
        "what is not HTTP is answered in the form of all errors, and the connection closes",
        arguments: [
            ("GARBAGE\r\n\r\n", 400, "HYD-1001"),
            ("GET / HTTP/3.0\r\n\r\n", 400, "HYD-1001"),
            ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", 400, "HYD-1001"),
            ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "HYD-1001"),
            ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnothing\r\n", 400, "HYD-1001"),
            ("GET / HTTP/1.1\r\n\r\n", 400, "HYD-1001"),
            ("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400, "HYD-1001"),
            ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 400, "HYD-1001"),
            (
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400,
                "HYD-1001"
            ),
            ("GET / HTTP/1.1\r\nHost: x\r\nLong: \(String(repeating: "x", count: 100_000))\r\n\r\n", 431, "HYD-1009"),
        ]
    )
    func malformed(text: String, status: Int, code: String) async throws {
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                try await wire.send(text)
                let response = try await wire.response()
                #expect(response.status == status)
                #expect(response.body.contains(code))
                #expect(response.headers["connection"] == "close")
                #expect(await wire.rest() == "")
            }
        }
    }

    @Test("a connection lives as long as client and protocol want it to")
    func keepAlive() async throws {
        try await WebFixture.fly { fixture in
            for target in ["\(Self.echo)1", "/api/system/health"] {
                let cases = [
                    ("HTTP/1.1\r\nHost: x\r\n", false), ("HTTP/1.1\r\nHost: x\r\nConnection: close\r\n", true),
                    ("HTTP/1.0\r\n", true), ("HTTP/1.0\r\nConnection: keep-alive\r\n", false),
                    ("HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n", true),
                ]
                for (head, closes) in cases {
                    try await Wire.open(port: fixture.port) { wire in
                        try await wire.send("GET \(target) \(head)\r\n")
                        let response = try await wire.response()
                        #expect(response.status == 200)
                        #expect((response.headers["connection"] == "close") == closes, "\(target) \(head)")
                        if closes {
                            #expect(await wire.rest() == "")
                        } else {
                            #expect(try await wire.request("GET", target).status == 200)
                        }
                    }
                }
            }
        }
    }

    @Test("an absolute target means its path")
    func absoluteTarget() async throws {
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                let echo = try await wire.request("GET", "http://host:1\(Self.echo)8")
                #expect(echo.body.contains(#"[{"id":8}]"#))
                let health = try await wire.request("GET", "http://host/api/system/health")
                #expect(health.status == 200)
            }
        }
    }
}
