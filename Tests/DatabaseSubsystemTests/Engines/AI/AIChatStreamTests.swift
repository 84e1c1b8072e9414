import HydrogenCore
import NIOCore
import Testing

@testable import DatabaseSubsystem

/// Server-sent events, and what rows they make.
struct AIChatStreamTests {
    @Test(
        "events are found wherever the bytes were cut",
        arguments: [
            ("data: a\n\ndata: b\n\n", ["a", "b"]),
            ("data: a\r\n\r\ndata:b\r\n\r\n", ["a", "b"]),
            (": comment\nevent: x\nid: 1\ndata: a\nretry: 5\n\n", ["a"]),
            ("data: a\ndata: b\n\n", ["a\nb"]),
            ("data\n\ndata:\n\n", ["", ""]),
            ("\n\n\n: nothing\n\n", []),
            ("data: é {\"x\": 1}\n\ndata: never ended", ["é {\"x\": 1}"]),
        ]
    )
    func decoding(stream: String, events: [String]) throws {
        let bytes = Array(stream.utf8)
        for size in [1, 2, 3, 7, bytes.count] {
            var decoder = AIEventDecoder()
            var found: [String] = []
            for start in Swift.stride(from: 0, to: bytes.count, by: size) {
                let piece = bytes[start..<min(start + size, bytes.count)]
                found += try decoder.append(piece).map { String(decoding: $0, as: UTF8.self) }
            }
            #expect(found == events, "pieces of \(size)")
        }
    }

    @Test("an event without an end is given up")
    func tooLong() throws {
        var decoder = AIEventDecoder()
        let half = [UInt8](repeating: 0x61, count: AIEventDecoder.longestEvent / 2)
        _ = try decoder.append(half)
        _ = try decoder.append(half)
        #expect(throws: AIEventDecoder.TooLong.self) { _ = try decoder.append([0x61]) }
    }

    private static func chunk(_ delta: String, _ reason: String = "null") -> String {
        "data: {\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\(delta)},\"finish_reason\":\(reason)}]}\n\n"
    }

    private static let usage =
        "data: {\"model\":\"m\",\"choices\":[],\"usage\":{\"prompt_tokens\":2,\"completion_tokens\":3,\"total_tokens\":5}}\n\n"

    private func rows(_ events: [String]) throws(DatabaseError) -> String {
        var stream = AIChatStream(EndpointWords(hiding: Secret("sk-secret-0815")))
        var text = ""
        for event in events {
            try stream.append(ByteBuffer(string: event))
            text += String(buffer: stream.takeRows())
        }
        return text + String(buffer: try stream.finish().body)
    }

    private static let empty = #""model":null,"prompt_tokens":null,"completion_tokens":null,"total_tokens":null}"#

    @Test("each piece of text is a row, and a last one says how it ended")
    func pieces() throws {
        let text = try rows([
            Self.chunk(#""role":"assistant","content":"""#), Self.chunk(#""content":"Hel""#),
            Self.chunk(#""content":"lo\n""#), Self.chunk("", "\"stop\""), Self.usage, "data: [DONE]\n\n",
        ])
        #expect(
            text == """
                {"content":"Hel","finish_reason":null,\(Self.empty)
                {"content":"lo\\n","finish_reason":null,\(Self.empty)
                {"content":null,"finish_reason":"stop","model":"m","prompt_tokens":2,"completion_tokens":3,"total_tokens":5}

                """
        )
    }

    @Test("an end of the text is enough where the end of the stream does not come")
    func noDone() throws {
        let text = try rows([Self.chunk(#""content":"x""#), Self.chunk("", "\"length\"")])
        #expect(
            text.hasSuffix(
                #"{"content":null,"finish_reason":"length","model":"m","prompt_tokens":null,"#
                    + "\"completion_tokens\":null,\"total_tokens\":null}\n"
            )
        )
    }

    @Test(
        "a stream that breaks off is an error",
        arguments: [
            ([chunk(#""content":"x""#)], "in the midst of its reply"),
            (["data: nonsense\n\n"], "something else than JSON"),
            (
                ["data: {\"error\":{\"message\":\"the prompt was x\",\"code\":\"overloaded\"}}\n\n"],
                "broke off its reply (overloaded)"
            ),
            (["data: {\"error\":{\"code\":\"sk-secret-0815\"}}\n\n"], "broke off its reply (********)"),
        ]
    )
    func broken(events: [String], message: String) {
        do throws(DatabaseError) {
            Issue.record("rows: \(try rows(events))")
        } catch {
            #expect(error.code == .unavailable)
            #expect(error.message.contains(message), "\(error)")
            #expect(!error.debugDescription.contains("the prompt") && !error.debugDescription.contains("0815"))
        }
    }

    @Test("what the endpoint calls itself and its reasons shows no key")
    func hiddenKey() throws {
        let chunk = #"data: {"model":"m sk-secret-0815","choices":[{"delta":{},"finish_reason":"sk-secret-0815"}]}"#
        let text = try rows([chunk + "\n\n"])
        #expect(text.contains(#""finish_reason":"********","model":"m ********""#), "\(text)")
    }
}
