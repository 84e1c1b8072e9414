/// A UUID in its canonical text form, lowercase.
package struct QueueUUID: Sendable, Hashable, CustomStringConvertible {
    /// `018f2c3a-7b1e-7c4d-9e2f-0123456789ab`
    package let description: String

    /// Reads the canonical form, in capitals or not; `nil` for anything else.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 36 else { return nil }
        for (index, byte) in bytes.enumerated() {
            if [8, 13, 18, 23].contains(index) {
                guard byte == UInt8(ascii: "-") else { return nil }
            } else {
                guard Character(UnicodeScalar(byte)).isHexDigit else { return nil }
            }
        }
        description = text.lowercased()
    }

    /// A new one of version 7: they sort by the moment they were made at. Source: RFC 9562, section 5.7.
    package init() {
        var random = SystemRandomNumberGenerator()
        self.init(milliseconds: WallClock.milliseconds, random: (random.next(), random.next()))
    }

    /// The one of version 7 that a moment and random bits make.
    init(milliseconds: UInt64, random: (UInt64, UInt64)) {
        let high = milliseconds << 16 | 0x7000 | random.0 & 0x0FFF
        let low = 1 << 63 | random.1 & 0x3FFF_FFFF_FFFF_FFFF
        let digits = Self.digits(high) + Self.digits(low)
        description = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(decoding: digits[$0], as: UTF8.self) }
            .joined(separator: "-")
    }

    private static func digits(_ number: UInt64) -> [UInt8] {
        (0..<16).map { Array("0123456789abcdef".utf8)[Int(number >> (60 - 4 * $0) & 15)] }
    }
}
