import HydrogenCore

/// The settings of a session that queries differ in, and the statement that changes them. Pure.
struct PostgreSQLSession {
    private var isReadOnly = false
    private var timeLimit = 0

    /// The statement that brings the session into the state that a query needs; `nil` when it is in it.
    ///
    /// - Parameters:
    ///   - isReadOnly: Whether the server is to refuse writes.
    ///   - left: The time until the query's deadline. The server's own limit lies beyond it, at the next power of two of seconds, so that
    ///     it seldom changes: it only ends what nobody is left to cancel.
    mutating func change(isReadOnly: Bool, timeLimit left: Duration) -> String? {
        let seconds = max(1, Int(left.seconds.rounded(.up)))
        let limit = 1 << (Int.bitWidth - (seconds - 1).leadingZeroBitCount)
        guard isReadOnly != self.isReadOnly || limit != timeLimit else { return nil }
        self.isReadOnly = isReadOnly
        timeLimit = limit
        return "SELECT set_config('default_transaction_read_only', '\(isReadOnly ? "on" : "off")', false), "
            + "set_config('statement_timeout', '\(limit)s', false)"
    }

    /// The statement that lets the connection's own work take as long as it needs, and write; `nil` when the session is in that state.
    mutating func release() -> String? {
        guard isReadOnly || timeLimit != 0 else { return nil }
        isReadOnly = false
        timeLimit = 0
        return
            "SELECT set_config('default_transaction_read_only', 'off', false), set_config('statement_timeout', '0', false)"
    }
}
