import CoreMetrics
import HydrogenCore
import HydrogenHost
import HydrogenTesting
import Launch
import NIOCore
import Synchronization
import Testing

@testable import DatabaseSubsystem

/// Databases that are AI endpoints, in whole flights.
@Suite("Databases of prompts", .enabled(if: StandIn.isAvailable, StandIn.absence), .timeLimit(.minutes(2)))
struct AIDatabaseTests {
    private let standIn: StandIn
    private let folder: TemporaryFolder

    init() throws {
        standIn = try StandIn(["--key", "sk-own"])
        folder = try TemporaryFolder()
        try folder.write("-- id: 1\n-- parameters: name STRING\nIt's a greeting for :name.", to: "prompts/1.sql")
        try folder.write(
            """
            -- id: 2
            -- name: Sentiment
            -- model: small
            -- system: You judge texts.
            -- system: Be fair.
            -- parameters: text TEXT
            -- cache: 60
            -- schema: {"type": "object", "properties": {
            -- schema:   "label": {"type": "string", "enum": ["good", "bad"]}, "score": {"type": "number"}}}
            Judge this text: ":text"
            """,
            to: "prompts/2.sql"
        )
        try folder.write(#"-- id: 3\#n-- schema: {"type":"object"}\#nNo columns"#, to: "prompts/3.sql")
        try folder.write("-- id: 4\n-- Schema: this is a fault here", to: "prompts/4.sql")
    }

    private func database(_ name: String = "AI", key: String = "sk-own", more: String = "") -> String {
        """
        { "Name": "\(name)", "Engine": "ai", "Endpoint": "\(standIn.endpoint)", "Key": "\(key)", "Model": "stand-in",
          "QueryTimeoutSeconds": 3600, "Queries": "\(folder.path)/prompts"\(more) }
        """
    }

    private func rows(
        _ flight: DatabaseFlight,
        _ id: Int,
        _ parameters: [(String, String)],
        queue: QueueTag = .medium
    ) async throws -> QueryAnswer? {
        guard case .ready(let query)? = flight["AI"]?.query(QueryID(id)) else { return nil }
        var provided = ProvidedParameters()
        for (name, text) in parameters { try provided.add(configured: .string(text), named: name) }
        let values = try query.template.bind(provided)
        return try await flight["AI"]?.run(query, values: values, queue: queue, timeLimit: .seconds(3600))
    }

    @Test("prompts of a folder are called like queries; what is wrong with one concerns that one")
    func folderOfPrompts() async throws {
        let flight = try DatabaseFlight(database())
        try await flight.fly { flying async throws in
            await flying.ready()
            let answer = try await rows(flight, 1, [("name", "Ann")])
            #expect(
                answer.map { String(buffer: $0.rows.body) }?
                    .hasPrefix(#"[{"content":"echo: It's a greeting for Ann.","finish_reason":"stop""#) == true
            )
            #expect(answer?.queue.description == "DQM-AI-02-M")
            let judged = try await rows(flight, 2, [("text", "Splendid")])
            #expect(judged.map { String(buffer: $0.rows.body) } == #"[{"label":"good","score":0.5}]"#)
            let body = try await standIn.seen().bodies.last
            #expect(
                body?.hasPrefix(
                    #"{"model":"small","messages":[{"role":"system","content":"You judge texts.\nBe fair."},"#
                        + #"{"role":"user","content":"Judge this text: \"Splendid\""}],"response_format":"#
                ) == true
            )
        }
        let faults = flight.harness.log.lines(of: "Database").filter { $0.contains("No-Go") }
        #expect(faults.count == 3, "\(faults)")
        #expect(faults.contains { $0.contains("3.sql:2:12: expected properties: the columns, got none") })
        #expect(faults.contains { $0.contains("4.sql:2:12: expected a JSON Schema") })
    }

