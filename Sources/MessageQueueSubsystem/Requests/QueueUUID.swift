import HydrogenCore

/// A UUID; its canonical text form is lowercase.
package struct QueueUUID: Sendable, Hashable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64

    /// Reads the canonical form, in capitals or not; `nil` for anything else.
    package init?(_ text: String) {
        var (high, low, count): (UInt64, UInt64, Int) = (0, 0, 0)
        for byte in text.utf8 {
            defer { count += 1 }
            if Self.hyphens.contains(count) {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard count < Self.length, let digit = Character(UnicodeScalar(byte)).hexDigitValue else { return nil }
            if count < 18 {
                high = high << 4 | UInt64(digit)
            } else {
                low = low << 4 | UInt64(digit)
            }
        }
        guard count == Self.length else { return nil }
        (self.high, self.low) = (high, low)
    }

    /// A new one of version 7: they sort by the moment they were made at. Source: RFC 9562, section 5.7.
    package init() {
        var generator = Generator()
        self = generator.next()
    }

    /// The one of version 7 that a moment and random bits make.
    init(milliseconds: UInt64, random: (UInt64, UInt64)) {
        high = milliseconds << 16 | 0x7000 | random.0 & 0x0FFF
        low = 1 << 63 | random.1 & 0x3FFF_FFFF_FFFF_FFFF
    }

    // MARK: Text

    /// Bytes of the text.
    static let length = 36
    private static let hyphens: Set<Int> = [8, 13, 18, 23]
    private static let digits: StaticString = "0123456789abcdef"

    /// `018f2c3a-7b1e-7c4d-9e2f-0123456789ab`
    package var description: String {
        String(unsafeUninitializedCapacity: Self.length) { bytes in
            write(to: UnsafeMutableRawBufferPointer(bytes))
            return Self.length
        }
    }

    /// Writes the text to the first ``length`` bytes.
    func write(to bytes: UnsafeMutableRawBufferPointer) {
        var end = 0
        for index in 0..<32 {
            if index == 8 || index == 12 || index == 16 || index == 20 {
                bytes[end] = UInt8(ascii: "-")
                end += 1
            }
            let digit = Int(truncatingIfNeeded: (index < 16 ? high : low) >> UInt64(60 - 4 * (index & 15)) & 15)
            bytes[end] = Self.digits.utf8Start[digit]
            end += 1
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
