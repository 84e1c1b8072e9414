import HydrogenCore
import NIOCore
import NIOHTTP1

/// What an endpoint says of a request that it did not do, and what that means for callers. Pure.
struct AIFailure {
    private let reply: AIReply
    private let error: JSONValue?
    private let words: EndpointWords

    /// - Parameter key: Not to be shown, should the endpoint quote it.
    init(_ reply: AIReply, key: Secret?) {
        self.reply = reply
        words = EndpointWords(hiding: key)
        let body = try? reply.json()
        // Some servers give the message alone.
        error = body?["error"]?.value ?? body
    }

    /// How long the endpoint wants to be left alone; `nil` when it does not say so.
    func pause(atMost limit: Duration, now: WallTime = .now) -> Duration? {
        guard [.tooManyRequests, .serviceUnavailable].contains(reply.status) else { return nil }
        return RetryAfter.duration(reply.headers.first(name: "retry-after"), now: now).map { min($0, limit) }
    }

    /// Whether the endpoint refuses the key.
    var isLoginRefused: Bool { reply.status == .unauthorized }

    /// The error that callers get.
    ///
    /// - Parameter pause: How long the endpoint wants to be left alone.
    func error(pause: Duration?) -> DatabaseError {
        let status = "HTTP \(reply.status.code)" + (error.flatMap(words.code).map { ", \($0)" } ?? "")
        switch reply.status.code {
        case 401, 402, 403, 407:
            return DatabaseError(
                .unavailable,
                "the endpoint does not let this key or account in (\(status)); look at Key, and at the account",
                detail: message,
                retryAfter: .seconds(60)
            )
        case 408, 409, 425, 429:
            return DatabaseError(
                .busy,
                "the endpoint takes no more requests at present (\(status)); retry later",
                retryAfter: pause ?? .seconds(1)
            )
        case 404, 410:
            return DatabaseError(
                .refused,
                "the endpoint does not have the model, or Endpoint leads elsewhere (\(status))",
                detail: message
            )
        case 400..<500:
            return DatabaseError(.refused, "the endpoint refused the request (\(status))", detail: message)
        case 500...:
            return DatabaseError(
                .unavailable,
                "the endpoint failed (\(status)); retry later",
                retryAfter: pause ?? .seconds(1)
            )
        default:
            return DatabaseError(
                .unavailable,
                "the endpoint answered something else than a result (\(status)); a redirection is not followed",
                retryAfter: .seconds(60)
            )
        }
    }

    /// The endpoint's own words, which may quote the prompt.
    private var message: String? {
        let found: String? =
            switch error {
            case .string(let text)?: text
            default: (error?["message"] ?? error?["detail"]).flatMap { $0.value.text ?? $0.value.listText }
            }
        guard let found, !found.isEmpty else { return nil }
        return words.sentence(found)
    }
}

extension JSONValue {
    fileprivate var text: String? { if case .string(let text) = self { text } else { nil } }

    /// What servers on FastAPI say in the place of a text.
    fileprivate var listText: String? { if case .array = self { jsonText } else { nil } }
}

/// The header field `Retry-After`. Source: RFC 9110, section 10.2.3.
enum RetryAfter {
    /// How long it asks to wait: seconds, or until a date; `nil` for neither.
    static func duration(_ field: String?, now: WallTime) -> Duration? {
        guard let field = field.map({ $0[...].trimmingSQLSpace }), !field.isEmpty else { return nil }
        if field.utf8.allSatisfy(\.isASCIIDigit) { return Int64(field).map { min(.seconds($0), longest) } ?? longest }
        guard let second = secondsSinceEpoch(field) else { return nil }
        // A date far off does not fit into nanoseconds.
        let rest = Duration.seconds(second) - .nanoseconds(now.nanosecondsSinceEpoch)
        return min(max(.zero, rest), longest)
    }

    /// More than anybody waits.
    private static let longest = Duration.seconds(1 << 30)

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `Sun, 06 Nov 1994 08:49:37 GMT`. Source: RFC 9110, section 5.6.7 (IMF-fixdate).
    private static func secondsSinceEpoch(_ text: String) -> Int64? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int64(parts[1]), (1...31).contains(day),
            let month = months.firstIndex(of: String(parts[2])), let year = Int64(parts[3]),
            (1970...9999).contains(year)
        else { return nil }
        let time = parts[4].split(separator: ":").compactMap { Int64($0) }
        guard time.count == 3, time[0] < 24, time[1] < 60, time[2] <= 60, time.allSatisfy({ $0 >= 0 }) else {
            return nil
        }
        return days(year, Int64(month) + 1, day) * 86_400 + time[0] * 3600 + time[1] * 60 + time[2]
    }

    /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = (shifted / 400, shifted % 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
