extension RowWriter {
    /// A whole number.
    package mutating func integer(_ value: Int64) {
        member(room: 20) { target in Self.writeDigits(of: value.magnitude, isNegative: value < 0, to: target) }
    }

    /// A whole number that may be larger than every signed one.
    package mutating func unsigned(_ value: UInt64) {
        member(room: 20) { target in Self.writeDigits(of: value, isNegative: false, to: target) }
    }

    private static func writeDigits(
        of magnitude: UInt64,
        isNegative: Bool,
        to target: UnsafeMutablePointer<UInt8>
    ) -> Int {
        var rest = magnitude
        var length = isNegative ? 2 : 1
        var limit: UInt64 = 10
        while rest >= limit {
            length += 1
            let (next, overflow) = limit.multipliedReportingOverflow(by: 10)
            if overflow { break }
            limit = next
        }
        var index = length
        repeat {
            index -= 1
            target[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        if isNegative { target[0] = UInt8(ascii: "-") }
        return length
    }

    /// A floating point number: the shortest decimal that reads back as the same number, whole ones without `.0`.
    ///
    /// JSON has no word for the others: they are the strings `"NaN"`, `"Infinity"`, `"-Infinity"`; in CSV the words.
    package mutating func double(_ value: Double) {
        guard value.isFinite else { return notFinite(isNaN: value.isNaN, isNegative: value < 0) }
        // Below 2^53 every whole number is exact, and printing it as an integer is much faster.
        if value.magnitude < 9_007_199_254_740_992, value == value.rounded(.towardZero), value != 0 {
            return integer(Int64(value))
        }
        decimal(value.description)
    }

    /// A floating point number of 32 bits, as ``double(_:)``.
    package mutating func single(_ value: Float) {
        guard value.isFinite else { return notFinite(isNaN: value.isNaN, isNegative: value < 0) }
        decimal(value.description)
    }

    private mutating func notFinite(isNaN: Bool, isNegative: Bool) {
        string(isNaN ? "NaN" : isNegative ? "-Infinity" : "Infinity")
    }

    /// Writes what Swift prints for a finite number, which is JSON, without a `.0` at the end.
    private mutating func decimal(_ text: String) {
        var text = text
        text.withUTF8 { digits in
            let isWhole =
                digits.count > 2 && digits[digits.count - 2] == UInt8(ascii: ".") && digits[digits.count - 1] == 0x30
            let count = isWhole ? digits.count - 2 : digits.count
            copy(UnsafeBufferPointer(rebasing: digits[..<count]))
        }
    }

    /// A number that an engine gives as text, with all its digits: `12.50` stays `12.50`.
    ///
    /// What SQL allows and JSON does not is rewritten (`.5`, `5.`, `+5`, `007`); NaN and the infinities are the strings
    /// of ``double(_:)``; what is no number is a string.
    package mutating func rawNumber(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let number = NumberText(bytes) else {
            return string(bytes)
        }
        switch number.kind {
        case .json:
            copy(bytes)
        case .decimal:
            member(room: bytes.count + 2) { number.write(to: $0) }
        case .notANumber:
            notFinite(isNaN: true, isNegative: false)
        case .infinity:
            notFinite(isNaN: false, isNegative: number.isNegative)
        }
    }
}
