extension SessionSettings {
    /// Those of a MySQL session, of which nothing is known yet.
    ///
    /// - Parameter isMariaDB: Whether the server is MariaDB: MySQL calls its settings otherwise.
    static func mySQL(isMariaDB: Bool) -> SessionSettings {
        SessionSettings(nil) { state in
            let flag = state.isReadOnly ? 1 : 0
            return isMariaDB
                ? "SET tx_read_only = \(flag), max_statement_time = \(state.timeLimit)"
                : "SET transaction_read_only = \(flag), max_execution_time = \(state.timeLimit * 1000)"
        }
    }

    /// The statement that makes a new session one whose results have one form, whatever the server's settings are.
    static func openingMySQL(isMariaDB: Bool, _ isolation: TransactionIsolation?) -> String {
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
}
