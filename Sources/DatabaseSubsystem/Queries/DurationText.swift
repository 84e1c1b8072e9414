/// Durations as headers and bootstraps write them: `5` and `5s` are seconds, `250ms` milliseconds.
enum DurationText {
    /// The range of a query's timeout: 1 millisecond to 1 hour.
    static let timeouts: ClosedRange<Duration> = .milliseconds(1)...(.seconds(3600))

    /// The range of a result's time in the cache: 0, never, to 31 days.
    static let cacheTimes: ClosedRange<Duration> = .zero...(.seconds(31 * 86_400))

    /// What a fault says of a range.
    static func expectation(_ range: ClosedRange<Duration>) -> String {
        range == timeouts ? "1ms to 3600 (seconds)" : "0 to \(31 * 86_400) (seconds)"
    }

    /// Reads digits and a unit; `nil` when the text has another form or the duration is out of range.
    static func duration(_ text: String, in range: ClosedRange<Duration>) -> Duration? {
        let digits = text.utf8.prefix { $0.isASCIIDigit }
        guard let number = Int64(Substring(digits)), number <= 1_000_000_000 else { return nil }
        let duration: Duration
        switch text.dropFirst(digits.count) {
        case "", "s", " s": duration = .seconds(number)
        case "ms", " ms": duration = .milliseconds(number)
        default: return nil
        }
        return range.contains(duration) ? duration : nil
    }
}
