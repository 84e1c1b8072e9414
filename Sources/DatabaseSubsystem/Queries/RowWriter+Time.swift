extension RowWriter {
    /// A date and time as RFC 3339 writes it, from what engines print: `2026-01-31 12:00:00.5+00` is
    /// `2026-01-31T12:00:00.5Z`.
    ///
    /// The decimals stay as they are. A zone of whole hours gets its minutes, `+05:30` stays, and a zero zone is `Z`.
    /// What has another form (`infinity`, years before Christ) is written as the text that it is.
    package mutating func timestamp(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let parts = TimestampText(bytes) else { return string(bytes) }
        let isQuoted = format != .csv
        member(room: bytes.count + 5) { parts.write(bytes, isQuoted: isQuoted, to: $0) }
    }
}

/// Where the parts of a date and time stand in its text.
struct TimestampText {
    private enum Zone {
        case none
        case zero
        /// `+05`
        case hours
        /// `+05:30`, `+05:30:15`
        case full
    }

    private let separator: Int
    private let zoneStart: Int
    private let zone: Zone

    /// Finds the parts; `nil` when the text has another form.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        let year = bytes.prefix { $0.isASCIIDigit }.count
        separator = year + 6
        guard year >= 4, bytes.count >= year + 15, Self.matches(bytes, from: year, "-99-99 99:99:99") else {
            return nil
        }
        var end = year + 15
        if end < bytes.count, bytes[end] == UInt8(ascii: ".") {
            let digits = bytes[(end + 1)...].prefix { $0.isASCIIDigit }.count
            guard digits > 0 else { return nil }
            end += 1 + digits
        }
        zoneStart = end
        guard let zone = Self.zone(bytes, from: end) else { return nil }
        self.zone = zone
    }

    /// Compares with a pattern: 9 is any digit, a space is a space or a T.
    private static func matches(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, _ pattern: StaticString) -> Bool {
        for offset in 0..<pattern.utf8CodeUnitCount {
            let byte = bytes[start + offset]
            let isMatch =
                switch pattern.utf8Start[offset] {
                case UInt8(ascii: "9"): byte.isASCIIDigit
                case UInt8(ascii: " "): byte == UInt8(ascii: " ") || byte == UInt8(ascii: "T")
                case let sign: byte == sign
                }
            if !isMatch { return false }
        }
        return true
    }

    private static func zone(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Zone? {
        guard start < bytes.count else { return Zone.none }
        guard bytes[start] == UInt8(ascii: "+") || bytes[start] == UInt8(ascii: "-") else {
            return bytes[start] == UInt8(ascii: "Z") && start + 1 == bytes.count ? .zero : nil
        }
        let isZero = bytes[(start + 1)...].allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ":") }
        switch bytes.count - start {
        case 3 where matches(bytes, from: start + 1, "99"): return isZero ? .zero : .hours
        case 6 where matches(bytes, from: start + 1, "99:99"): return isZero ? .zero : .full
        case 9 where matches(bytes, from: start + 1, "99:99:99"): return isZero ? .zero : .full
        default: return nil
        }
    }

    /// Writes the text, in quotation marks for JSON, at most 5 bytes longer than `bytes`.
    ///
    /// Returns how many bytes.
    func write(
        _ bytes: UnsafeBufferPointer<UInt8>,
        isQuoted: Bool,
        to target: UnsafeMutablePointer<UInt8>
    ) -> Int {
        var count = 0
        func put(_ byte: UInt8) {
            target[count] = byte
            count += 1
        }
        if isQuoted { put(UInt8(ascii: "\"")) }
        for index in 0..<zoneStart { put(index == separator ? UInt8(ascii: "T") : bytes[index]) }
        switch zone {
        case .none: break
        case .zero: put(UInt8(ascii: "Z"))
        case .hours, .full:
            for index in zoneStart..<bytes.count { put(bytes[index]) }
            if zone == .hours { for byte in ":00".utf8 { put(byte) } }
        }
        if isQuoted { put(UInt8(ascii: "\"")) }
        return count
    }
}
