/// What went wrong with a database or one of its queries.
///
/// ``description`` is safe to show to anyone. What the server said, which may quote data, is in ``detail``.
package struct DatabaseError: Error, Sendable, Hashable {
    /// What kind of failure it is: few, stable, documented.
    package enum Code: String, Sendable, Hashable, Codable, CaseIterable {
        /// A client library or a function of it is not on this machine.
        case libraryMissing
        /// The connection cannot be opened, or was lost.
        case unavailable
        /// The database refused the statement: syntax, constraint, permission, type.
        case refused
        /// Others hold what the statement needs; a retry may succeed.
        case busy
        /// A query of a read-only template tried to write.
        case readOnly
        /// The result is larger than the limit.
        case resultTooLarge
        /// The deadline passed, in the queue or while running.
        case deadlineExceeded
        /// The caller left.
        case cancelled
        /// The query takes longer than its queue gives; it runs again on a slower one, and no caller sees this.
        case outgrown
        /// The queue has as many queries as it may have.
        case queueFull
        /// The database is landing and takes no more queries.
        case landing
        /// The database has not finished its start sequence.
        case starting
        /// A migration, or the folder of migrations, is at fault.
        case migration
    }

    /// What kind of failure it is.
    package let code: Code
    /// What failed, on what, and what to do. Safe to show to anyone.
    package let message: String
    /// What the engine said: for logs, and for callers when the database refused their own statement.
    package let detail: String?
    /// The SQLSTATE, where the engine has one.
    package let sqlState: String?
    /// How long a caller should wait before a retry, where a retry makes sense.
    package let retryAfter: Duration?
    /// Whether a query that may write failed so that nobody knows whether it took effect: a retry may do it twice.
    package private(set) var isOutcomeUnknown = false

    /// A failure.
    package init(
        _ code: Code,
        _ message: String,
        detail: String? = nil,
        sqlState: String? = nil,
        retryAfter: Duration? = nil
    ) {
        self.code = code
        self.message = message
        self.detail = detail
        self.sqlState = sqlState
        self.retryAfter = retryAfter
    }

    /// Whether the server refused to let this user in: attempts that go on may lock the account. SQLSTATE class 28.
    var isLoginRefused: Bool { sqlState?.hasPrefix("28") == true }

    /// Whether the same query may succeed later without being changed.
    package var isRetryable: Bool {
        switch code {
        case .unavailable, .busy, .queueFull, .landing, .starting: true
        case .libraryMissing, .refused, .readOnly, .resultTooLarge, .deadlineExceeded, .cancelled, .outgrown,
            .migration:
            false
        }
    }
}

extension DatabaseError {
    /// For a query of a fast queue that proved slow.
    static let outgrown = DatabaseError(
        .outgrown,
        "the query takes longer than its queue gives; ask for a slower queue"
    )

    /// For a result that would have to be held in memory and is too large for that.
    static func tooLarge(_ limit: Int) -> DatabaseError {
        DatabaseError(
            .resultTooLarge,
            "the result is larger than \(limit) bytes; ask for fewer rows, or raise MaxResultBytes"
        )
    }

    /// For a result whose caller took it too slowly, or no longer.
    static let notTaken = DatabaseError(.deadlineExceeded, "the caller did not take the result in the query's time")

    /// For a query that others get their queries from.
    static let writesWhereReading = DatabaseError(.readOnly, "it may write; a bootstrap only reads")

    /// For a connection whose next query would find the transaction, its locks and its changes.
    static let leftTransaction = DatabaseError(.unavailable, "a query left its transaction open")

    /// For a connection that its owner has closed.
    static let closed = DatabaseError(.unavailable, "the connection was closed")

    /// The same failure of a query that may write: nobody knows whether it took effect.
    var withUnknownOutcome: DatabaseError {
        let what = code == .landing ? "the server is landing and stopped the query" : message
        var error = DatabaseError(
            code,
            what + "; whether the query took effect is not known",
            detail: detail,
            sqlState: sqlState,
            retryAfter: retryAfter
        )
        error.isOutcomeUnknown = true
        return error
    }
}

extension DatabaseError: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String { message }

    package var debugDescription: String {
        let state = sqlState.map { " [\($0)]" } ?? ""
        return "\(code.rawValue)\(state): \(message)" + (detail.map { " (\($0))" } ?? "")
    }
}
