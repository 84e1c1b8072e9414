import CDatabaseClients
import Glibc
import Synchronization

/// Stops what one connection runs, by `SQLCancel` on the statement, which drivers turn into a request to the server.
final class CLICanceller: EngineInterrupter {
    /// One run of a statement.
    private struct Run {
        let number: UInt64
        let statement: CLIStatementHandle
    }

    private struct State {
        var lastNumber: UInt64 = 0
        var run: Run?
        /// Whether a request was sent that may hit what runs next.
        var isInDoubt = false
    }

    private let state = Mutex(State())

    /// How long a request is given before the next one: the first may have come before the statement.
    private static let interval = Duration.milliseconds(100)
    /// How late the end of a run is noticed.
    private static let pauseMicroseconds: UInt32 = 2000

    /// A statement runs from now on.
    func begin(_ statement: CLIStatementHandle) {
        state.withLock { state in
            state.lastNumber += 1
            state.run = Run(number: state.lastNumber, statement: statement)
        }
    }

    /// It has ended.
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

    /// Sends requests on a thread of their own until the statement has ended: drivers connect to the server for it, and wait.
    func interrupt(_ ended: @escaping @Sendable () -> Void) {
        let run = state.withLock { state in
            if state.run != nil { state.isInDoubt = true }
            return state.run
        }
        guard let run else { return ended() }
        do throws(DatabaseError) {
            try WorkerThread.start(named: "cancel") { [self] in
                repeat {
                    _ = run.statement.session.functions.Cancel(run.statement.handle)
                } while !hasEnded(run.number, within: Self.interval)
                ended()
            }
        } catch {
            // Without a thread nothing is sent: the driver's own time limit ends the query.
            ended()
        }
    }

    private func hasEnded(_ number: UInt64, within time: Duration) -> Bool {
        let deadline = ContinuousClock.now + time
        while state.withLock({ $0.run?.number == number }) {
            guard ContinuousClock.now < deadline else { return false }
            usleep(Self.pauseMicroseconds)
        }
        return true
    }
}
