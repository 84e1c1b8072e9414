import CDatabaseClients

/// Owns one `PGconn *`: finished exactly once, when the last reference ends. Confined to its connection's thread.
final class PostgreSQLHandle {
    let pointer: OpaquePointer
    let functions: HydrogenPostgreSQLFunctions

    /// Whether the server was chosen because it takes writes: one that does not any more is left.
    let wantsWriter: Bool

    /// What the server said when it ended the session while nothing ran; `nil` if it did not.
    private(set) var farewell: DatabaseError?

    /// Takes a connection over that has been started.
    init(_ pointer: OpaquePointer, _ functions: HydrogenPostgreSQLFunctions, wantsWriter: Bool) {
        self.wantsWriter = wantsWriter
        self.pointer = pointer
        self.functions = functions
        // Unsafe 1: libpq calls this only within calls for its connection, which `deinit` ends. Without it notices would go to
        // standard error.
        let handle = Unmanaged.passUnretained(self).toOpaque()
        _ = functions.setNoticeReceiver(
            pointer,
            { handle, notice in
                guard let handle, let notice else { return }
                Unmanaged<PostgreSQLHandle>.fromOpaque(handle).takeUnretainedValue().hear(notice)
            },
            handle
        )
    }

    deinit {
        functions.finish(pointer)
    }

    private func hear(_ notice: OpaquePointer) {
        let diagnostics = PostgreSQLDiagnostics(notice, functions)
        // A server that stops at once, or crashes, says so in a warning.
        if diagnostics.isFarewell || diagnostics.sqlState.endsSession { farewell = .farewell(diagnostics) }
    }

    /// The socket to watch; -1 when there is none any more.
    var socket: CInt { functions.socket(pointer) }

    /// Whether libpq takes the connection for usable.
    var isOK: Bool { functions.status(pointer) == 0 }

    /// Whether no transaction is open and nothing is under way. Source: libpq-fe.h, `PQTRANS_IDLE`.
    var isIdle: Bool { functions.transactionStatus(pointer) == 0 }

    /// Whether a transaction is open, and whether it has failed: `PQTRANS_INTRANS`, `PQTRANS_INERROR`.
    var isInTransaction: Bool { [2, 3].contains(functions.transactionStatus(pointer)) }

    /// What libpq says went wrong last, in one line: for logs, as it names hosts and users.
    var errorText: String {
        String(cString: functions.errorMessage(pointer)).split(whereSeparator: \.isNewline)
            .map { $0.trimmingSQLSpace }.joined(separator: " ")
    }

    /// Waits until the socket is readable, or writable, or either. Returns whether it is, before `limit` is over.
    func wait(forWriting: Bool = false, reading: Bool = true, atMost limit: Duration) -> Bool {
        let socket = socket
        guard socket >= 0 else { return true }
        return hydrogen_socket_wait(socket, reading ? 1 : 0, forWriting ? 1 : 0, limit.pollMilliseconds) != 0
    }
}
