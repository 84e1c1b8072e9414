/// How soon after a look at all queries failing ones may cause another: a query that always fails must not keep the Lead busy.
///
/// Each look that finds nothing doubles the wait, up to a limit; one that finds something ends it.
struct LookPacing {
    private let first: Duration
    private let limit: Duration
    private var wait = Duration.zero
    private var next: ContinuousClock.Instant?

    /// - Parameters:
    ///   - first: The wait after the first look that found nothing.
    ///   - limit: The longest wait.
    init(first: Duration, limit: Duration) {
        self.first = first
        self.limit = limit
    }

    /// Whether a failing query may cause a look now.
    func allowsLook(at now: ContinuousClock.Instant) -> Bool { next.map { now >= $0 } ?? true }

    /// A look has ended.
    ///
    /// - Parameter hasFound: Whether failing queries had a cause that it has found.
    mutating func looked(at now: ContinuousClock.Instant, hasFound: Bool) {
        wait = hasFound ? .zero : min(limit, max(first, wait * 2))
        next = hasFound ? nil : now + wait
    }
}
