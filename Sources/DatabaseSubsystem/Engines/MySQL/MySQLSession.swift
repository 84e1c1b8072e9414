import HydrogenCore

/// The settings of a session that queries differ in, and the statement that changes them. Pure.
struct MySQLSession {
    private struct Settings: Equatable {
        var isReadOnly: Bool
        /// The server's limit for each statement, in seconds; 0 for none.
        var timeLimit: Int
    }

    private let isMariaDB: Bool
    /// `nil` before the first change, and when one failed: nobody knows what holds.
    private var settings: Settings?

    /// - Parameter isMariaDB: Whether the server is MariaDB: MySQL calls its settings otherwise.
    init(isMariaDB: Bool) {
        self.isMariaDB = isMariaDB
    }

    /// The statement that makes a new session one whose results have one form, whatever the server's settings are.
    func opening(_ isolation: TransactionIsolation?) -> String {
        var settings = [
            "time_zone = '+00:00'", "autocommit = 1",
            // The text of queries was split by the rules that hold without it.
            "sql_mode = REPLACE(@@sql_mode, 'NO_BACKSLASH_ESCAPES', '')",
        ]
        if let isolation {
            let level = isolation.rawValue.uppercased().replacing(" ", with: "-")
            settings.append("\(isMariaDB ? "tx_isolation" : "transaction_isolation") = '\(level)'")
        }
        return "SET " + settings.joined(separator: ", ")
    }

    /// The statement that brings the session into the state that a query needs; `nil` when it is in it.
    ///
    /// - Parameters:
    ///   - isReadOnly: Whether the server is to refuse writes.
    ///   - left: The time until the query's deadline. The server's own limit is that or more, at a power of two of seconds, so
    ///     that it seldom changes: it only ends what nobody is left to stop.
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
        let flag = wanted.isReadOnly ? 1 : 0
        return isMariaDB
            ? "SET tx_read_only = \(flag), max_statement_time = \(wanted.timeLimit)"
            : "SET transaction_read_only = \(flag), max_execution_time = \(wanted.timeLimit * 1000)"
    }
}
