import Hummingbird
import HummingbirdCore
import HydrogenCore

/// Which log lines a caller asked for: `?subsystem=Database&level=ALERT&limit=50`.
struct RecentLinesQuery: Sendable, Hashable {
    /// The most lines of one response.
    static let maximumLimit = 1000

    /// Only lines of this label.
    var subsystem: String?
    /// Only lines at least as grave.
    var level = LogLevel.trace
    /// At most so many, the newest.
    var limit = 100

    /// Reads a query string.
    init(_ uri: URI) throws(WebError) {
        var seen: Set<Substring> = []
        for (name, value) in uri.queryParameters {
            guard seen.insert(name).inserted else { throw WebError(.duplicateParameter, "\(name) is given twice") }
            switch name {
            case "subsystem":
                subsystem = String(value)
            case "level":
                guard let level = LogLevel(parsing: String(value)) else {
                    throw WebError(.parameterType, "level should be TRACE, DEBUG, INFO, STATE, ALERT, ERROR or FATAL")
                }
                self.level = level
            case "limit":
                guard let limit = Int(value), (1...Self.maximumLimit).contains(limit) else {
                    throw WebError(.parameterType, "limit should be an integer from 1 to \(Self.maximumLimit)")
                }
                self.limit = limit
            default:
                throw WebError(.unusedParameter, "this endpoint takes subsystem, level and limit")
            }
        }
    }
}
