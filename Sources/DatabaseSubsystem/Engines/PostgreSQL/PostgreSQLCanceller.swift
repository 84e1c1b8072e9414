import CDatabaseClients

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

    /// The requests so far.
    let requests = RequestsUnderWay()

    /// Sends the request; the server has signalled the session once it has closed the connection.
    func interrupt(_ ended: @escaping @Sendable () -> Void) {
        requests.start(named: "cancel", then: ended) { [self] in send() }
    }

    private func send() {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { reason in
            guard let start = reason.baseAddress else { return }
            // A failure means that the session is gone, or that the network is: its owner finds out.
            _ = functions.cancel(pointer, start, CInt(reason.count))
        }
    }
}
