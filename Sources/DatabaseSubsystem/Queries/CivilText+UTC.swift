extension CivilText {
    /// A date and time that is valid as TIMESTAMP, in UTC and without zone, for engines whose literals have none:
    /// `2026-01-31T23:30:00+05:30` is `2026-01-31 18:00:00`.
    ///
    /// Decimals of the seconds stay as they are. What has no zone is taken for UTC already.
    static func utc(_ text: String) -> String {
        let bytes = Array(text.utf8)
        guard bytes.count > timeStart + 8 else { return text }
        var civil = bytes
        civil[timeStart - 1] = UInt8(ascii: " ")
        if bytes.last == UInt8(ascii: "Z") { return String(decoding: civil.dropLast(), as: UTF8.self) }
        let zone = bytes.count - "+00:00".utf8.count
        guard zone >= timeStart + 8, bytes[zone] == UInt8(ascii: "+") || bytes[zone] == UInt8(ascii: "-") else {
            return String(decoding: civil, as: UTF8.self)
        }
        let offset = number(bytes, zone + 1, 2) * 60 + number(bytes, zone + 4, 2)
        let minutes = minutesOfEra(bytes) - (bytes[zone] == UInt8(ascii: "-") ? -offset : offset)
        let (year, month, day) = date(ofDay: floorDivide(minutes, by: 1440))
        let minuteOfDay = minutes - floorDivide(minutes, by: 1440) * 1440
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2)) \(padded(minuteOfDay / 60, 2)):"
            + padded(minuteOfDay % 60, 2)
            + String(decoding: bytes[(timeStart + 5)..<zone], as: UTF8.self)
    }

    /// Where the time begins: behind `2026-01-31T`.
    private static let timeStart = 11

    private static func number(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int {
        bytes[start..<start + count].reduce(0) { $0 * 10 + Int($1 & 0x0F) }
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func floorDivide(_ number: Int, by divisor: Int) -> Int {
        number >= 0 ? number / divisor : (number - divisor + 1) / divisor
    }

    private static func minutesOfEra(_ bytes: [UInt8]) -> Int {
        let day = day(year: number(bytes, 0, 4), month: number(bytes, 5, 2), day: number(bytes, 8, 2))
        return day * 1440 + number(bytes, timeStart, 2) * 60 + number(bytes, timeStart + 3, 2)
    }

    /// The number of a day: years begin in March, so that the leap day is their last.
    ///
    /// Source: ISO 8601's calendar; 400 years have 146,097 days, and 153 days every five months from March.
    private static func day(year: Int, month: Int, day: Int) -> Int {
        let year = month > 2 ? year : year - 1
        let monthFromMarch = (month + 9) % 12
        let leapDays = floorDivide(year, by: 4) - floorDivide(year, by: 100) + floorDivide(year, by: 400)
        return year * 365 + leapDays + (monthFromMarch * 153 + 2) / 5 + day - 1
    }

    private static func date(ofDay number: Int) -> (year: Int, month: Int, day: Int) {
        let era = floorDivide(number, by: 146_097)
        let dayOfEra = number - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (dayOfYear * 5 + 2) / 153
        let month = (monthFromMarch + 2) % 12 + 1
        return (
            era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, dayOfYear - (monthFromMarch * 153 + 2) / 5 + 1
        )
    }
}
