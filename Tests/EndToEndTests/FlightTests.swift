import AsyncHTTPClient
import Foundation
import HydrogenCore
import HydrogenTesting
import NIOCore
import NIOHTTP1
import Testing

/// Whole flights of the real binary, watched through its log and over HTTP.
@Suite(.serialized, .timeLimit(.minutes(3))) struct FlightTests {
    private static let anyPort = ["HYDROGEN_PORT": "0"]
    private static let landing = [
        "initiating landing", "LANDING READINESS", "LANDING PLAN", "LANDING REVIEW", "SHUTDOWN COMPLETE",
    ]

    /// A client that says at once when nobody listens.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    private func start(_ environment: [String: String] = [:], config: String = "config/hydrogen.json") throws
        -> ServerProcess
    {
        try ServerProcess(
            ["run", "--config", Repository.path(config)],
            environment: Self.anyPort.merging(environment) { $1 }
        )
    }

    private func get(_ address: String) async throws -> (status: Int, body: String) {
        let response = try await Self.client.execute(HTTPClientRequest(url: address), timeout: .seconds(30))
        return (Int(response.status.code), String(buffer: try await response.body.collect(upTo: 1 << 20)))
    }

    private func expectOnce(_ shapes: [String], in server: ServerProcess, _ comment: Comment) {
        for shape in shapes {
            #expect(
                server.messages(containing: shape).filter { !$0.hasSuffix("COMPLETE") || shape.hasSuffix("COMPLETE") }
                    .count == 1,
                "\(shape): \(comment)"
            )
        }
    }

    @Test("the default configuration launches, answers, and lands, with every report once and in order")
    func wholeFlight() async throws {
        let server = try start()
        let address = await server.ready()
        let answer = try await get("\(address)/api/query/Demo/1/fast/id%3D17")
        #expect(answer.status == 200)
        #expect(answer.body.hasPrefix(#"{"success":true,"query_id":1,"database":"Demo","rows":[{"#))
        #expect(answer.body.contains(#""queue_used":"DQM-Demo-03-F","cached":false}"#))
        #expect(try await get("\(address)/api/system/readiness").status == 200)
        server.send(SIGTERM)
        #expect(await server.exitCode() == 0)
        let shapes = [
            "HYDROGEN STARTUP", "LAUNCH READINESS", "LAUNCH PLAN", "LAUNCH REVIEW", "STARTUP COMPLETE",
            "READY FOR REQUESTS",
        ]
        expectOnce(shapes + Self.landing, in: server, "a whole flight")
        let log = server.log.entries
        let places = (shapes + Self.landing).map { shape in log.firstIndex { $0.contains(shape) } ?? -1 }
        #expect(places == places.sorted() && !places.contains(-1))
        #expect(server.messages(containing: "Server sessions left").first?.hasSuffix("0") == true)
    }

    @Test("without any configuration the one in the binary serves, whatever the folder")
    func builtIn() async throws {
        let server = try ServerProcess([], environment: Self.anyPort, in: NSTemporaryDirectory())
        let address = await server.ready()
        #expect(try await get("\(address)/api/query/Demo/1/fast/id=17").status == 200)
        server.send(SIGINT)
        #expect(await server.exitCode() == 0)
        #expect(!server.messages(containing: "built-in configuration").isEmpty)
    }

    @Test(
        "SIGTERM after any line of a launch, and two at once, always end in one complete landing",
        arguments: [20_261_122]
    )
    func signalsDuringLaunch(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<30 {
            let server = try start()
            let moment = Int.random(in: 1...85, using: &generator)
            await server.lines(moment, orOneContaining: "READY FOR REQUESTS")
            server.send(SIGTERM)
            if Bool.random(using: &generator) { server.send(SIGINT) }
            let code = await server.exitCode()
            #expect(code == 0, "seed \(seed), line \(moment)")
            expectOnce(Self.landing, in: server, "seed \(seed), line \(moment)")
        }
    }

    @Test(
        "SIGTERM under load: every request is answered or refused with a reason, and the landing is complete",
        arguments: [7]
    )
    func signalsUnderLoad(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            let server = try start()
            let address = await server.ready()
            let enough = Int.random(in: 1...200, using: &generator)
            let wrong = await withTaskGroup(of: Int.self) { group in
                for worker in 0..<8 {
                    group.addTask {
                        var wrong = 0
                        for number in 0..<1000 {
                            let id = worker * 300 + number % 300 + 1
                            // A connection that the landing closed is no answer, and none was promised.
                            guard let answer = try? await get("\(address)/api/query/Demo/1/fast/id%3D\(id)") else {
                                break
                            }
                            let isMine = answer.status == 200 && answer.body.contains(#""rows":[{"launch_id":\#(id),"#)
                            let isRefusal = answer.status == 503 && answer.body.contains("HYD-3007")
                            if !isMine && !isRefusal { wrong += 1 }
                            if worker == 0, number == enough { server.send(SIGTERM) }
                        }
                        return wrong
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(wrong == 0, "seed \(seed), after \(enough)")
            #expect(await server.exitCode() == 0, "seed \(seed), after \(enough)")
            expectOnce(Self.landing, in: server, "seed \(seed), after \(enough)")
        }
    }

    @Test("a second signal does not wait for a slow query: it is stopped, counted, and answered")
    func secondSignal() async throws {
        let server = try start()
        let address = await server.ready()
        async let slow = get("\(address)/api/query/Demo/13/slow/n=2000000000")
        try await eventually { try await get("\(address)/api/system/queues").body.contains(#""running":1"#) }
        server.send(SIGTERM)
        await server.line(containing: "LANDING: WebServer")
        server.send(SIGTERM)
        #expect(await server.exitCode() == 0)
        if let answer = try? await slow { #expect(answer.status == 503) }
        expectOnce(["LANDING REVIEW", "SHUTDOWN COMPLETE"], in: server, "a second signal")
    }

    @Test("SIGHUP reloads in place, a fault keeps the old configuration, SIGUSR2 shows it")
    func reload() async throws {
        let folder = try EndToEndFolder()
        let file = try folder.write(#"{ "WebServer": { "Port": 0 }, \#(folder.database) }"#, to: "hydrogen.json")
        let server = try ServerProcess(["run", "--config", file])
        let address = await server.ready()
        #expect(try await get("\(address)/api/query/Own/1/fast").body.contains(#""rows":[{"n":1}]"#))
        try folder.write("-- id: 1\n-- name: One\nSELECT 2 AS n", to: "queries/1.sql")
        server.send(SIGHUP)
        await server.line(containing: "RELOAD COMPLETE")
        #expect(try await get("\(address)/api/query/Own/1/fast").body.contains(#""rows":[{"n":2}]"#))
        try folder.write(#"{ "WebServer": { "Port": "five" } }"#, to: "hydrogen.json")
        server.send(SIGHUP)
        await server.line(containing: "RELOAD REFUSED")
        await server.line(containing: "WebServer.Port: expected")
        #expect(try await get("\(address)/api/query/Own/1/fast").status == 200)
        server.send(SIGUSR2)
        await server.line(containing: "Databases.Connections[0].Name")
        server.send(SIGTERM)
        #expect(await server.exitCode() == 0)
    }

    @Test("kill -9 in the midst of writes loses nothing that was answered, and the next launch serves")
    func killed() async throws {
        let folder = try EndToEndFolder()
        let database = "\(folder.path)/demo.db"
        var acknowledged: [String] = []
        for round in 0..<3 {
            let server = try start(["HYDROGEN_DEMO_DATABASE": database])
            let address = await server.ready()
            for name in acknowledged {
                let found = try await get("\(address)/api/query/Demo/5/medium?term=\(name)")
                #expect(found.body.contains(name), "round \(round)")
            }
            for number in 0..<5 {
                let name = "Killed\(round)x\(number)"
                if try await add(name, to: address) { acknowledged.append(name) }
            }
            server.send(SIGKILL)
            #expect(await server.exitCode() == -SIGKILL)
        }
        #expect(acknowledged.count == 15)
    }

    private func add(_ name: String, to address: String) async throws -> Bool {
        var request = HTTPClientRequest(url: "\(address)/api/query/Demo/10/medium")
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        let body = #"{"vehicle_id":1,"mission":"\#(name)","launched_at":"2026-12-01T12:00:00Z"}"#
        request.body = .bytes(ByteBuffer(string: body))
        let response = try await Self.client.execute(request, timeout: .seconds(30))
        return response.status == .ok
    }
}
