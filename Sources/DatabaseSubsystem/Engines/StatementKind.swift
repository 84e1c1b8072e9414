/// What a statement's words tell before it runs: whether it reads, writes, or has no place in a query.
///
/// Servers say neither when they prepare. Where a server can be held to reading, a mistake is not silent: what was taken for a read
/// and writes is refused.
enum StatementKind: Hashable {
    case reads
    case writes
    /// Changes the session or the transaction, which the next query would inherit, or needs another protocol.
    case forbidden(word: String)

    /// Which words mean what to an engine; all in capitals.
    struct Vocabulary {
        /// How the SQL quotes.
        let dialect: SQLDialect
        /// First words of statements that read, unless another word says otherwise.
        let reading: Set<String>
        /// Words after the first that make a statement write. A column of such a name must be quoted, or the query is a POST.
        let writing: Set<String>
        /// First words that have no place in a query.
        let forbidden: Set<String>
    }

    /// Looks at the words outside of quotation marks and comments.
    init(_ sql: String, _ vocabulary: Vocabulary) {
        let bytes = Array(sql.utf8)
        var scanner = SQLScanner(bytes, dialect: vocabulary.dialect)
        var first: String?
        var isWriting = false
        while let token = scanner.next() {
            guard token.kind == .word else { continue }
            let word = String(decoding: bytes[token.range], as: UTF8.self).uppercased()
            if first == nil {
                first = word
            } else if vocabulary.writing.contains(word) {
                isWriting = true
            }
        }
        let word = first ?? ""
        if vocabulary.forbidden.contains(word) {
            self = .forbidden(word: word)
        } else {
            self = vocabulary.reading.contains(word) && !isWriting ? .reads : .writes
        }
    }

    /// Whether the statement reads.
    ///
    /// - Throws: `refused` for one that has no place in a query.
    var isReading: Bool {
        get throws(DatabaseError) {
            switch self {
            case .reads: true
            case .writes: false
            case .forbidden(let word):
                throw DatabaseError(
                    .refused,
                    "preparing: \(word) has no place in a query: it would change the session or its transaction for the next one"
                )
            }
        }
    }
}
