extension CivilText {
    /// A valid TIMESTAMP as a day and a time without zone, in UTC and with a space between: `2026-01-31T01:00:00+05:30` is
    /// `2026-01-30 19:30:00`. For engines whose texts have no zones.
    ///
    /// A text without a zone keeps its time. Returns `nil` when UTC's year is not within 0001 to 9999.
    static func utc(_ text: String) -> String? {
        var bytes = Array(text.utf8)
        guard bytes.count >= 19 else { return nil }
        bytes[10] = UInt8(ascii: " ")
        let zone = bytes[19...].firstIndex {
            $0 == UInt8(ascii: "Z") || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-")
        }
        guard let zone else { return String(decoding: bytes, as: UTF8.self) }
        let offset = bytes[zone] == UInt8(ascii: "Z") ? 0 : minutes(bytes[(zone + 1)...])
        let east = bytes[zone] == UInt8(ascii: "-") ? -offset : offset
        bytes.removeSubrange(zone...)
        guard shift(&bytes, byMinutes: -east) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The same for a parameter.
    ///
    /// - Throws: `refused` when UTC's year is not within 0001 to 9999.
    static func bindableUTC(_ text: String, number: Int) throws(DatabaseError) -> String {
        guard let utc = utc(text) else {
            throw DatabaseError(
                .refused,
                "binding parameter \(number): the moment is outside of the years 0001 to 9999 in UTC",
                sqlState: "22008"
            )
        }
        return utc
    }

    /// `05:30` in minutes.
    private static func minutes(_ text: ArraySlice<UInt8>) -> Int {
        number(text.prefix(2)) * 60 + number(text.suffix(2))
    }

    /// Moves `YYYY-MM-DD HH:MM` by less than a day. Returns whether the year still has four digits.
    private static func shift(_ bytes: inout [UInt8], byMinutes minutes: Int) -> Bool {
        var minuteOfDay = number(bytes[11..<13]) * 60 + number(bytes[14..<16]) + minutes
        var (year, month, day) = (number(bytes[0..<4]), number(bytes[5..<7]), number(bytes[8..<10]))
        if minuteOfDay < 0 {
            minuteOfDay += 1440
            day -= 1
            if day == 0 {
                month -= 1
                if month == 0 { (year, month) = (year - 1, 12) }
                day = days(month: month, year: year)
            }
        } else if minuteOfDay >= 1440 {
            minuteOfDay -= 1440
            day += 1
            if day > days(month: month, year: year) {
                (month, day) = (month + 1, 1)
                if month == 13 { (year, month) = (year + 1, 1) }
            }
        }
        guard (1...9999).contains(year) else { return false }
        for (start, width, value) in [
            (0, 4, year), (5, 2, month), (8, 2, day), (11, 2, minuteOfDay / 60), (14, 2, minuteOfDay % 60),
        ] {
            write(value, width: width, at: start, of: &bytes)
        }
        return true
    }

    private static func write(_ value: Int, width: Int, at start: Int, of bytes: inout [UInt8]) {
        var rest = value
        for place in (start..<start + width).reversed() {
            bytes[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int {
        digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }
}
