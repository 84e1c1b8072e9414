/// Numbers as callers write them: stricter than Swift's own parsers, which accept `+5`, `0x1p3` and `nan`.
enum DecimalText {
    /// A whole number of 64 bits: `-?[0-9]+`.
    static func integer(_ text: String) -> Int64? {
        guard text.utf8.first != UInt8(ascii: "+") else { return nil }
        return Int64(text)
    }

    /// A finite number: `-?([0-9]+(\.[0-9]+)?|\.[0-9]+)([eE][+-]?[0-9]+)?`.
    ///
    /// What is too large for 64 bits is `nil`; what is too small becomes 0.
    static func float(_ text: String) -> Double? {
        guard hasDecimalForm(text.utf8), let number = Double(text), number.isFinite else { return nil }
        return number
    }

    private static func hasDecimalForm(_ text: String.UTF8View) -> Bool {
        var rest = text[...]
        if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        let whole = takeDigits(&rest)
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            guard takeDigits(&rest) > 0 else { return false }
        } else if whole == 0 {
            return false
        }
        if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
            rest.removeFirst()
            if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest.removeFirst() }
            guard takeDigits(&rest) > 0 else { return false }
        }
        return rest.isEmpty
    }

    private static func takeDigits(_ rest: inout Substring.UTF8View) -> Int {
        let before = rest.count
        rest = rest.drop { $0.isASCIIDigit }
        return before - rest.count
    }
}

extension UInt8 {
    /// Whether the byte is one of `0` to `9`.
    var isASCIIDigit: Bool { self &- UInt8(ascii: "0") < 10 }
}
