import AsyncHTTPClient
import Foundation
import Glibc
import HydrogenCore
import NIOCore
import NIOHTTP1
import Testing

@testable import DatabaseSubsystem

/// Tests/AI/stand_in.py as a process of its own, which ends with this value: an OpenAI-compatible endpoint without a model.
final class StandIn: Sendable {
    /// What the endpoint has seen.
    struct Seen {
        let bodies: [String]
        let authorizations: [String]
        let most: Int
        let running: Int
    }

    /// The address of its API.
    let endpoint: String
    private let process: ScriptProcess

    /// Whether there is an interpreter.
    static let isAvailable = ["/usr/bin/python3", "/usr/local/bin/python3"].contains { (path: String) in
        access(path, X_OK) == 0
    }

    /// Why a suite that needs it is skipped.
    static let absence: Comment = "python3 is not installed"

    private typealias NotStarted = ScriptProcess.NotStarted

    /// - Parameters:
    ///   - arguments: As its usage tells.
    ///   - scheme: `https` with a certificate.
    init(_ arguments: [String] = [], scheme: String = "http") throws {
        process = try ScriptProcess("AI/stand_in.py", ["--until-parent-ends"] + arguments)
        let line = process.firstLine
        guard line.hasPrefix("ready "), let port = Int(line.dropFirst(6)) else { throw NotStarted(said: line) }
        endpoint = "\(scheme)://127.0.0.1:\(port)/v1"
    }

    /// Another one at the same port, once this one has ended.
    func restarted() throws -> StandIn {
        let port = endpoint.split(separator: ":").last?.split(separator: "/").first ?? "0"
        return try StandIn(["--port", String(port)])
    }

    /// Ends the process, and returns when it has ended.
    func end() { process.end() }

    /// A file beside the script.
    static func file(_ name: String) -> String { ScriptProcess.path("AI/\(name)") }

    // MARK: What it saw

    /// The bodies of all requests so far, as compact JSON, and how many were under way at once.
    func seen() async throws -> Seen {
        let answer = try await ask("_seen")
        guard case .array(let requests)? = answer["requests"]?.value else { throw NotStarted(said: "\(answer)") }
        return Seen(
            bodies: requests.compactMap { $0.value["body"]?.value.jsonText },
            authorizations: requests.compactMap { $0.value["authorization"]?.value.jsonText },
            most: Int(answer["most"]?.value.jsonText ?? "") ?? -1,
            running: Int(answer["running"]?.value.jsonText ?? "") ?? -1
        )
    }

    /// How many clients went away before they had their reply; asked until there are so many.
    func aborted(atLeast count: Int) async throws {
        while try await ask("_aborted")["aborted"]?.value != .number("\(count)") { await Task.yield() }
    }

    /// Waits until so many requests are, or were, under way at once: one that ends by itself may have done so when it is asked.
    func running(_ count: Int) async throws {
        while try await seen().most < count { await Task.yield() }
    }

    /// Lets one more piece of a reply go.
    func step() async throws {
        _ = try await ask("_go", .POST)
    }

    private func ask(_ path: String, _ method: HTTPMethod = .GET) async throws -> JSONValue {
        var request = HTTPClientRequest(url: "\(endpoint)/\(path)")
        request.method = method
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let body = try await response.body.collect(upTo: 1 << 24)
        return try JSONParser(options: .strict).parse(body.readableBytesView).value
    }
}

extension AISettings {
    /// Those of a chat with an endpoint.
    init(chattingWith endpoint: String) {
        self.init()
        self.endpoint = AIEndpoint(endpoint)
        model = "stand-in"
    }
}
