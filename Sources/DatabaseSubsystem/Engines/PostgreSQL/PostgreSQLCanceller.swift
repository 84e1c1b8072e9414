import CDatabaseClients
import Synchronization

/// Stops what one session runs, by the cancel protocol: another connection that names the session.
///
/// Unsafe 1: the pointer is only ever passed to `PQcancel`, which any thread may call, and freed when nobody has it any more.
final class PostgreSQLCanceller: EngineInterrupter, @unchecked Sendable {
    private let pointer: OpaquePointer
    private let functions: HydrogenPostgreSQLFunctions

    /// - Throws: `unavailable` when libpq has no memory.
    init(_ handle: PostgreSQLHandle) throws(DatabaseError) {
        functions = handle.functions
        guard let cancel = functions.getCancel(handle.pointer) else {
            throw DatabaseError(.unavailable, "no memory for a connection")
        }
        pointer = cancel
    }

    deinit {
        functions.freeCancel(pointer)
    }

    private let underWay = Atomic<Int>(0)

    /// Whether no request is under way: nothing that was asked so far can hit a later query.
    var isQuiet: Bool { underWay.load(ordering: .acquiring) == 0 }

    /// Sends the request on a thread of its own, as it opens a connection and waits until the server has closed it: by then the
    /// server has signalled the session.
    func interrupt(_ ended: @escaping @Sendable () -> Void) {
        underWay.add(1, ordering: .acquiringAndReleasing)
        let end: @Sendable () -> Void = { [self] in
            underWay.subtract(1, ordering: .acquiringAndReleasing)
            ended()
        }
        do throws(DatabaseError) {
            try WorkerThread.start(named: "cancel") { [self] in
                send()
                end()
            }
        } catch {
            // Without a thread nothing is sent: the server's own time limit ends the query.
            end()
        }
    }

    private func send() {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { reason in
            guard let start = reason.baseAddress else { return }
            // A failure means that the session is gone, or that the network is: its owner finds out.
            _ = functions.cancel(pointer, start, CInt(reason.count))
        }
    }
}
