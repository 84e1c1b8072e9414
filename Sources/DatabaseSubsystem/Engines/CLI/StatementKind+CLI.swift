extension StatementKind.Vocabulary {
    /// The words of DB2 and of what ODBC drivers lead to. `EXPLAIN` fills tables on DB2, so it writes.
    static let cli = StatementKind.Vocabulary(
        dialect: .standard,
        reading: ["SELECT", "WITH", "VALUES", "TABLE", "SHOW"],
        writing: ["INSERT", "UPDATE", "DELETE", "MERGE", "INTO", "SHARE"],
        forbidden: [
            "ABORT", "ATTACH", "BEGIN", "CLOSE", "COMMIT", "CONNECT", "COPY", "DEALLOCATE", "DECLARE", "DETACH",
            "DISCARD", "DISCONNECT", "END", "EXECUTE", "FETCH", "LISTEN", "LOCK", "MOVE", "OPEN", "PRAGMA", "PREPARE",
            "RELEASE", "RESET", "ROLLBACK", "SAVEPOINT", "SET", "START", "UNLISTEN", "UNLOCK", "USE", "XA",
        ]
    )
}
