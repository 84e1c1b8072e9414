extension DatabaseError {
    /// The connection is over: as the server said, or else as libpq found.
    static func lost(_ handle: PostgreSQLHandle) -> DatabaseError {
        handle.farewell
            ?? .connectionFailure("the connection to the database server was lost", detail: handle.errorText)
    }

    /// What a fatal error means: the server ended the session, or libpq found that it is over.
    static func fatal(_ diagnostics: PostgreSQLDiagnostics, _ handle: PostgreSQLHandle) -> DatabaseError {
        diagnostics.isFarewell ? .farewell(diagnostics) : .lost(handle)
    }

    /// The server ended the session, with a reason.
    static func farewell(_ diagnostics: PostgreSQLDiagnostics) -> DatabaseError {
        DatabaseError(
            .unavailable,
            "the database server ended the session",
            detail: diagnostics.reason,
            sqlState: diagnostics.sqlState.rawValue,
            retryAfter: .seconds(1)
        )
    }
}
