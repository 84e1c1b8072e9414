#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A moment of civil time in UTC, as log lines and reports show it.
///
/// Never used to measure: elapsed times come from a ``MonotonicClock``.
public struct WallTime: Sendable, Hashable, Comparable {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    public let nanosecondsSinceEpoch: Int64

    /// A moment given in nanoseconds since 1970-01-01T00:00:00Z.
    public init(nanosecondsSinceEpoch: Int64) {
        self.nanosecondsSinceEpoch = nanosecondsSinceEpoch
    }

    /// The present moment of the machine's real-time clock.
    public static var now: WallTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(nanosecondsSinceEpoch: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    public static func < (left: WallTime, right: WallTime) -> Bool {
        left.nanosecondsSinceEpoch < right.nanosecondsSinceEpoch
    }

    /// The form of text log lines: `2026-11-21 12:00:00.123Z`.
    public var logText: String { text(separator: " ") }

    /// RFC 3339 with milliseconds: `2026-11-21T12:00:00.123Z`.
    public var rfc3339: String { text(separator: "T") }

    private func text(separator: String) -> String {
        let milliseconds = nanosecondsSinceEpoch.flooredQuotient(dividingBy: 1_000_000)
        let days = milliseconds.flooredQuotient(dividingBy: 86_400_000)
        let ofDay = milliseconds - days * 86_400_000
        let date = CivilDate(daysSinceEpoch: days)
        let time = [ofDay / 3_600_000, ofDay / 60_000 % 60, ofDay / 1000 % 60].map { Self.padded($0, to: 2) }
        return "\(date)\(separator)\(time.joined(separator: ":")).\(Self.padded(ofDay % 1000, to: 3))Z"
    }

    fileprivate static func padded(_ value: Int64, to width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// A date of the proleptic Gregorian calendar.
    ///
    /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
    private struct CivilDate: CustomStringConvertible {
        let year: Int64
        let month: Int64
        let day: Int64

        init(daysSinceEpoch: Int64) {
            let shifted = daysSinceEpoch + 719_468
            let era = shifted.flooredQuotient(dividingBy: 146_097)
            let dayOfEra = shifted - era * 146_097
            let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
            let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
            let shiftedMonth = (5 * dayOfYear + 2) / 153
            self.day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
            self.month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
            self.year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        }

        var description: String {
            "\(WallTime.padded(year, to: 4))-\(WallTime.padded(month, to: 2))-\(WallTime.padded(day, to: 2))"
        }
    }
}

extension Int64 {
    fileprivate func flooredQuotient(dividingBy divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
