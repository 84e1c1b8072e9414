extension DatabaseError {
    /// The connection is over: as the server said, or else as libpq found.
    static func lost(_ handle: PostgreSQLHandle) -> DatabaseError {
        handle.farewell
            ?? DatabaseError(
                .unavailable,
                "the connection to the database server was lost",
                detail: handle.errorText,
                sqlState: SQLState.connectionFailure.rawValue,
                retryAfter: .seconds(1)
            )
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

    /// The server says nothing, or nothing more.
    static let silentServer = DatabaseError(
        .unavailable,
        "the database server did not answer in time",
        sqlState: SQLState.connectionFailure.rawValue,
        retryAfter: .seconds(1)
    )

    /// A server that was chosen because it takes writes refused one.
    static let noWrites = DatabaseError(
        .unavailable,
        "the database server takes no writes at present: it is a standby, or read-only; retry soon",
        sqlState: SQLState.readOnlyTransaction.rawValue,
        retryAfter: .seconds(1)
    )

    /// A statement that prepares the session failed.
    static let lostSettings = DatabaseError(.unavailable, "the session's settings are not known")

    /// The landing waits no longer.
    static let stoppedByLanding = DatabaseError(.landing, "the work was stopped by the landing")
}