    @Test("two who ask the same at once, and those who ask it again, cause one request")
    func cache() async throws {
        let flight = try DatabaseFlight(database())
        try await flight.fly { flying async throws in
            await flying.ready()
            let bodies = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<5 {
                    group.addTask {
                        try await rows(flight, 2, [("text", "once !sleep=0.1")]).map { String(buffer: $0.rows.body) }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(bodies) == [#"[{"label":"good","score":0.5}]"#])
            #expect(try await rows(flight, 2, [("text", "once !sleep=0.1")])?.cache != nil)
            #expect(try await standIn.seen().bodies.count == 1)
            _ = try await rows(flight, 2, [("text", "another")])
            #expect(try await standIn.seen().bodies.count == 2)
        }
    }

    @Test("queries from a host bring their model, system prompt and schema")
    func host() async throws {
        try folder.write(
            """
            -- id: 900
            SELECT 5 AS query_id, 'openai' AS database_type, 'Say :word' AS sql_template, 'large' AS model, 'Shout.' AS system,
                   '{"type":"object","properties":{"said":{"type":"string"}}}' AS schema
            UNION ALL SELECT 5, 'sqlite', 'SELECT 1', NULL, NULL, NULL
            UNION ALL SELECT 6, NULL, 'Plain', NULL, NULL, NULL
            UNION ALL SELECT 7, 'ai', 'Bad', NULL, NULL, '{"type":"string"}'
            """,
            to: "master/900.sql"
        )
        let master = """
            { "Name": "Master", "Engine": "sqlite", "Database": ":memory:", "Queries": "\(folder.path)/master" }
            """
        let more = #", "Bootstrap": { "Host": "Master", "QueryID": 900 }"#
        let flight = try DatabaseFlight(database(more: more) + "," + master)
        try await flight.fly { flying async throws in
            await flying.ready()
            let answer = try await rows(flight, 5, [("word", "hi")])
            #expect(answer.map { String(buffer: $0.rows.body) } == #"[{"said":"Say hi"}]"#)
            let body = try await standIn.seen().bodies.last
            #expect(body?.hasPrefix(#"{"model":"large","messages":[{"role":"system","content":"Shout."},"#) == true)
            #expect(try await rows(flight, 6, [])?.rows.columnCount == 6)
            #expect(flight["AI"]?.query(QueryID(7)) == nil)
        }
        #expect(flight.harness.log.lines(of: "Database").contains { $0.contains(#"row 4, schema: expected "type""#) })
    }

    @Test("rows of a stream come from every queue before the reply has ended", arguments: [QueueTag.fast, .medium])
    func stream(tag: QueueTag) async throws {
        let flight = try DatabaseFlight(database())
        try await flight.fly { flying async throws in
            await flying.ready()
            guard case .ready(let query)? = flight["AI"]?.query(QueryID(1)) else {
                Issue.record("no query 1")
                return
            }
            let (pieces, ends) = (Journal<String>(), Journal<String>())
            let text = ParameterValue(type: .string, content: .text("two !step"))
            flight["AI"]?.submit(
                query,
                values: [text],
                queue: tag,
                format: .ndjson,
                timeLimit: .seconds(3600),
                stream: { stream, chunk in
                    pieces.append(String(buffer: chunk))
                    stream.consumed(chunk.readableBytes)
                },
                completion: { result in ends.append("\(result.map { String(buffer: $0.rows.body) })") }
            )
            try await standIn.step()
            let first = await pieces.first { _ in true }
            #expect(first?.hasPrefix(#"{"content":"echo:","finish_reason":null,"#) == true)
            #expect(ends.entries == [])
            for _ in 0..<6 { try await standIn.step() }
            let end = await ends.first { _ in true }
            #expect(end?.contains(#"{\"content\":null,\"finish_reason\":\"stop\""#) == true, "\(end ?? "")")
        }
    }

    @Test("no prompt, value, reply or key is in a log, a report or a fault")
    func secrets() async throws {
        let flight = try DatabaseFlight(database())
        try await flight.fly { flying async throws in
            await flying.ready()
            for word in ["", " !status=400", " !status=500", " !html", " !cut", " !status=401"] {
                _ = try? await rows(flight, 1, [("name", "Rumpelstiltskin\(word)")])
            }
        }
        let text = flight.harness.log.lines().joined(separator: "\n") + "\(flight.subsystem)"
        #expect(!text.contains("sk-own"))
        #expect(!text.contains("Rumpelstiltskin"))
        #expect(!text.contains("greeting"))
        let values = try flight.document.decode(section: "Databases", DatabasesConfiguration.init).effective
        #expect(values.first { $0.path.hasSuffix(".Key") }?.shown == "\"\(Secret.mask)\"")
    }

    @Test("a refused key leaves the database starting, with the reason and without the key")
    func wrongKey() async throws {
        let flight = try DatabaseFlight(database(key: "sk-stolen"))
        try await flight.fly { _ async throws in
            await flight.said("Start sequence: FAILED", by: "AI")
            guard case .starting(let reason) = flight["AI"]?.phase else {
                Issue.record("it is \(String(describing: flight["AI"]?.phase))")
                return
            }
            #expect(reason == "the endpoint refuses the key; look at Key")
        }
        #expect(!flight.harness.log.lines().joined().contains("sk-stolen"))
    }

    @Test("an endpoint that is down at launch delays its database alone, which serves once it is up")
    func down() async throws {
        let other = try StandIn()
        let text = database().replacing(standIn.endpoint, with: other.endpoint)
        other.end()
        let flight = try DatabaseFlight(text)
        try await flight.fly { _ async throws in
            await flight.said("Start sequence: FAILED", by: "AI")
            let again = try other.restarted()
            await flight.advance(until: "AI")
            #expect(try await rows(flight, 1, [("name", "Ann")]) != nil)
            again.end()
        }
    }

    @Test("a rehearsal asks for a sign of life, and prepares every prompt")
    func preflight() async throws {
        let flight = try DatabaseFlight(database())
        let connections = try flight.document.decode(section: "Databases", DatabasesConfiguration.init).value
            .connections
        let findings = await DatabasePreflight(connections[0], among: connections).findings()
        #expect(findings.map(\.text).contains("AI: connected; migrations to apply: 0"))
        #expect(findings.map(\.text).contains("AI: 2 of 2 queries prepared"))
    }
}
