import HydrogenCore
import NIOCore
import Testing

@testable import DatabaseSubsystem

/// Which schemas are taken, what becomes of them, and which replies are what they say.
struct ReplySchemaTests {
    @Test(
        "what a schema leaves open of objects is closed",
        arguments: [
            (
                #"{ "type": "object", "properties": { "a": { "type": "string" } } }"#,
                #"{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}"#,
                true
            ),
            (
                #"{"type":"object","properties":{"a":{},"b":{}},"required":["a"]}"#,
                #"{"type":"object","properties":{"a":{},"b":{}},"required":["a"],"additionalProperties":false}"#,
                false
            ),
            (
                #"{"type":"object","properties":{"a":{"type":"object","properties":{"b":{"type":"null"}}}},"additionalProperties":true}"#,
                #"{"type":"object","properties":{"a":{"type":"object","properties":{"b":{"type":"null"}},"required":["b"],"additionalProperties":false}},"additionalProperties":true,"required":["a"]}"#,
                false
            ),
            (
                #"{"type":"array","items":{"type":"object","properties":{"a":{"type":"integer"}}}}"#,
                #"{"type":"object","properties":{"rows":{"type":"array","items":{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"],"additionalProperties":false}}},"required":["rows"],"additionalProperties":false}"#,
                true
            ),
        ]
    )
    func closing(schema: String, text: String, isStrict: Bool) throws {
        let schema = try ReplySchema(schema)
        #expect(schema.text == text)
        #expect(schema.isStrict == isStrict)
    }

    @Test("columns have the properties' order and types")
    func columns() throws {
        let schema = try ReplySchema(
            #"{"type":"object","properties":{"z":{"type":["string","null"]},"a":{"type":"number"},"m":{"anyOf":[{"type":"integer"}]}}}"#
        )
        let columns = AIRows(.chat, schema, EndpointWords(hiding: nil)).columns
        #expect(columns.map(\.name) == ["z", "a", "m"])
        #expect(columns.map(\.type) == ["string|null", "number", "any"])
    }

