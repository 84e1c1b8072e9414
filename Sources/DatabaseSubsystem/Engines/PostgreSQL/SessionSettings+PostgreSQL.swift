extension SessionSettings {
    /// Those of a PostgreSQL session, which is new.
    static let postgreSQL = SessionSettings(State(isReadOnly: false, timeLimit: 0)) { state in
        let readOnly = state.isReadOnly ? "on" : "off"
        return "SELECT set_config('default_transaction_read_only', '\(readOnly)', false), "
            + "set_config('statement_timeout', '\(state.timeLimit)s', false)"
    }
}
