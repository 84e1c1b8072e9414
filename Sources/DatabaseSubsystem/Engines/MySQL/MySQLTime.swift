/// A date, a time or both, as the binary protocol sends them. Parts that are zero at the end are not sent.
///
/// Source: MySQL client/server protocol, "Binary Protocol Value".
struct MySQLTime {
    private var isNegative = false
    private var year = 0
    private var month = 0
    private var day = 0
    private var hour = 0
    private var minute = 0
    private var second = 0
    private var microsecond = 0

    /// The most bytes that a text has: `-9999999-99-99T99:99:99.999999Z` and some.
    static let longest = 40

    /// The value of a DATE, DATETIME or TIMESTAMP.
    init(date bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count >= 4 else { return }
        year = Int(bytes[0]) | Int(bytes[1]) << 8
        month = Int(bytes[2])
        day = Int(bytes[3])
        if bytes.count >= 7 { (hour, minute, second) = (Int(bytes[4]), Int(bytes[5]), Int(bytes[6])) }
        if bytes.count >= 11 { microsecond = Self.number(bytes, at: 7) }
    }

    /// The value of a TIME, which may be negative and longer than a day.
    init(time bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count >= 8 else { return }
        isNegative = bytes[0] != 0
        hour = Self.number(bytes, at: 1) * 24 + Int(bytes[5])
        (minute, second) = (Int(bytes[6]), Int(bytes[7]))
        if bytes.count >= 12 { microsecond = Self.number(bytes, at: 8) }
    }

    private static func number(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> Int {
        (0..<4).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
    }

    /// Writes `2026-01-31`, and returns how many bytes that are.
    func writeDate(to target: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var text = Text(target)
        text.put(date: self)
        return text.count
    }

    /// Writes `12:00:00.5`, `-838:59:59`, and returns how many bytes that are.
    func writeTime(to target: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var text = Text(target)
        text.put(time: self)
        return text.count
    }

    /// Writes `2026-01-31T12:00:00.5`, and returns how many bytes that are.
    ///
    /// - Parameter isUTC: Whether a `Z` is to follow.
    func writeDateTime(isUTC: Bool, to target: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var text = Text(target)
        text.put(date: self)
        text.put(UInt8(ascii: "T"))
        text.put(time: self)
        if isUTC { text.put(UInt8(ascii: "Z")) }
        return text.count
    }

    /// A text that grows in memory of the caller.
    private struct Text {
        private let target: UnsafeMutableBufferPointer<UInt8>
        private(set) var count = 0

        init(_ target: UnsafeMutableBufferPointer<UInt8>) {
            self.target = target
        }

        mutating func put(_ byte: UInt8) {
            target[count] = byte
            count += 1
        }

        /// Digits, with zeros in front up to a width.
        mutating func put(_ number: Int, width: Int) {
            var width = width
            var limit = (0..<width).reduce(1) { limit, _ in limit * 10 }
            while number >= limit {
                limit *= 10
                width += 1
            }
            var rest = number
            for place in (count..<count + width).reversed() {
                target[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
            count += width
        }

        mutating func put(date value: MySQLTime) {
            put(value.year, width: 4)
            put(UInt8(ascii: "-"))
            put(value.month, width: 2)
            put(UInt8(ascii: "-"))
            put(value.day, width: 2)
        }

        mutating func put(time value: MySQLTime) {
            if value.isNegative { put(UInt8(ascii: "-")) }
            put(value.hour, width: 2)
            put(UInt8(ascii: ":"))
            put(value.minute, width: 2)
            put(UInt8(ascii: ":"))
            put(value.second, width: 2)
            guard value.microsecond > 0 else { return }
            put(UInt8(ascii: "."))
            put(value.microsecond, width: 6)
            while target[count - 1] == UInt8(ascii: "0") { count -= 1 }
        }
    }
}