    @Test(
        "a schema that nobody could check is refused, with the reason",
        arguments: [
            (#"{"type":"#, "a JSON Schema"),
            (#"[]"#, "schema: an object"),
            (#"{"type":"string"}"#, #""type": "object" for one row"#),
            (#"{"type":"object"}"#, "properties: the columns"),
            (#"{"type":"array","items":{"type":"string"}}"#, "items of type object"),
            (#"{"type":"object","properties":[]}"#, "schema.properties: an object"),
            (#"{"type":"object","properties":{"a":{"type":"text"}}}"#, "schema.a.type: one of string"),
            (##"{"type":"object","properties":{"a":{"$ref":"#/x"}}}"##, "schema.a: type, properties"),
            (#"{"type":"object","properties":{"a":{"enum":[]}}}"#, "schema.a.enum: an array that is not empty"),
            (#"{"type":"object","properties":{"a":{}},"required":["b"]}"#, "schema.required: names of properties"),
        ]
    )
    func faults(schema: String, expected: String) {
        do throws(ReplySchema.Fault) {
            _ = try ReplySchema(schema)
            Issue.record("it was taken")
        } catch {
            #expect(error.expected.contains(expected), "\(error)")
        }
    }

    private static let schema = """
        {"type":"object","properties":{"word":{"type":"string","enum":["yes","no"]},"count":{"type":"integer"},"score":{"type":"number"},
        "sure":{"type":"boolean"},"note":{"type":["string","null"]},"tags":{"type":"array","items":{"type":"string"}},
        "place":{"type":"object","properties":{"x":{"type":"number"}}}}}
        """

    @Test(
        "a reply is one row, or an error that says which field is not what it should be",
        arguments: [
            (
                #"{"word":"yes","count":3,"score":0.50,"sure":true,"note":null,"tags":["a"],"place":{"x":1e2}}"#,
                #"[{"word":"yes","count":3,"score":0.50,"sure":true,"note":null,"tags":["a"],"place":{"x":1e2}}]"#
            ),
            (
                #"{"place":{"x":1},"tags":[],"note":"n","sure":false,"score":12345678901234567890.1,"count":3.0,"word":"no"}"#,
                #"[{"word":"no","count":3.0,"score":12345678901234567890.1,"sure":false,"note":"n","tags":[],"place":{"x":1}}]"#
            ),
            (
                #"{"word":"maybe","count":3,"score":1,"sure":true,"note":null,"tags":[],"place":{"x":1}}"#,
                #"word should be one of "yes", "no""#
            ),
            (
                #"{"word":"yes","count":3.5,"score":1,"sure":true,"note":null,"tags":[],"place":{"x":1}}"#,
                "count should be integer, got a number"
            ),
            (
                #"{"word":"yes","count":3,"score":"1","sure":true,"note":null,"tags":[],"place":{"x":1}}"#,
                "score should be number, got a text"
            ),
            (
                #"{"word":"yes","count":3,"score":1,"sure":null,"note":null,"tags":[],"place":{"x":1}}"#,
                "sure should be boolean, got null"
            ),
            (#"{"word":"yes","count":3,"score":1,"sure":true,"note":null,"tags":[]}"#, "place is missing"),
            (
                #"{"word":"yes","count":3,"score":1,"sure":true,"note":null,"tags":["a",1],"place":{"x":1}}"#,
                "tags[1] should be string, got a number"
            ),
            (
                #"{"word":"yes","count":3,"score":1,"sure":true,"note":null,"tags":[],"place":{"x":"1"}}"#,
                "place.x should be number, got a text"
            ),
            (
                #"{"word":"yes","count":3,"score":1,"sure":true,"note":null,"tags":[],"place":{"x":1},"secret":1}"#,
                "it has a member that the schema does not know"
            ),
            ("[]", "it should be object, got an array"),
            ("Certainly! Here it is.", "it is no JSON"),
        ]
    )
    func oneRow(reply: String, outcome: String) throws {
        #expect(Self.rows(of: reply, Self.schema) == outcome)
    }

    @Test(
        "an array of objects is a row each",
        arguments: [
            (#"{"rows":[{"a":1},{"a":2}]}"#, #"[{"a":1},{"a":2}]"#),
            (#"{"rows":[]}"#, "[]"),
            (#"{"rows":[{"a":1},{"a":"2"}]}"#, "rows[1].a should be integer, got a text"),
            (#"[{"a":1}]"#, "it should be an object with an array rows alone"),
            (#"{"rows":[],"more":1}"#, "it should be an object with an array rows alone"),
        ]
    )
    func manyRows(reply: String, outcome: String) throws {
        let schema = #"{"type":"array","items":{"type":"object","properties":{"a":{"type":"integer"}}}}"#
        #expect(Self.rows(of: reply, schema) == outcome)
    }

    @Test("what is not required may be missing, and of alternatives one has to hold")
    func lenience() {
        let schema = """
            {"type":"object","properties":{"a":{"type":"integer"},"b":{"anyOf":[{"type":"string"},{"type":"integer","const":4}]}},
            "required":["b"],"additionalProperties":true}
            """
        #expect(Self.rows(of: #"{"b":"x","c":1}"#, schema) == #"[{"a":null,"b":"x"}]"#)
        #expect(Self.rows(of: #"{"b":4}"#, schema) == #"[{"a":null,"b":4}]"#)
        #expect(Self.rows(of: #"{"b":5}"#, schema) == "b is none of its alternatives")
    }

    /// The rows of a reply with this content, or why there are none.
    private static func rows(of content: String, _ schema: String, finishReason: String = "stop") -> String {
        do throws(DatabaseError) {
            guard let schema = try? ReplySchema(schema) else { return "no schema" }
            let reply =
                #"{"choices":[{"message":{"content":\#(content.jsonQuoted)},"finish_reason":"\#(finishReason)"}]}"#
            guard let json = try? JSONParser(options: .strict).parse(reply.utf8).value else { return "no JSON" }
            let rows = try AIRows(.chat, schema, EndpointWords(hiding: nil)).rows(of: json, as: ResultForm())
            return String(buffer: rows.body)
        } catch {
            #expect(error.code == .refused)
            return error.detail ?? ""
        }
    }

    @Test("a reply that was cut off says so")
    func cutOff() {
        let said = Self.rows(of: #"{"word":"#, Self.schema, finishReason: "length")
        #expect(said == "it was cut off at its most tokens; raise MaxTokens")
    }
}
