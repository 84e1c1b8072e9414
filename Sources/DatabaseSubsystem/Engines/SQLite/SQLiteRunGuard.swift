import CDatabaseClients
import Glibc

/// Decides, while a statement runs, whether it goes on: SQLite asks it. Confined to its connection's thread.
///
/// It notices that a query is to be stopped in two places where `sqlite3_interrupt` is not enough: an interrupt that comes before a
/// statement's first step is lost, and SQLite's own busy timeout does not end for one.
final class SQLiteRunGuard {
    /// The query that runs; `nil` for work that is not a query, which waits for locks as long as `timeout`.
    var query: QueuedQuery?
    /// When work that is not a query is stopped; `nil` for never.
    var deadline: ContinuousClock.Instant?

    private let timeout: Duration
    private var began: ContinuousClock.Instant?

    /// How many instructions of its virtual machine SQLite executes between two looks: well below a millisecond.
    private static let instructionsBetweenLooks: CInt = 2000

    /// - Parameter timeout: The longest wait for one lock.
    init(timeout: Duration) {
        self.timeout = timeout
    }

    /// Makes the connection ask this object, which must live as long as the connection.
    func install(on handle: SQLiteHandle) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        _ = handle.functions.busy_handler(
            handle.pointer,
            { context, count in
                SQLiteRunGuard.of(context)?.waitForLock(attempt: count) == true ? 1 : 0
            },
            context
        )
        handle.functions.progress_handler(
            handle.pointer,
            Self.instructionsBetweenLooks,
            { context in
                SQLiteRunGuard.of(context)?.stops == true ? 1 : 0
            },
            context
        )
    }

    /// Whether what runs is to be stopped.
    private var stops: Bool {
        query?.stopReason != nil || deadline.map { $0 < .now } ?? false
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> SQLiteRunGuard? {
        context.map { Unmanaged<SQLiteRunGuard>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Waits a little, longer with each attempt. Returns whether SQLite shall try again.
    private func waitForLock(attempt: CInt) -> Bool {
        let now = ContinuousClock.now
        if attempt == 0 { began = now }
        let waited = began.map { $0.duration(to: now) } ?? .zero
        guard waited < timeout, !stops, query.map({ $0.deadline > now }) ?? true else { return false }
        usleep(useconds_t(min(1 << min(attempt, 5), 25)) * 1000)
        return true
    }
}
