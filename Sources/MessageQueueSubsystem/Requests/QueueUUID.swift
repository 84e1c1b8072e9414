import HydrogenCore

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
        var generator = Generator()
        self = generator.next()
    }

    /// The one of version 7 that a moment and random bits make.
    init(milliseconds: UInt64, random: (UInt64, UInt64)) {
        let high = milliseconds << 16 | 0x7000 | random.0 & 0x0FFF
        let low = 1 << 63 | random.1 & 0x3FFF_FFFF_FFFF_FFFF
        description = String(unsafeUninitializedCapacity: 36) { bytes in
            var end = 0
            for index in 0..<32 {
                if index == 8 || index == 12 || index == 16 || index == 20 {
                    bytes[end] = UInt8(ascii: "-")
                    end += 1
                }
                let digit = UInt8(truncatingIfNeeded: (index < 16 ? high : low) >> UInt64(60 - 4 * (index & 15)) & 15)
                bytes[end] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                end += 1
            }
            return end
        }
    }

    /// Makes many at once: the system is asked for randomness once. Those after the first follow from it, which is good for names of
    /// messages, as they are no secrets.
    struct Generator {
        private let milliseconds = WallClock.milliseconds
        private var random: (high: SeededGenerator, low: SeededGenerator)

        init() {
            var system = SystemRandomNumberGenerator()
            random = (SeededGenerator(seed: system.next()), SeededGenerator(seed: system.next()))
        }

        mutating func next() -> QueueUUID {
            QueueUUID(milliseconds: milliseconds, random: (random.high.next(), random.low.next()))
        }
    }
}
