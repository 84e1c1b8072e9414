/// Percent-encoded text of URLs, decoded strictly.
///
/// Source: RFC 3986, section 2.1.
enum PercentText {
    /// The text that a segment stands for.
    ///
    /// - Returns: `nil` when a `%` is not followed by two hexadecimal digits, or when a NUL or invalid UTF-8 results.
    static func decoded(_ segment: Substring) -> String? {
        guard segment.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == 0 }) else { return String(segment) }
        var bytes: [UInt8] = []
        var rest = segment.utf8
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                let digits = rest.prefix(2).compactMap { Character(UnicodeScalar($0)).hexDigitValue }
                guard digits.count == 2 else { return nil }
                bytes.append(UInt8(digits[0] << 4 | digits[1]))
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return bytes.contains(0) ? nil : String(validating: bytes, as: UTF8.self)
    }
}
