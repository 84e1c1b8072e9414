import AsyncHTTPClient
import Foundation
import HydrogenTesting
import NIOCore
import NIOHTTP1

/// The real binary as a message queue on a database of its own.
struct QueueServer {
    /// What it answered.
    struct Answer {
        let status: Int
        let body: String
        let headers: HTTPHeaders

        /// The body without the blanks between.
        var compact: String { body.filter { $0 != " " } }

        /// The first text of a name.
        func text(_ name: String) -> String {
            guard let start = compact.range(of: "\"\(name)\":\""),
                let end = compact[start.upperBound...].firstIndex(of: "\"")
            else { return "" }
            return String(compact[start.upperBound..<end])
        }

        /// The names of the members of the body, or of its first element.
        var keys: Set<String> {
            let value = try? JSONSerialization.jsonObject(with: Data(body.utf8))
            let object = (value as? [Any])?.first ?? value
            return Set((object as? [String: Any] ?? [:]).keys)
        }
    }

    private let process: ServerProcess
    private let folder: EndToEndFolder
    /// Where it listens.
    let address: String

    /// Flies it.
    ///
    /// - Parameter sections: More sections of the configuration, each with a comma behind it.
    init(_ sections: String = "") async throws {
        let database = try OwnDatabase()
        folder = try EndToEndFolder()
        let path = try folder.write(
            """
            { \(sections) "WebServer": { "Host": "127.0.0.1", "Port": 0 }, "MessageQueue": { "Enabled": true, "Database": "Queues" },
              "Databases": { "Connections": [ { "Name": "Queues", "Engine": "postgresql",
                "ConnectionString": "\(database.connection)", "Queues": { "Slow": { "Min": 0, "Max": 0 },
                "Medium": { "Min": 2, "Max": 2 }, "Fast": { "Min": 0, "Max": 0 }, "Cache": { "Min": 0, "Max": 0 } } } ] } }
            """,
            to: "queue.json"
        )
        process = try ServerProcess(["run", "--config", path])
        address = await process.ready()
        let health = address + "/health"
        try await eventually { try await HTTPClient.shared.get(url: health).get().status == .ok }
    }

    /// Lands it. Returns the exit code.
    func land() async -> Int32 {
        process.send(SIGTERM)
        return await process.exitCode()
    }

    /// Sends a request.
    ///
    /// - Parameter path: What follows `/api/v1/`; the whole path when it begins with a slash.
    func ask(
        _ method: String,
        _ path: String,
        _ body: String? = nil,
        key: String? = nil,
        client: String? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: address + (path.hasPrefix("/") ? path : "/api/v1/" + path))
        request.method = HTTPMethod(rawValue: method)
        if let key { request.headers.add(name: "X-API-Key", value: key) }
        if let client { request.headers.add(name: "User-Agent", value: client) }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        return Answer(
            status: Int(response.status.code),
            body: String(buffer: try await response.body.collect(upTo: 1 << 20)),
            headers: response.headers
        )
    }
}
