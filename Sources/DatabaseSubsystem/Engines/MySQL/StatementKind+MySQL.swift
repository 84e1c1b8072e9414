extension StatementKind.Vocabulary {
    /// The words of MariaDB and MySQL. The writing ones stand in a `WITH`, in `SELECT … INTO`, in `FOR UPDATE`, `FOR SHARE` and
    /// `LOCK IN SHARE MODE`, behind `EXPLAIN`.
    static let mySQL = StatementKind.Vocabulary(
        dialect: .mysql,
        reading: ["SELECT", "WITH", "VALUES", "TABLE", "SHOW", "EXPLAIN", "DESCRIBE", "DESC"],
        writing: ["INSERT", "UPDATE", "DELETE", "INTO", "SHARE"],
        forbidden: [
            "BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "XA", "SET", "USE", "LOCK", "UNLOCK",
            "PREPARE", "EXECUTE", "DEALLOCATE", "HANDLER", "LOAD",
        ]
    )
}
