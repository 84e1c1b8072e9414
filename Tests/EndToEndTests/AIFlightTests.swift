import AsyncHTTPClient
import Foundation
import Glibc
import HydrogenTesting
import NIOCore
import NIOHTTP1
import Testing

/// The real binary before an AI endpoint.
@Suite(
    .serialized,
    .enabled(if: access("/usr/bin/python3", X_OK) == 0, "python3 is not installed"),
    .timeLimit(.minutes(2))
)
struct AIFlightTests {
    /// Performs `body` with the addresses of a server and of its endpoint.
    private func fly(_ body: (_ server: String, _ endpoint: String) async throws -> Void) async throws {
        let folder = try EndToEndFolder()
        try folder.write(
            "-- id: 2\n-- parameters: words STRING\nRepeat: :words",
            to: "queries/2.sql"
        )
        try folder.write(
            "-- id: 3\n-- parameters: words STRING\n"
                + #"-- schema: {"type": "object", "properties": {"said": {"type": "string"}, "length": {"type": "integer"}}}"#
                + "\n:words",
            to: "queries/3.sql"
        )
        let endpoint = try ServerProcess(
            ["python3", Repository.path("Tests/AI/stand_in.py"), "--key", "sk-own", "--until-parent-ends"],
            program: "/usr/bin/env"
        )
        let port = await endpoint.line(containing: "ready ").dropFirst(6)
        // By its name, so that the one address in the log is the server's own.
        let address = "http://localhost:\(port)/v1"
        let configuration = try folder.write(
            """
            { "WebServer": { "Port": 0 }, "Databases": { "Connections": [
              { "Name": "Writer", "Engine": "openai", "Endpoint": "\(address)", "Key": "${env.OWN_KEY}", "Model": "stand-in",
                "Queries": "queries" }] } }
            """,
            to: "ai.json"
        )
        let server = try ServerProcess([configuration], environment: ["OWN_KEY": "sk-own"])
        let ready = await server.ready()
        do {
            try await body(ready, address)
        } catch {
            Issue.record(error)
        }
        server.send(SIGTERM)
        #expect(await server.exitCode() == 0)
        endpoint.send(SIGKILL)
        _ = await endpoint.exitCode()
        #expect(!server.log.entries.contains { $0.contains("sk-own") })
    }

    private func ask(_ url: String, _ headers: HTTPHeaders = [:]) async throws -> (status: UInt, body: String) {
        var request = HTTPClientRequest(url: url)
        request.headers = headers
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        return (response.status.code, String(buffer: try await response.body.collect(upTo: 1 << 20)))
    }

    @Test("prompts are called as queries are, and land with the server")
    func calls() async throws {
        try await fly { server, _ async throws in
            let plain = try await ask("\(server)/api/query/Writer/2/fast?words=again")
            #expect(plain.status == 200)
            #expect(
                plain.body.contains(
                    #""rows":[{"content":"echo: Repeat: again","finish_reason":"stop","model":"stand-in","#
                )
            )
            let typed = try await ask("\(server)/api/query/Writer/3/medium?words=four")
            #expect(typed.body.contains(#""rows":[{"said":"four","length":4}],"row_count":1,"column_count":2"#))
            let refused = try await ask("\(server)/api/query/Writer/3/medium?words=!reply=%7B%7D")
            #expect(refused.status == 422)
            #expect(refused.body.contains("the model's reply is not what the schema says: said is missing"))
            let busy = try await ask("\(server)/api/query/Writer/2/slow?words=!status=503,1")
            #expect(busy.status == 503)
            let number = try await ask("\(server)/api/query/Writer/1/fast")
            #expect(number.body.contains("echo: SELECT 1 AS n"), "everything is a prompt")
        }
    }

    @Test("a reply that is asked for as NDJSON is sent while the model writes")
    func stream() async throws {
        try await fly { server, endpoint async throws in
            var request = HTTPClientRequest(url: "\(server)/api/query/Writer/2/fast?words=after%20!step")
            request.headers = ["Accept": "application/x-ndjson"]
            var step = HTTPClientRequest(url: "\(endpoint)/_go")
            step.method = .POST
            _ = try await HTTPClient.shared.execute(step, timeout: .seconds(60))
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
            #expect(response.status == .ok)
            var text = ""
            var pieces = response.body.makeAsyncIterator()
            // The first row is here, and the second waits for its step.
            while !text.contains("\n"), let piece = try await pieces.next() { text += String(buffer: piece) }
            #expect(text.split(separator: "\n").count == 1)
            #expect(text.hasPrefix(#"{"content":"echo:","#))
            for _ in 0..<3 { _ = try await HTTPClient.shared.execute(step, timeout: .seconds(60)) }
            while let piece = try await pieces.next() { text += String(buffer: piece) }
            let lines = text.split(separator: "\n")
            #expect(lines.count == 6, "\(text)")
            #expect(lines.last?.contains(#""success":true"#) == true)
            #expect(lines.dropLast().last?.contains(#""finish_reason":"stop""#) == true)
        }
    }
}
