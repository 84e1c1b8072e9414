import DatabaseSubsystem
import Testing

@testable import WebSubsystem

@Suite("Percent-encoded text")
struct PercentDecodingTests {
    @Test(
        "is decoded strictly",
        arguments: [
            ("plain", "plain"), ("a%20b", "a b"), ("%2f%2F", "//"), ("%C3%A9", "é"), ("é", "é"), ("+", "+"),
            ("", ""),
            ("%", nil), ("%2", nil), ("%2g", nil), ("%+1", nil), ("%%20", nil), ("%00", nil), ("a\0", nil),
            ("%FF", nil),
            ("%C3", nil), ("%ED%A0%80", nil),
        ] as [(String, String?)]
    )
    func decoding(raw: String, text: String?) {
        let decoded = PercentDecoding.text(raw.utf8.span, plusIsSpace: false)
        #expect(decoded == text)
    }
}
