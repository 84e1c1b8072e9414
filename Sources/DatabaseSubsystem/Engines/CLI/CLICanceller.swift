import CDatabaseClients
import Glibc
import Synchronization

/// Stops what one connection runs, by `SQLCancel` on the statement, which drivers turn into a request to the server, or by a request
/// of another session.
///
/// A request is only under way while the worker is within a call that it may stop: some drivers close the statement with it, and the
/// worker would read on from what is closed.
final class CLICanceller: EngineInterrupter {
    /// One run of a statement.
    private struct Run {
        let number: UInt64
        let statement: CLIStatementHandle
        /// Whether the worker is within a call.
        var isCalling = false
        /// Whether a request is under way, which the worker waits for when its call has returned.
        var isCancelling = false
    }

    private struct State {
        var lastNumber: UInt64 = 0
        var run: Run?
        /// Whether a request was sent that may hit what runs next.
        var isInDoubt = false
        /// Whether a request took too long, which may act on its statement still.
        var hasGivenUp = false
        /// What is sent in the place of the driver's own request.
        var sideRequest: CLISideRequest?
    }

    private let state = Mutex(State())
    private let limit: Duration

    /// How long a request is given before the next one: the first may have come before the statement.
    private static let interval = Duration.milliseconds(100)
    /// How late the end of a call, or of a request, is noticed.
    private static let pauseMicroseconds: UInt32 = 500

    /// How long a request may go on when the call that it was to stop has returned.
    static let usualLimit = Duration.seconds(3)

    init(limit: Duration = usualLimit) {
        self.limit = limit
    }

    // MARK: The worker's part

    /// Has a request of another session sent in the place of the driver's own.
    func use(_ request: CLISideRequest) {
        state.withLock { $0.sideRequest = request }
    }

    /// A statement runs from now on.
    func begin(_ statement: CLIStatementHandle) {
        state.withLock { state in
            state.lastNumber += 1
            state.run = Run(number: state.lastNumber, statement: statement)
        }
    }

    /// Performs a call that may be stopped.
    ///
    /// - Throws: `unavailable` when a request to stop does not end: the driver has the statement still, which is not to be touched.
    @inline(__always)
    func call<Result>(_ body: () -> Result) throws(DatabaseError) -> Result {
        state.withLock { $0.run?.isCalling = true }
        let result = body()
        if endCall() { try waitForRequest() }
        return result
    }

    /// Returns whether a request is under way.
    private func endCall() -> Bool {
        state.withLock { state in
            state.run?.isCalling = false
            return state.run?.isCancelling == true
        }
    }

    private func waitForRequest() throws(DatabaseError) {
        let deadline = ContinuousClock.now + limit
        while endCall() {
            guard ContinuousClock.now < deadline else {
                state.withLock { $0.hasGivenUp = true }
                throw .silentServer
            }
            usleep(Self.pauseMicroseconds)
        }
    }

    /// Whether a request to stop did not end: nothing may be asked of the connection any more.
    var hasGivenUp: Bool { state.withLock { $0.hasGivenUp } }

    /// The run has ended.
    func end() {
        state.withLock { $0.run = nil }
    }

    /// Whether a late request may hit the next statement; asked once for each.
    func takeDoubt() -> Bool {
        state.withLock { state in
            defer { state.isInDoubt = false }
            return state.isInDoubt
        }
    }

    // MARK: Everybody's part

    /// Sends requests on a thread of their own until the run has ended: drivers connect to the server for it, and wait.
    func interrupt(_ ended: @escaping @Sendable () -> Void) {
        guard let run = state.withLock({ $0.run }) else { return ended() }
        do throws(DatabaseError) {
            try WorkerThread.start(named: "cancel") { [self] in
                while isGoingOn(run.number) {
                    send(run)
                    let next = ContinuousClock.now + Self.interval
                    while isGoingOn(run.number), ContinuousClock.now < next { usleep(Self.pauseMicroseconds) }
                }
                ended()
            }
        } catch {
            // Without a thread nothing is sent: the driver's own time limit ends the query.
            ended()
        }
    }

    private func isGoingOn(_ number: UInt64) -> Bool {
        state.withLock { $0.run?.number == number }
    }

    private func send(_ run: Run) {
        let isFit = state.withLock { state in
            guard state.run?.number == run.number, state.run?.isCalling == true, !state.hasGivenUp else { return false }
            state.run?.isCancelling = true
            state.isInDoubt = true
            return true
        }
        guard isFit else { return }
        if let request = state.withLock({ $0.sideRequest }) {
            request.send()
        } else {
            _ = run.statement.session.functions.Cancel(run.statement.handle)
        }
        state.withLock { state in
            if state.run?.number == run.number { state.run?.isCancelling = false }
        }
    }
}
