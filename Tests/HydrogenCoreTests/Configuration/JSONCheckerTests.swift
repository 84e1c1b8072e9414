import HydrogenCore
import Testing

@Suite("The check of JSON texts")
struct JSONCheckerTests {
    private func isValid(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { JSONParser.isValid($0) }
    }

    @Test(
        "agrees with the strict parser",
        arguments: [
            "null", " true ", "false", "0", "-0.5e-3", "\"\"", "\"ä\\ud83d\\ude00\\u0000\"", "[]", "{}",
            "[1, {\"a\": [2]}, []]",
            "", " ", "[", "]", "{", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{1:2}", "01", "1.", "+1", "nul",
            "truex", "'a'",
            "\"\\ud83d\"", "\"\\q\"", "[1]]", "1 2", "// c\n1", "[1 /* c */]", "\"\u{1}\"", "--1", "1e", "NaN", "[,1]",
            "[1,,2]",
        ]
    )
    func agrees(text: String) {
        let parsed = try? JSONParser(options: .strict).parse(text.utf8)
        #expect(isValid(Array(text.utf8)) == (parsed != nil))
    }

    @Test("refuses bytes that are not UTF-8, and a byte order mark")
    func refusesBytes() {
        #expect(!isValid([0x22, 0xFF, 0x22]))
        #expect(!isValid([0xEF, 0xBB, 0xBF, 0x31]))
        #expect(!isValid([0x31, 0x00]))
        #expect(!isValid([]))
    }

    @Test("follows 512 levels, and lets names stand twice")
    func bounds() {
        let deep = { Array((String(repeating: "[", count: $0) + String(repeating: "]", count: $0)).utf8) }
        #expect(isValid(deep(512)))
        #expect(!isValid(deep(513)))
        #expect(!isValid([UInt8](repeating: UInt8(ascii: "["), count: 2_000_000)))
        #expect(isValid(Array(#"{"a":1,"a":2}"#.utf8)))
    }
}
