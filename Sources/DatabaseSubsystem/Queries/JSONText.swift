import HydrogenCore

/// Finds in text what a JSON string cannot hold as it is: `"`, `\`, control characters, and bytes that are not UTF-8.
enum JSONText {
    /// Whether bytes are one JSON text.
    static func isValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        JSONParser.isValid(bytes)
    }

    /// The first byte from `start` on that has to be escaped or replaced; the count when there is none.
    static func cleanEnd(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var index = start
        while index < bytes.count {
            if index + 8 <= bytes.count, isPlain(eightBytes(bytes, at: index)) {
                index += 8
                continue
            }
            let byte = bytes[index]
            if byte < 0x80 {
                if needsEscape(byte) { return index }
                index += 1
            } else {
                let (length, isValid) = sequence(bytes, at: index)
                guard isValid else { return index }
                index += length
            }
        }
        return bytes.count
    }

    /// Whether an ASCII byte is a quotation mark, a backslash or a control character.
    static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private static func eightBytes(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> UInt64 {
        UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: index, as: UInt64.self)
    }

    /// Whether eight bytes are ASCII without anything to escape.
    ///
    /// Source: Sean Eron Anderson, "Bit Twiddling Hacks": a word with a zero byte, with a byte less than n.
    private static func isPlain(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        let quotes = word ^ (ones &* 0x22)
        let backslashes = word ^ (ones &* 0x5C)
        let controls = (word &- ones &* 0x20) & ~word
        let found = ((quotes &- ones) & ~quotes) | ((backslashes &- ones) & ~backslashes) | controls | word
        return found & highs == 0
    }

    /// The UTF-8 sequence that starts with a byte of 0x80 or more: its length, or that of what one U+FFFD replaces.
    ///
    /// Source: The Unicode Standard 16, tables 3-7 (well-formed sequences) and 3-8 (maximal subparts).
    static func sequence(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> (length: Int, isValid: Bool) {
        let first = bytes[index]
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch first {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return (1, false)
        }
        var found = 1
        while found < length, index + found < bytes.count {
            let byte = bytes[index + found]
            guard found == 1 ? second.contains(byte) : byte & 0xC0 == 0x80 else { break }
            found += 1
        }
        return (found, found == length)
    }
}
