import Glibc

/// How long a connection waits for a server that says nothing. Pure but for the clock it reads.
///
/// A server always has something to say: the result, or the error of its own time limit, or that of the cancel request. One that is
/// silent past that is gone, or cut off.
struct ServerPatience {
    /// How often a wait asks.
    static let slice = Duration.milliseconds(50)
    /// How long past its limit a query may be silent.
    static let grace = Duration.milliseconds(700)

    /// How long a cancel request is given before the next one.
    private static let cancelInterval = Duration.milliseconds(100)

    private let quickTimeout: Duration?
    private var lastHeard = ContinuousClock.now
    private var dueSince: ContinuousClock.Instant?
    private var lastCancel: ContinuousClock.Instant?

    /// - Parameter quickTimeout: The server-side limit of each query of a batch; `nil` where one query runs alone.
    init(quickTimeout: Duration?) {
        self.quickTimeout = quickTimeout
    }

    /// The server said something.
    mutating func heard() {
        lastHeard = .now
    }

    /// Whether a stopped query may be cancelled now: the first time its owner has just done it, and then after each interval.
    mutating func allowsCancel() -> Bool {
        let now = ContinuousClock.now
        guard let last = lastCancel else {
            lastCancel = now
            return false
        }
        guard last.duration(to: now) >= Self.cancelInterval else { return false }
        lastCancel = now
        return true
    }

    /// Gives the thread away for a millisecond.
    static func pause() {
        usleep(1000)
    }

    /// Whether to give the server up.
    ///
    /// - Parameter query: The query that runs; `nil` for the connection's own work.
    mutating func isOver(waitingFor query: QueuedQuery?) -> Bool {
        let now = ContinuousClock.now
        let silence = lastHeard.duration(to: now)
        if let quickTimeout { return silence > quickTimeout + Self.grace }
        guard let query else { return silence > .seconds(5) }
        guard query.stopReason != nil || query.deadline <= now else { return false }
        let since = dueSince ?? now
        dueSince = since
        return max(since, lastHeard).duration(to: now) > Self.grace
    }
}
