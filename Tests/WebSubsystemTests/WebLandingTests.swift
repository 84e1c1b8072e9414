import DatabaseSubsystem
import HydrogenCore
import HydrogenHost
import HydrogenTesting
import Landing
import Testing

@testable import WebSubsystem

@Suite("Landing of the web server", .timeLimit(.minutes(2)))
struct WebLandingTests {
    @Test("a lane's request in flight is answered, idle connections close, and the port is free")
    func drainsLane() async throws {
        var port = 0
        let record = try await WebFixture.fly(databases: WebFixture.narrow) { fixture in
            port = fixture.port
            try await Wire.open(port: port) { waiting in
                try await Wire.open(port: port) { blocking in
                    try await blocking.send("GET", "/api/query/Kiosk/7/fast")
                    await eventually { fixture.statistics.running == 1 }
                    try await waiting.send("GET", "/api/query/Kiosk/9/fast")
                    await eventually { fixture.statistics.depth == 1 }
                    try await Self.beginLanding(of: fixture)
                }
                let response = try await waiting.response()
                #expect(response.status == 200)
                #expect(response.headers["connection"] == "close")
                #expect(await waiting.rest() == "")
            }
        }
        let landing = try #require(record.landing)
        #expect(landing.isClean)
        #expect(landing.review["WebServer"]?.tally == LandingTally(drained: 2))
        await #expect(throws: (any Error).self) { try await Wire.open(port: port) { _ in } }
        try PortProbe(await .resolve(host: "127.0.0.1", port: port)).run()
    }

    @Test("a route's request in flight is answered; what was sent ahead behind it is not")
    func drainsRoute() async throws {
        let record = try await WebFixture.fly { fixture in
            // They outlive their database.
            let queues = try #require(fixture.database).queues
            try await Wire.open(port: fixture.port) { wire in
                try await wire.send("POST /api/query/Kiosk/1/fast HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n")
                await eventually { fixture.metrics.exposition().contains("http_server_active_requests 1\n") }
                try await Self.beginLanding(of: fixture)
                try await wire.send("{\"id\":7}GET /api/query/Kiosk/9/fast HTTP/1.1\r\nHost: x\r\n\r\n")
                let response = try await wire.response()
                #expect(response.body.contains(#"[{"id":7}]"#))
                #expect(response.headers["connection"] == "close")
                #expect(await wire.rest() == "")
            }
            #expect(queues.reduce(0) { $0 + $1.statistics.processed } == 1)
        }
        #expect(record.landing?.review["WebServer"]?.tally == LandingTally(drained: 1))
    }

    @Test(
        "the operator's second signal cuts short what still runs, with an answer that tells what is not known",
        arguments: [
            ("GET", "7", "send the request to another server"), ("POST", "7", "send the request to another server"),
            ("POST", "13", "whether the request took effect is not known"),
        ]
    )
    func cuts(method: String, query: String, words: String) async throws {
        let record = try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                try await wire.send(method, "/api/query/Kiosk/\(query)/slow")
                await eventually { fixture.statistics.running == 1 }
                try await Self.beginLanding(of: fixture)
                fixture.landAtOnce()
                let response = try await wire.response()
                #expect(response.status == 503)
                #expect(response.body.contains("HYD-3007") && response.body.contains(words))
                #expect(response.headers["retry-after"] == "1")
                #expect(response.headers["connection"] == "close")
                #expect(await wire.rest() == "")
            }
        }
        #expect(record.landing?.review["WebServer"]?.tally == LandingTally(cancelled: 1))
    }

    /// Asks for the landing, and waits until it has come to the connections: idle ones are closed.
    private static func beginLanding(of fixture: WebFixture) async throws {
        try await Wire.open(port: fixture.port) { idle in
            _ = try await idle.request("GET", "/api/system/health")
            fixture.land()
            let rest = await idle.rest()
            #expect(rest == "")
        }
    }
}
