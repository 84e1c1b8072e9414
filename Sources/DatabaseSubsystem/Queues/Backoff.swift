/// How long to wait between attempts: doubling up to a limit, with full jitter, so that many instances do not return at once.
///
/// Source: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
struct Backoff {
    private let first: Duration
    private let limit: Duration
    private var ceiling: Duration

    /// - Parameters:
    ///   - first: The longest first wait.
    ///   - limit: The longest wait of all.
    init(first: Duration = .milliseconds(200), limit: Duration = .seconds(15)) {
        self.first = first
        self.limit = limit
        self.ceiling = first
    }

    /// The next wait: anything between a tenth and the whole of the present ceiling, which then doubles.
    mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        defer { ceiling = min(limit, ceiling * 2) }
        return ceiling * Double.random(in: 0.1...1, using: &generator)
    }

    /// Begins again, after a success.
    mutating func reset() {
        ceiling = first
    }
}
