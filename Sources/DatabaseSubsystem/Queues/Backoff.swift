/// How long to wait between attempts: doubling up to a limit, with full jitter, so that many instances do not return at once.
///
/// Source: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
struct Backoff {
    private let first: Duration
    private var ceiling: Duration

    /// The longest wait where an attempt costs the server next to nothing: it serves again at most this late.
    static let limit = Duration.milliseconds(1500)
    /// The longest wait after a refused login, which servers count and punish.
    static let loginLimit = Duration.seconds(10)

    /// - Parameter first: The longest first wait.
    init(first: Duration = .milliseconds(200)) {
        self.first = first
        self.ceiling = first
    }

    /// The next wait: anything between a tenth and the whole of the present ceiling, which then doubles up to a limit.
    mutating func next(limit: Duration = Self.limit, using generator: inout some RandomNumberGenerator) -> Duration {
        ceiling = min(limit, ceiling)
        defer { ceiling = min(limit, ceiling * 2) }
        return ceiling * Double.random(in: 0.1...1, using: &generator)
    }

    /// Begins again, after a success.
    mutating func reset() {
        ceiling = first
    }
}
