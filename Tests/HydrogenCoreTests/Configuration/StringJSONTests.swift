import Testing

@testable import HydrogenCore

@Suite("Text as JSON")
struct StringJSONTests {
    @Test(
        "is quoted so that the parser reads the same text again",
        arguments: [
            ("", #""""#), ("a\"b\\", #""a\"b\\""#), ("\n\r\t", #""\n\r\t""#),
            ("\u{0}\u{1F}\u{7F}", #""\u0000\u001F\u007F""#),
            ("ä😀/", #""ä😀/""#), ("\r\n", #""\r\n""#),
        ]
    )
    func quotes(text: String, quoted: String) throws {
        #expect(text.jsonQuoted == quoted)
        #expect(try JSONParser(options: .strict).parse(quoted.utf8).value == .string(text))
    }

    @Test("is cut in messages, never inside a character")
    func cuts() {
        #expect("short".excerpt() == "\"short\"")
        #expect(String(repeating: "ä", count: 60).excerpt() == "\"\(String(repeating: "ä", count: 60))\"")
        #expect("abcdef".excerpt(limit: 3) == "\"abc\"… (6 characters)")
    }
}
