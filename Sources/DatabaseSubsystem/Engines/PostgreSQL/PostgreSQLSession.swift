import HydrogenCore

/// The settings of a session that queries differ in, and the statement that changes them. Pure.
struct PostgreSQLSession {
    private struct Settings: Equatable {
        var isReadOnly: Bool
        /// The server's limit for each statement, in seconds; 0 for none.
        var timeLimit: Int
    }

    /// `nil` when a change failed: nobody knows what holds.
    private var settings: Settings? = Settings(isReadOnly: false, timeLimit: 0)

    /// The statement that brings the session into the state that a query needs; `nil` when it is in it.
    ///
    /// - Parameters:
    ///   - isReadOnly: Whether the server is to refuse writes.
    ///   - left: The time until the query's deadline. The server's own limit is that or more, at a power of two of seconds, so
    ///     that it seldom changes: it only ends what nobody is left to cancel.
    mutating func change(isReadOnly: Bool, timeLimit left: Duration) -> String? {
        let seconds = max(1, Int(left.seconds.rounded(.up)))
        let limit = 1 << (Int.bitWidth - (seconds - 1).leadingZeroBitCount)
        return change(to: Settings(isReadOnly: isReadOnly, timeLimit: limit))
    }

    /// The statement that lets the connection's own work take its time, and write; `nil` when the session is in that state.
    mutating func release() -> String? {
        change(to: Settings(isReadOnly: false, timeLimit: 0))
    }

    /// A change was sent and did not take place.
    mutating func forget() {
        settings = nil
    }

    private mutating func change(to wanted: Settings) -> String? {
        guard settings != wanted else { return nil }
        settings = wanted
        let readOnly = wanted.isReadOnly ? "on" : "off"
        return "SELECT set_config('default_transaction_read_only', '\(readOnly)', false), "
            + "set_config('statement_timeout', '\(wanted.timeLimit)s', false)"
    }
}
