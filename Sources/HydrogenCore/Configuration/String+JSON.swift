extension String {
    /// The text as a JSON string: in quotes, with `"`, `\` and control characters escaped (RFC 8259, section 7).
    package var jsonQuoted: String {
        if isPlainJSON { return "\"" + self + "\"" }
        var result = "\""
        result.reserveCapacity(utf8.count + 2)
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0}"..<" ", "\u{7F}": result += "\\u" + scalar.value.hexadecimal(digits: 4)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// Whether nothing in the text has to be escaped: nearly always.
    package var isPlainJSON: Bool {
        let isPlain = utf8.withContiguousStorageIfAvailable { bytes in
            bytes.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") && $0 != 0x7F }
        }
        return isPlain ?? false
    }

    /// The text in quotes for a message, cut after `limit` characters.
    func excerpt(limit: Int = 60) -> String {
        guard utf8.count > limit, count > limit else { return jsonQuoted }
        return String(prefix(limit)).jsonQuoted + "… (\(count) characters)"
    }
}

extension FixedWidthInteger {
    /// Upper-case hexadecimal, padded with zeros to at least `digits`.
    func hexadecimal(digits: Int) -> String {
        let text = String(self, radix: 16, uppercase: true)
        return String(repeating: "0", count: Swift.max(0, digits - text.count)) + text
    }
}
