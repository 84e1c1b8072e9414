/// Writes text into log lines so that it stays within its line and its field.
///
/// Escaped wherever it stands: the C0 and C1 controls and DEL, which end lines and drive terminals, the line and
/// paragraph separators U+2028 and U+2029, and the bidirectional controls of Unicode Standard Annex 9, which reorder
/// what a reader sees. Escapes are those of JSON (RFC 8259, section 7).
enum LogEscape {
    /// Adds a message or label: escaped, not quoted.
    static func appendPlain(_ text: String, to bytes: inout [UInt8]) {
        guard !isPrintable(text) else { return bytes.append(contentsOf: text.utf8) }
        for scalar in text.unicodeScalars { append(scalar, to: &bytes) }
    }

    /// Adds a key or value: as it stands when it is one harmless word, else quoted as JSON quotes.
    static func appendWord(_ text: String, to bytes: inout [UInt8]) {
        if isWord(text) {
            bytes.append(contentsOf: text.utf8)
        } else {
            appendJSON(text, to: &bytes)
        }
    }

    /// Adds a JSON string with its quotes.
    static func appendJSON(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { bytes.append(UInt8(ascii: "\\")) }
            append(scalar, to: &bytes)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
        switch scalar {
        case "\n": bytes.append(contentsOf: #"\n"#.utf8)
        case "\r": bytes.append(contentsOf: #"\r"#.utf8)
        case "\t": bytes.append(contentsOf: #"\t"#.utf8)
        case _ where isControl(scalar): appendEscape(scalar, to: &bytes)
        default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// Every escaped scalar lies in the basic plane: four digits do.
    private static func appendEscape(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
        let digits = String(scalar.value, radix: 16)
        bytes.append(contentsOf: #"\u"#.utf8)
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 4 - digits.utf8.count))
        bytes.append(contentsOf: digits.utf8)
    }

    private static func isPrintable(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    }

    private static func isWord(_ text: String) -> Bool {
        guard !text.isEmpty else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            !isControl(scalar) && !scalar.properties.isWhitespace && scalar != "\"" && scalar != "=" && scalar != "\\"
        }
    }
}
