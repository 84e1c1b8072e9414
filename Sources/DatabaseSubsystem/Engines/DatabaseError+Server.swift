/// What connections to servers of any engine find.
extension DatabaseError {
    /// The server says nothing, or nothing more.
    static let silentServer = connectionFailure(
        "the database server did not answer in time; look whether it runs, and at the network to it"
    )

    /// What returned rows did so with other columns than were prepared for: the statement has run.
    static let otherColumns = DatabaseError(
        .refused,
        "running: the tables were changed, and the result has other columns than it had; ask for it again"
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

    /// A connection that cannot be used any more, and is worth another attempt soon.
    ///
    /// - Parameter detail: What the server or the library said.
    static func connectionFailure(_ message: String, detail: String? = nil) -> DatabaseError {
        DatabaseError(
            .unavailable,
            message,
            detail: detail,
            sqlState: SQLState.connectionFailure.rawValue,
            retryAfter: .seconds(1)
        )
    }
}
