/// Dates and times as callers write them, checked against the proleptic Gregorian calendar and a clock of 24 hours.
///
/// Years are 0001 to 9999. Leap seconds and `24:00:00` are refused: no engine stores them.
package enum CivilText {
    /// Whether a text has the form and the ranges of a type.
    ///
    /// Types without a form take every text.
    package static func isValid(_ text: String, as type: ParameterType) -> Bool {
        var reader = Reader(text.utf8)
        switch type {
        case .integer, .string, .boolean, .float, .text:
            return true
        case .date:
            return reader.takeDate() && reader.isAtEnd
        case .time:
            return reader.takeTime() && reader.isAtEnd
        case .datetime:
            return reader.takeDate() && reader.takeSeparator() && reader.takeTime() && reader.isAtEnd
        case .timestamp:
            return reader.takeDate() && reader.takeSeparator() && reader.takeTime() && reader.takeZone()
                && reader.isAtEnd
        }
    }

    /// Walks over a text from left to right; each step says whether what it looks for was there.
    private struct Reader {
        private var rest: Substring.UTF8View

        init(_ text: String.UTF8View) {
            rest = text[...]
        }

        var isAtEnd: Bool { rest.isEmpty }

        /// `YYYY-MM-DD`, a day that exists.
        mutating func takeDate() -> Bool {
            guard let year = takeNumber(digits: 4), take("-"), let month = takeNumber(digits: 2), take("-"),
                let day = takeNumber(digits: 2)
            else { return false }
            return year >= 1 && (1...12).contains(month) && day >= 1 && day <= CivilText.days(month: month, year: year)
        }

        mutating func takeSeparator() -> Bool {
            take("T") || take(" ")
        }

        /// `HH:MM:SS` with up to 9 decimals.
        mutating func takeTime() -> Bool {
            guard let hour = takeNumber(digits: 2), take(":"), let minute = takeNumber(digits: 2), take(":"),
                let second = takeNumber(digits: 2), hour < 24, minute < 60, second < 60
            else { return false }
            guard take(".") else { return true }
            let before = rest.count
            rest = rest.drop { $0.isASCIIDigit }
            return (1...9).contains(before - rest.count)
        }

        /// Nothing, `Z`, or an offset of at most 15:59, PostgreSQL's limit.
        mutating func takeZone() -> Bool {
            if isAtEnd || take("Z") { return true }
            guard take("+") || take("-"), let hour = takeNumber(digits: 2), take(":"),
                let minute = takeNumber(digits: 2)
            else { return false }
            return hour <= 15 && minute < 60
        }

        private mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest.removeFirst()
            return true
        }

        private mutating func takeNumber(digits: Int) -> Int? {
            var number = 0
            for _ in 0..<digits {
                guard let digit = rest.popFirst(), digit.isASCIIDigit else { return nil }
                number = number * 10 + Int(digit - UInt8(ascii: "0"))
            }
            return number
        }
    }

    /// How many days a month has.
    static func days(month: Int, year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        switch month {
        case 2: return isLeap ? 29 : 28
        case 4, 6, 9, 11: return 30
        default: return 31
        }
    }
}
