/// What a statement's words tell before it runs: whether it reads, writes, or has no place in a query.
///
/// PostgreSQL says neither when it prepares. A mistake is not silent: what was taken for a read runs in a read-only transaction,
/// where the server refuses a write.
enum PostgreSQLStatementKind: Hashable {
    case reads
    case writes
    /// Changes the session or the transaction, which the next query would inherit, or needs another protocol.
    case forbidden(word: String)

    init(_ sql: String) {
        let bytes = Array(sql.utf8)
        var scanner = SQLScanner(bytes, dialect: .standard)
        var first: String?
        var isWriting = false
        while let token = scanner.next() {
            guard token.kind == .word else { continue }
            let word = String(decoding: bytes[token.range], as: UTF8.self).uppercased()
            if first == nil {
                first = word
            } else if Self.writingWords.contains(word) {
                isWriting = true
            }
        }
        let word = first ?? ""
        if Self.forbidden.contains(word) {
            self = .forbidden(word: word)
        } else {
            self = Self.reading.contains(word) && !isWriting ? .reads : .writes
        }
    }

    /// First words of statements that read, unless another word says otherwise.
    private static let reading: Set<String> = ["SELECT", "WITH", "VALUES", "TABLE", "SHOW", "EXPLAIN"]

    /// Words after the first that make a statement write: in a `WITH`, in `SELECT … INTO`, in `FOR UPDATE`, `FOR NO KEY UPDATE`,
    /// `FOR SHARE` and `FOR KEY SHARE`, after `EXPLAIN ANALYZE`. A column of such a name must be quoted, or the query is a POST.
    private static let writingWords: Set<String> = ["INSERT", "UPDATE", "DELETE", "MERGE", "INTO", "SHARE"]

    private static let forbidden: Set<String> = [
        "BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE", "PREPARE", "EXECUTE",
        "DEALLOCATE",
        "DISCARD", "SET", "RESET", "LISTEN", "UNLISTEN", "COPY", "DECLARE", "FETCH", "MOVE", "CLOSE", "LOAD", "LOCK",
    ]
}
