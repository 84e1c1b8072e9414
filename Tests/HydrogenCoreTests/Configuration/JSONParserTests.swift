import HydrogenCore
import Testing

@Suite("The JSON parser")
struct JSONParserTests {
    private static let anyValue = "a value: \"text\", a number, true, false, null, an array or an object"

    private func strict(_ text: String) throws(JSONFault) -> JSONNode {
        try JSONParser(options: .strict).parse(text.utf8)
    }

    private func lenient(_ text: String) throws(JSONFault) -> JSONNode {
        try JSONParser(options: .configuration).parse(Array(text.utf8))
    }

    private func fault(_ bytes: [UInt8], _ options: JSONParser.Options = .strict) -> JSONFault? {
        do throws(JSONFault) {
            _ = try JSONParser(options: options).parse(bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "reads every kind of value and writes it back",
        arguments: [
            "null", "true", "false", "0", "-0", "12.50", "1e999", "-1.5E+10", "[]", "{}", #""""#, #""a b""#,
            #"[1,[2,[]],{"a":{}}]"#, #"{"a":1,"b":[true,null],"ä":"😀"}"#,
        ]
    )
    func readsValues(text: String) throws {
        #expect(try strict(text).value.jsonText == text)
        #expect(try lenient(" \n\t\r\(text) ").value.jsonText == text)
    }

    @Test(
        "resolves escapes",
        arguments: [
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041\u00e4\u20AC""#, "Aä€"),
            (#""\ud83d\ude00!""#, "😀!"), (#""a\u0000b""#, "a\u{0}b"), (#""ä\n""#, "ä\n"),
        ]
    )
    func resolvesEscapes(text: String, value: String) throws {
        #expect(try strict(text).value == .string(value))
    }

    @Test("remembers where everything stands, columns in characters")
    func remembersLocations() throws {
        let root = try strict("{\r\n  \"ä😀\": 5,\n\t\"b\": [ true ] }")
        guard case .object(let members) = root.value else {
            Issue.record("no object")
            return
        }
        #expect(root.location == JSONLocation(line: 1, column: 1))
        #expect(members.map(\.nameLocation) == [JSONLocation(line: 2, column: 3), JSONLocation(line: 3, column: 2)])
        #expect(members.map(\.node.location) == [JSONLocation(line: 2, column: 9), JSONLocation(line: 3, column: 7)])
        #expect(root.value["b"] == members[1].node)
        #expect(root.value["c"] == nil)
        guard case .array(let elements) = members[1].node.value else {
            Issue.record("no array")
            return
        }
        #expect(elements.map(\.location) == [JSONLocation(line: 3, column: 9)])
    }

    @Test("accepts comments and trailing commas in configurations only")
    func acceptsComments() throws {
        let text = "// ü head\n{ /* one * / */ \"a\": [1, 2,], // two\n \"b\": \"/* no */ // comment\", } // end"
        #expect(try lenient(text).value.jsonText == #"{"a":[1,2],"b":"/* no */ // comment"}"#)
        #expect(throws: JSONFault.self) { try strict(text) }
        #expect(throws: JSONFault.self) { try strict("[1,]") }
    }

    @Test(
        "refuses what JSON does not allow and says where and why",
        arguments: [
            ("", "1:1: expected \(Self.anyValue), got the end of the text"),
            ("[1 2]", "1:4: expected ',' or ']', got '2'"),
            ("{\"a\":1", "1:7: expected ',' or '}', got the end of the text"),
            ("{\"a\" 1}", "1:6: expected ':' after the name, got '1'"),
            ("{a: 1}", "1:2: expected a text in double quotes, got 'a'"),
            ("{\"a\":1,}", "1:8: expected a text in double quotes, got '}'"),
            ("[01]", "1:2: expected a number without a leading zero, got a zero before another digit"),
            ("-", "1:2: expected a digit, got the end of the text"),
            ("1.", "1:3: expected a digit, got the end of the text"),
            ("1e+x", "1:4: expected a digit, got 'x'"), ("nul", "1:4: expected null, got the end of the text"),
            ("True", "1:1: expected \(Self.anyValue), got 'T'"),
            ("NaN", "1:1: expected \(Self.anyValue), got 'N'"),
            ("“a”", "1:1: expected \(Self.anyValue), got '“'"),
            ("1 1", "1:3: expected the end of the text, got '1'"),
            ("\"a", "1:3: expected the closing '\"' of a text, got the end of the text"),
            ("\"\\x\"", "1:3: expected an escape: \\\" \\\\ \\/ \\b \\f \\n \\r \\t or \\u with four digits, got 'x'"),
            ("\"\\u12g4\"", "1:6: expected four hexadecimal digits after \\u, got 'g'"),
            ("{\"a\":1,\n \"a\":2}", "2:2: expected each name once in an object, got \"a\" a second time"),
        ]
    )
    func refuses(text: String, message: String) {
        #expect(fault(Array(text.utf8))?.description == message)
    }

    @Test(
        "refuses bytes that are no text",
        arguments: [
            ([0xEF, 0xBB, 0xBF, 0x31], 1, "UTF-8 without a byte order mark"), ([0x22, 0x80, 0x22], 2, "UTF-8 text"),
            ([0x22, 0xC0, 0x80, 0x22], 2, "UTF-8 text"), ([0x22, 0xED, 0xA0, 0x80, 0x22], 2, "UTF-8 text"),
            ([0x22, 0xF5, 0x80, 0x80, 0x80, 0x22], 2, "UTF-8 text"), ([0x22, 0xE2, 0x82], 2, "UTF-8 text"),
            ([0x22, 0xC3, 0x22, 0x22], 2, "UTF-8 text"), ([0x22, 0xF0, 0x8F, 0xBF, 0xBF, 0x22], 2, "UTF-8 text"),
            ([0x31, 0x00], 2, "the end of the text"), ([0xFF, 0xFE, 0x31, 0x00], 1, "a value"),
            ([0x22, 0x61, 0x00, 0x22], 3, "the rest of a text"), ([0x22, 0x0A, 0x22], 2, "the rest of a text"),
        ] as [([UInt8], Int, String)]
    )
    func refusesBytes(bytes: [UInt8], column: Int, expected: String) throws {
        let found = try #require(fault(bytes))
        #expect(found.location == JSONLocation(line: 1, column: column))
        #expect(found.expected.hasPrefix(expected))
    }

    @Test("refuses invalid UTF-8 in comments too")
    func refusesBytesInComments() {
        #expect(fault(Array("1 // ".utf8) + [0xFC], .configuration)?.expected == "UTF-8 text")
        #expect(fault(Array("/* \n".utf8), .configuration)?.location == JSONLocation(line: 1, column: 1))
        #expect(fault(Array("/ 1".utf8), .configuration)?.expected == "a comment, // or /*")
    }

    @Test(
        "refuses half a surrogate pair at the escape itself",
        arguments: [#""ab\ud83d""#, #""ab\ud83dx""#, #""ab\ude00""#, #""ab\ud83d\n""#, #""ab\ud83d\u0041""#]
    )
    func refusesLoneSurrogates(text: String) {
        let found = fault(Array(text.utf8))
        #expect(found?.location == JSONLocation(line: 1, column: 4))
        #expect(found?.got == "one half alone")
    }

    @Test("refuses NUL escapes in configurations, where C libraries would cut the text")
    func refusesNulEscapes() {
        #expect(fault(Array(#"{"a": "x\u0000"}"#.utf8), .configuration)?.expected == "a text without NUL characters")
    }

    @Test("bounds depth and length")
    func boundsSize() {
        let deep = { String(repeating: "[", count: $0) + String(repeating: "]", count: $0) }
        #expect(fault(Array(deep(64).utf8)) == nil)
        #expect(fault(Array(deep(65).utf8))?.location == JSONLocation(line: 1, column: 65))
        #expect(fault([UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)) != nil)
        var options = JSONParser.Options.strict
        options.maximumBytes = 3
        options.maximumDepth = 1
        #expect(fault(Array("[1]".utf8), options) == nil)
        #expect(fault(Array("[12]".utf8), options)?.got == "4 bytes")
        #expect(fault(Array("[[]".utf8), options)?.location.column == 2)
    }

    @Test("finds a duplicate among many names")
    func findsDuplicates() throws {
        let names = (0..<50).map { #""key\#($0)": \#($0)"# }.joined(separator: ",")
        #expect(try strict("{\(names)}").value["key49"]?.value == .number("49"))
        for name in ["key0", "key7", "key8", "key49", #"ke\u00790"#] {
            #expect(fault(Array("{\(names),\"\(name)\":1}".utf8))?.got.hasSuffix("a second time") == true)
        }
    }

    @Test("reads collections that are not contiguous")
    func readsOtherCollections() throws {
        let bytes = Array("[1,2".utf8) + Array("]".utf8)
        #expect(try JSONParser(options: .strict).parse(bytes.reversed().reversed()[...]).value.jsonText == "[1,2]")
        #expect(try JSONParser(options: .strict).parse(bytes.lazy.map { $0 }).value.jsonText == "[1,2]")
    }

    @Test("takes time in proportion to the length, on one line too")
    func isLinear() throws {
        let small = try time(elements: 5_000)
        let large = try time(elements: 50_000)
        #expect(large < small * 60, "ten times the text took \(large / small) times as long")
    }

    /// The best of three, so that a busy machine does not decide.
    private func time(elements: Int) throws -> Duration {
        let items = (0..<elements).map { "{\"k\":\"ä\\n\($0)\"}" }
        let bytes = Array("[\(items.joined(separator: ","))]".utf8)
        let parser = JSONParser(options: .strict)
        let times = try (0..<3).map { _ in try ContinuousClock().measure { _ = try parser.parse(bytes) } }
        return try #require(times.min())
    }
}
