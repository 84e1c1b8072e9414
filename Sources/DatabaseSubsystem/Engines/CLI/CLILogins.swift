import HydrogenCore
import Synchronization

/// The logins of one database, each on a thread of its own: not every driver keeps to the limit that it is told, and a call that hangs
/// in one cannot be ended from outside.
///
/// A login that takes too long is given up: its thread is left to the driver, and closes the connection should the driver ever return.
final class CLILogins: Sendable {
    /// One login.
    private final class Attempt: Sendable {
        enum State {
            /// The driver has not returned. Goes to `ended` or `givenUp`.
            case running
            /// The driver has returned: with what went wrong, or with nothing.
            case ended(CLIDiagnostics?)
            /// Nobody waits any more.
            case givenUp
        }

        let state = Mutex(State.running)
        let bell: WakeupSignal

        init() throws(DatabaseError) {
            bell = try WakeupSignal()
        }
    }

    private let hanging = Atomic<Int>(0)
    private let margin: Duration

    /// What a driver is given beyond the limit that it was told, so that its own words are heard where it keeps to it.
    static let usualMargin = Duration.seconds(1)
    /// So many threads are left to a driver at most.
    private static let mostHanging = 8

    init(margin: Duration = usualMargin) {
        self.margin = margin
    }

    /// Opens a session's connection. Blocks.
    ///
    /// - Parameters:
    ///   - limit: How long the driver was told that it may take.
    ///   - abort: Looked at while the driver is waited for.
    /// - Returns: What went wrong; `nil` when it is open.
    /// - Throws: `unavailable` for a driver that does not return: the session is not to be used any more.
    func connect(
        _ session: CLISession,
        _ string: Secret,
        within limit: Duration,
        _ abort: AbortSignal
    ) throws(DatabaseError) -> CLIDiagnostics? {
        let earlier = hanging.load(ordering: .acquiring)
        guard earlier < Self.mostHanging else { throw .hangingLogin("\(earlier) earlier logins hang in the driver") }
        let attempt = try Attempt()
        try WorkerThread.start(named: "login") { [self] in
            let diagnostics = session.connect(string.reveal())
            attempt.state.withLock { state in
                switch state {
                case .running: state = .ended(diagnostics)
                case .givenUp: hanging.subtract(1, ordering: .acquiringAndReleasing)
                case .ended: break
                }
            }
            attempt.bell.raise()
        }
        let deadline = ContinuousClock.now + limit + margin
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            attempt.bell.wait(atMost: min(max(left, .zero), AbortSignal.interval))
            let isOver = left <= .zero
            let state = attempt.state.withLock { state in
                if case .running = state, isOver || abort.isRaised {
                    state = .givenUp
                    hanging.add(1, ordering: .acquiringAndReleasing)
                }
                return state
            }
            switch state {
            case .running: continue
            case .ended(let diagnostics): return diagnostics
            case .givenUp where !isOver: throw DatabaseError(.landing, "the connection is no longer wanted")
            case .givenUp: throw .hangingLogin("nothing within \((limit + margin).report), and the driver waits on")
            }
        }
    }
}

extension DatabaseError {
    /// For a driver that does not return from a login.
    fileprivate static func hangingLogin(_ what: String) -> DatabaseError {
        .connectionFailure(
            "the server did not answer in time; look whether it runs, at its host and port, and at firewalls",
            detail: what
        )
    }
}
