import AsyncHTTPClient
import Foundation
import HydrogenTesting
import NIOCore
import NIOHTTP1
import Testing

/// The real binary on `config/postgresql.json` and the server that `scripts/with-postgresql` has started.
@Suite(
    .serialized,
    .timeLimit(.minutes(3)),
    .enabled(
        if: ProcessInfo.processInfo.environment["HYDROGEN_TEST_POSTGRESQL"] != nil,
        "no PostgreSQL here: run the tests by scripts/with-postgresql"
    )
)
struct PostgreSQLFlightTests {
    private static let path = Repository.path("config/postgresql.json")
    private static let environment = ["HYDROGEN_PORT": "0", "HYDROGEN_PG_PASS": "hydrogen"]

    private func ask(_ method: HTTPMethod, _ address: String, _ body: String? = nil) async throws -> (
        status: Int, body: String
    ) {
        var request = HTTPClientRequest(url: address)
        request.method = method
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        return (Int(response.status.code), String(buffer: try await response.body.collect(upTo: 1 << 24)))
    }

    @Test("the example is rehearsed, flies, serves every query, and leaves no session behind")
    func example() async throws {
        let rehearsal = try ServerProcess(["preflight", Self.path], environment: Self.environment)
        #expect(await rehearsal.exitCode() == 0, "\(rehearsal.log.entries)")
        #expect(rehearsal.log.entries.contains { $0.contains("Shop: 13 of 13 queries prepared") })
        #expect(rehearsal.log.entries.contains { $0.contains("the server gives") })

        let server = try ServerProcess(["run", "--config", Self.path], environment: Self.environment)
        let address = await server.ready()
        let product = try await ask(.GET, "\(address)/api/query/Shop/1/fast/id=17")
        #expect(product.status == 200)
        #expect(
            product.body.contains(#""rows":[{"product_id":17,"#)
                && product.body.contains(#""queue_used":"DQM-Shop-03-F""#)
        )
        let conduit = try await ask(
            .POST,
            "\(address)/api/conduit/query",
            #"{"query_ref":1,"database":"Shop","params":{"INTEGER":{"id":17}}}"#
        )
        #expect(conduit.status == 200 && conduit.body.contains(#"{"product_id":17,"#))
        for id in [2, 5, 6, 7, 12] {
            let answer = try await ask(.GET, "\(address)/api/query/Shop/\(id)/slow\(id == 5 ? "/customer_id=1" : "")")
            #expect(answer.status == 200 || answer.body.contains("HYD-2004"), "query \(id): \(answer.body.prefix(300))")
        }
        let readiness = try await ask(.GET, "\(address)/api/system/readiness")
        #expect(readiness.status == 200)
        server.send(SIGTERM)
        #expect(await server.exitCode() == 0)
        #expect(server.messages(containing: "server sessions of").count == 1)
        #expect(server.messages(containing: "Server sessions left").first?.hasSuffix("0") == true)
    }

    @Test("a refused password is said, and nowhere shown; the process stays and says 503")
    func wrongPassword() async throws {
        let secret = "hunter2-\(UInt64.random(in: 0...UInt64.max))"
        let server = try ServerProcess(
            ["run", "--config", Self.path],
            environment: Self.environment.merging(["HYDROGEN_PG_PASS": secret]) { $1 }
        )
        await server.line(containing: "Start sequence: FAILED")
        let running = await server.line(containing: "WebServer running:")
        let address = "http://" + (running.components(separatedBy: "http://").last ?? "")
        let readiness = try await ask(.GET, "\(address)/api/system/readiness")
        #expect(readiness.status == 503 && readiness.body.contains("refused the password"))
        let query = try await ask(.GET, "\(address)/api/query/Shop/1/fast/id=1")
        #expect(query.status == 503 && query.body.contains("HYD-3004") && query.body.contains("refused the password"))
        let dump = try await ask(.GET, "\(address)/api/system/config")
        server.send(SIGTERM)
        #expect(await server.exitCode() == 0)
        for text in server.log.entries + [readiness.body, query.body, dump.body] { #expect(!text.contains(secret)) }
    }
}
