import AsyncHTTPClient
import Foundation
import HydrogenTesting
import NIOCore
import NIOHTTP1
import Testing

/// The real binary on `config/two-tier.json`: one database holds the queries of the other.
@Suite(.serialized, .timeLimit(.minutes(2))) struct TwoTierFlightTests {
    private static let path = Repository.path("config/two-tier.json")

    private struct Answer {
        let status: Int
        let body: String
        let version: String?

        /// The rows of the body, with their brackets.
        var rows: Substring {
            guard let start = body.range(of: #""rows":"#), let end = body.range(of: #","row_count""#) else { return "" }
            return body[start.upperBound..<end.lowerBound]
        }
    }

    private func get(_ address: String) async throws -> Answer {
        try await ask(HTTPClientRequest(url: address))
    }

    private func release(_ revision: Int, of id: Int, at address: String) async throws -> Answer {
        var request = HTTPClientRequest(url: "\(address)/api/query/Registry/901/medium")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(string: #"{"app":"shop","id":\#(id),"revision":\#(revision)}"#))
        return try await ask(request)
    }

    private func ask(_ request: HTTPClientRequest) async throws -> Answer {
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        return Answer(
            status: Int(response.status.code),
            body: String(buffer: try await response.body.collect(upTo: 1 << 20)),
            version: response.headers.first(name: "X-Query-Table")
        )
    }

    @Test(
        "a change of the registry's table changes what the shop answers, in memory and in files",
        arguments: [true, false]
    )
    func release(inMemory: Bool) async throws {
        let folder = try EndToEndFolder()
        let files = [
            "HYDROGEN_REGISTRY_DATABASE": "\(folder.path)/r.db", "HYDROGEN_SHOP_DATABASE": "\(folder.path)/s.db",
        ]
        let server = try ServerProcess(
            [Self.path],
            environment: ["HYDROGEN_PORT": "0"].merging(inMemory ? [:] : files) { $1 }
        )
        let address = await server.ready()

        let product = "\(address)/api/query/Shop/1/fast/id=2"
        let before = try await get(product)
        #expect(before.rows == #"[{"product_id":2,"name":"Harbour Coffee","price":8.5}]"#, "\(before.body)")
        let dialect = try await get("\(address)/api/query/Shop/2/fast")
        #expect(dialect.rows.contains(#""since":"15.01.2026""#), "the row for SQLite: \(dialect.body)")
        #expect(try await get("\(address)/api/query/Shop/7/fast").status == 404, "another application's")
        let queries = try await get("\(address)/api/query/Registry/900/medium/app=shop")
        #expect(queries.status == 200 && queries.body.contains("to_char(") && queries.body.contains("strftime("))

        let nothing = try await release(9, of: 1, at: address)
        #expect(nothing.status == 200 && nothing.rows == "[]", "no such revision: \(nothing.body)")
        let released = try await release(2, of: 1, at: address)
        #expect(released.status == 200 && released.body.contains(#""affected_rows":2"#), "\(released.body)")
        try await eventually { try await get(product).version != before.version }
        let after = try await get(product)
        #expect(after.rows == #"[{"product_id":2,"name":"Harbour Coffee","price":8.5,"stock":42}]"#)

        let readme = try SourceTree.text(of: "README.md")
        for answer in [before, released, after] {
            #expect(readme.contains(answer.rows), "in README.md: \(answer.rows)")
        }
        for version in [before.version, after.version] {
            #expect(readme.contains("X-Query-Table: \(version ?? "none")"))
        }

        server.send(SIGTERM)
        #expect(await server.exitCode() == 0)
        #expect(server.messages(containing: "Landing step 5/7").first?.contains("Registry removed") == true)
        #expect(server.messages(containing: "Abandoned:").first?.hasSuffix("0") == true)
    }
}
