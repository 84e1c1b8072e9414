import Glibc
import Synchronization

/// The header `Date` of this second, made once a second.
///
/// Source: RFC 9110, section 5.6.7 (IMF-fixdate).
final class HTTPDate: Sendable {
    private let cached = Mutex<(second: Int, text: String)>((.min, ""))

    /// The present date: `Sun, 06 Nov 1994 08:49:37 GMT`.
    var text: String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &now)
        let second = now.tv_sec
        return cached.withLock { cached in
            if cached.second != second { cached = (second, Self.text(secondsSinceEpoch: second)) }
            return cached.text
        }
    }

    /// The date of a moment.
    static func text(secondsSinceEpoch: Int) -> String {
        var (moment, parts) = (time_t(secondsSinceEpoch), tm())
        gmtime_r(&moment, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let date =
            "\(days[Int(parts.tm_wday)]), \(padded(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(parts.tm_year + 1900)"
        return "\(date) \(padded(parts.tm_hour)):\(padded(parts.tm_min)):\(padded(parts.tm_sec)) GMT"
    }

    private static func padded(_ number: CInt) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
