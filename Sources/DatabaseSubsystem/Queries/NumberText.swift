/// A number as SQL engines print it, taken apart so that it can be written as JSON.
struct NumberText {
    enum Kind {
        /// A JSON number as it is.
        case json
        /// A decimal that JSON writes otherwise.
        case decimal
        case notANumber
        case infinity
    }

    let kind: Kind
    let isNegative: Bool
    /// The digits before the point, without leading zeros; empty for a number below 1.
    private let whole: Slice<UnsafeBufferPointer<UInt8>>
    /// The digits after the point.
    private let fraction: Slice<UnsafeBufferPointer<UInt8>>
    /// From `e` on.
    private let exponent: Slice<UnsafeBufferPointer<UInt8>>

    /// Reads a text; `nil` when it is no number.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        var rest = bytes[...]
        isNegative = rest.first == UInt8(ascii: "-")
        let hasSign = isNegative || rest.first == UInt8(ascii: "+")
        if hasSign { rest.removeFirst() }
        guard let first = rest.first else { return nil }
        guard first.isASCIIDigit || first == UInt8(ascii: ".") else {
            guard let word = Self.word(rest) else { return nil }
            kind = word
            (whole, fraction, exponent) = (rest, rest, rest)
            return
        }
        let digits = rest.prefix { $0.isASCIIDigit }
        rest = rest[digits.endIndex...]
        let hasPoint = rest.first == UInt8(ascii: ".")
        if hasPoint { rest.removeFirst() }
        fraction = rest.prefix { $0.isASCIIDigit }
        exponent = rest[fraction.endIndex...]
        guard !digits.isEmpty || !fraction.isEmpty, Self.isExponent(exponent) else { return nil }
        whole = digits.drop { $0 == UInt8(ascii: "0") }
        let isJSONWhole = digits.count == 1 || (!digits.isEmpty && whole.count == digits.count)
        let hasPlus = hasSign && !isNegative
        kind = isJSONWhole && !hasPlus && hasPoint == !fraction.isEmpty ? .json : .decimal
    }

    private static func word(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Kind? {
        switch String(decoding: bytes.prefix(9), as: UTF8.self).lowercased() {
        case "nan": .notANumber
        case "inf", "infinity": .infinity
        default: nil
        }
    }

    private static func isExponent(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard let mark = bytes.first else { return true }
        var digits = bytes.dropFirst()
        if digits.first == UInt8(ascii: "+") || digits.first == UInt8(ascii: "-") { digits.removeFirst() }
        return mark | 0x20 == UInt8(ascii: "e") && !digits.isEmpty && digits.allSatisfy { $0.isASCIIDigit }
    }

    /// Writes the number as JSON, at most 2 bytes longer than its text.
    ///
    /// Returns how many bytes.
    func write(to target: UnsafeMutablePointer<UInt8>) -> Int {
        var count = 0
        func put(_ bytes: some Sequence<UInt8>) {
            for byte in bytes {
                target[count] = byte
                count += 1
            }
        }
        if isNegative { put("-".utf8) }
        if whole.isEmpty { put("0".utf8) } else { put(whole) }
        if !fraction.isEmpty {
            put(".".utf8)
            put(fraction)
        }
        put(exponent)
        return count
    }
}
