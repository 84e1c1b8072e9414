import CDatabaseClients

/// Owns one `sqlite3 *`: closed exactly once, when the last reference ends.
///
/// Unsafe 1: one thread at a time uses the pointer, the worker of the DQM that has the connection; what any thread may call is
/// `sqlite3_interrupt` (https://sqlite.org/c3ref/interrupt.html), while the worker keeps the connection open.
final class SQLiteHandle: @unchecked Sendable {
    let pointer: OpaquePointer
    let functions: HydrogenSQLiteFunctions

    /// SQLITE_OPEN_READWRITE, SQLITE_OPEN_CREATE, SQLITE_OPEN_URI, SQLITE_OPEN_NOMUTEX.
    private static let flags: CInt = 0x2 | 0x4 | 0x40 | 0x8000

    /// - Throws: `unavailable` when the database cannot be opened.
    init(_ location: SQLiteLocation, library: SQLiteLibrary) throws(DatabaseError) {
        functions = library.functions
        var opened: OpaquePointer?
        let code = SQLiteResultCode(rawValue: functions.open_v2(location.openName, &opened, Self.flags, nil))
        guard code == .ok, let opened else {
            let reason = String(cString: functions.errmsg(opened))
            _ = functions.close_v2(opened)
            throw DatabaseError(
                .unavailable,
                "\(location.openName) cannot be opened",
                detail: "SQLite \(code.rawValue): \(reason)"
            )
        }
        pointer = opened
        _ = functions.extended_result_codes(opened, 1)
    }

    deinit {
        _ = functions.close_v2(pointer)
    }

    /// The error that the last call left behind.
    func lastError(_ code: CInt, doing what: String) -> DatabaseError {
        DatabaseError(SQLiteResultCode(rawValue: code), reason: String(cString: functions.errmsg(pointer)), doing: what)
    }
}

extension SQLiteHandle: EngineInterrupter {
    func interrupt(_ ended: @escaping @Sendable () -> Void) {
        functions.interrupt(pointer)
        ended()
    }
}
