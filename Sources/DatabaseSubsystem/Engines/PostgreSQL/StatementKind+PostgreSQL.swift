extension StatementKind.Vocabulary {
    /// The words of PostgreSQL. The writing ones stand in a `WITH`, in `SELECT … INTO`, in `FOR UPDATE`, `FOR NO KEY UPDATE`, `FOR SHARE`
    /// and `FOR KEY SHARE`, after `EXPLAIN ANALYZE`.
    static let postgreSQL = StatementKind.Vocabulary(
        dialect: .standard,
        reading: ["SELECT", "WITH", "VALUES", "TABLE", "SHOW", "EXPLAIN"],
        writing: ["INSERT", "UPDATE", "DELETE", "MERGE", "INTO", "SHARE"],
        forbidden: [
            "BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE", "PREPARE", "EXECUTE",
            "DEALLOCATE", "DISCARD", "SET", "RESET", "LISTEN", "UNLISTEN", "COPY", "DECLARE", "FETCH", "MOVE", "CLOSE",
            "LOAD", "LOCK",
        ]
    )
}
