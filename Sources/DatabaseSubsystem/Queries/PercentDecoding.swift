/// Percent-encoding as URLs use it (RFC 3986, section 2.1), decoded strictly.
package enum PercentDecoding {
    /// The text that an encoded part of a URL stands for.
    ///
    /// - Parameters:
    ///   - raw: The part as it stands in the URL.
    ///   - plusIsSpace: Whether `+` means a space, as in the query string of a form.
    /// - Returns: `nil` when a `%` is not followed by two hexadecimal digits, or when a NUL or invalid UTF-8 results.
    package static func text(_ raw: Span<UInt8>, plusIsSpace: Bool) -> String? {
        var isPlain = true
        for index in raw.indices {
            let byte = raw[index]
            if byte == UInt8(ascii: "%") || byte == 0 || (plusIsSpace && byte == UInt8(ascii: "+")) {
                isPlain = false
                break
            }
        }
        if isPlain { return try? String(copying: UTF8Span(validating: raw)) }
        return bytes(raw, plusIsSpace: plusIsSpace).flatMap { String(validating: $0, as: UTF8.self) }
    }

    private static func bytes(_ raw: Span<UInt8>, plusIsSpace: Bool) -> [UInt8]? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(raw.count)
        var index = 0
        while index < raw.count {
            var byte = raw[index]
            if byte == UInt8(ascii: "%") {
                guard index + 2 < raw.count, let high = hexadecimal(raw[index + 1]),
                    let low = hexadecimal(raw[index + 2])
                else { return nil }
                byte = high << 4 | low
                index += 2
            } else if plusIsSpace, byte == UInt8(ascii: "+") {
                byte = UInt8(ascii: " ")
            }
            guard byte != 0 else { return nil }
            decoded.append(byte)
            index += 1
        }
        return decoded
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
