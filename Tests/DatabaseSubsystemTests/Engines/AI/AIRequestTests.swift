import HydrogenCore
import Testing

@testable import DatabaseSubsystem

/// What an endpoint is asked, byte by byte.
struct AIRequestTests {
    private func settings(_ change: (inout AISettings) -> Void = { _ in }) -> AISettings {
        var settings = AISettings()
        settings.model = "m"
        change(&settings)
        return settings
    }

    private func body(
        _ settings: AISettings,
        _ prompt: String,
        _ values: [ParameterValue] = [],
        _ options: PromptOptions? = nil,
        isStreamed: Bool = false
    ) -> String {
        AIRequest(settings, ParsedSQL(prompt, dialect: .prompt), values, options, isStreamed: isStreamed).body
    }

    @Test("a prompt is the user's one message")
    func plain() {
        #expect(
            body(settings(), #"Say "hi" & don't shout"#)
                == #"{"model":"m","messages":[{"role":"user","content":"Say \"hi\" & don't shout"}]}"#
        )
    }

    @Test("settings and options of the connection go into every request")
    func everything() {
        let all = settings {
            $0.system = "Be brief."
            $0.temperature = 0.25
            $0.maximumTokens = 64
            $0.options = [("seed", .number("7")), ("top_p", .number("0.50"))]
        }
        #expect(
            body(all, "Hi", isStreamed: true)
                == #"{"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"}],"#
                + #""temperature":0.25,"max_tokens":64,"stream":true,"stream_options":{"include_usage":true},"#
                + #""seed":7,"top_p":0.50}"#
        )
    }

    @Test("a template's model and system prompt win over the connection's")
    func overriding() {
        let options = PromptOptions(model: "other", system: "Rhyme.\nAlways.", schema: nil)
        #expect(
            body(settings { $0.system = "Be brief." }, "Hi", [], options)
                == #"{"model":"other","messages":[{"role":"system","content":"Rhyme.\nAlways."},"#
                + #"{"role":"user","content":"Hi"}]}"#
        )
    }

    @Test("a schema is asked for in the strict mode where it leaves nothing open")
    func schema() throws {
        let schema = try ReplySchema(#"{"type":"object","properties":{"n":{"type":"integer"}}}"#)
        #expect(
            body(settings(), "Hi", [], PromptOptions(model: nil, system: nil, schema: schema))
                == #"{"model":"m","messages":[{"role":"user","content":"Hi"}],"response_format":{"type":"json_schema","#
                + #""json_schema":{"name":"reply","strict":true,"schema":{"type":"object","properties":{"n":{"type":"integer"}},"#
                + #""required":["n"],"additionalProperties":false}}}}"#
        )
    }

    @Test("the input of embeddings is the whole text")
    func embeddings() {
        #expect(
            body(settings { $0.mode = .embeddings }, "one\ntwo :x", [ParameterValue(type: .text, content: .text("é"))])
                == #"{"model":"m","input":"one\ntwo é"}"#
        )
    }

    @Test(
        "values are put in as people write them",
        arguments: [
            (ParameterValue.null(.string), "null"),
            (ParameterValue(type: .integer, content: .integer(-5)), "-5"),
            (ParameterValue(type: .float, content: .float(2)), "2"),
            (ParameterValue(type: .float, content: .float(0.1)), "0.1"),
            (ParameterValue(type: .float, content: .float(1e300)), "1e+300"),
            (ParameterValue(type: .boolean, content: .boolean(true)), "true"),
            (ParameterValue(type: .date, content: .text("2026-01-31")), "2026-01-31"),
            (ParameterValue(type: .string, content: .text(":x \"quoted\" '")), #":x \"quoted\" '"#),
        ]
    )
    func values(value: ParameterValue, text: String) {
        let expected = #"{"model":"m","messages":[{"role":"user","content":"<\#(text)> and (\#(text))"}]}"#
        #expect(body(settings(), "< :x> and (:x)", [value]) == expected.replacing("<\(text)", with: "< \(text)"))
    }
}
