import Foundation
import HydrogenCore
import NIOCore
import Testing

@testable import DatabaseSubsystem

/// Where fakeai listens, if it does.
private let fakeAI = ProcessInfo.processInfo.environment["HYDROGEN_TEST_FAKEAI"]

/// The same against a server that others wrote: scripts/with-fakeai starts it.
@Suite("fakeai", .enabled(if: fakeAI != nil, "HYDROGEN_TEST_FAKEAI names none"), .timeLimit(.minutes(2)))
struct FakeAITests {
    private func settings(_ model: String) throws -> AISettings {
        var settings = AISettings(chattingWith: try #require(fakeAI))
        settings.key = Secret("any")
        settings.model = model
        return settings
    }

    private func json(_ text: String) throws -> [JSONValue] {
        guard case .array(let rows) = try JSONParser(options: .strict).parse(text.utf8).value else { return [] }
        return rows.map(\.value)
    }

    @Test("a chat has its columns, and counts that add up")
    func chat() async throws {
        var settings = try settings("openai/gpt-oss-120b")
        settings.maximumTokens = 20
        let queue = try await AIQueue(settings)
        let rows = try json(try await queue.rows("Say hello to :name", ["Ann"]))
        await queue.close()
        let row = try #require(rows.first)
        #expect(rows.count == 1)
        guard case .string(let content)? = row["content"]?.value else {
            Issue.record("\(row)")
            return
        }
        #expect(!content.isEmpty)
        let counts = ["prompt_tokens", "completion_tokens", "total_tokens"].compactMap {
            Int(row[$0]?.value.jsonText ?? "")
        }
        try #require(counts.count == 3)
        #expect(counts[0] + counts[1] == counts[2])
    }

    @Test("a schema has its columns")
    func schema() async throws {
        let schema = try ReplySchema(
            #"{"type":"object","properties":{"title":{"type":"string"},"pages":{"type":"integer"},"good":{"type":"boolean"}}}"#
        )
        var settings = try settings("openai/gpt-oss-120b")
        // fakeai insists on it in the strict mode.
        settings.options = [("parallel_tool_calls", .boolean(false))]
        let queue = try await AIQueue(settings)
        let options = PromptOptions(model: nil, system: "Name a book.", schema: schema)
        let text = try await queue.rows("A long one", options: options)
        await queue.close()
        guard case .object(let members)? = try json(text).first else {
            Issue.record("\(text)")
            return
        }
        #expect(members.map(\.name) == ["title", "pages", "good"])
    }

    @Test("an embedding is a list of numbers")
    func embedding() async throws {
        var settings = try settings("sentence-transformers/all-mpnet-base-v2")
        settings.mode = .embeddings
        let queue = try await AIQueue(settings)
        let rows = try json(try await queue.rows("some text"))
        await queue.close()
        guard case .array(let numbers)? = rows.first?["embedding"]?.value else {
            Issue.record("\(rows)")
            return
        }
        #expect(numbers.count > 8)
        #expect(numbers.allSatisfy { if case .number = $0.value { true } else { false } })
    }

    @Test("a streamed chat comes in pieces, and says how it ended")
    func stream() async throws {
        var settings = try settings("openai/gpt-oss-120b")
        settings.maximumTokens = 20
        let queue = try await AIQueue(settings)
        let rows = try await queue.streamedRows("Say hello")
        await queue.close()
        #expect(rows.count > 2)
        let last = try #require(try rows.last.map { try JSONParser(options: .strict).parse($0.utf8).value })
        #expect(last["content"]?.value == .null)
        #expect(last["finish_reason"]?.value != .null)
    }

    @Test("what the server does not take is refused, with its reason")
    func refused() async throws {
        var settings = try settings("openai/gpt-oss-120b")
        settings.options = [("max_completion_tokens", .string("many"))]
        let queue = try await AIQueue(settings)
        let error = await queue.failure("x")
        await queue.close()
        #expect(error?.code == .refused)
        #expect(error?.detail?.isEmpty == false)
    }
}
