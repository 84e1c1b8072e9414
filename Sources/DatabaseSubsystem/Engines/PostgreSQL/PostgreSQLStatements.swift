/// The statements that one connection keeps prepared, the least recently used given up first.
struct PostgreSQLStatements {
    /// One prepared statement: its name on the server, and the columns of its result once that has come.
    final class Prepared: CustomStringConvertible {
        /// The name as a C string; never used twice in a connection.
        let name: [CChar]
        private var columns: PostgreSQLColumns?
        /// Why the server did not prepare it.
        var refusal: DatabaseError?
        /// Whether it has to be prepared anew, because its result's columns changed.
        var isStale = false

        let description: String

        fileprivate init(number: Int) {
            description = "h\(number)"
            name = Array(description.utf8CString)
        }

        /// The columns of a result, which stay the same for as long as the statement is prepared.
        func columns(of result: borrowing PostgreSQLResult) -> PostgreSQLColumns {
            if let columns { return columns }
            let found = PostgreSQLColumns(of: result)
            columns = found
            return found
        }
    }

    private var cache: LRUCache<EngineStatement.Key, Prepared>
    private var lastNumber = 0
    /// Statements that the server has and nobody uses any more.
    private var unused: [Prepared] = []

    init(capacity: Int) {
        cache = LRUCache(capacity: capacity)
    }

    /// The statement if it is prepared, or is being prepared.
    mutating func known(_ key: EngineStatement.Key) -> Prepared? {
        guard let prepared = cache.value(for: key), !prepared.isStale, prepared.refusal == nil else { return nil }
        return prepared
    }

    /// A new name for a statement that is about to be prepared.
    mutating func add(_ key: EngineStatement.Key) -> Prepared {
        lastNumber += 1
        let prepared = Prepared(number: lastNumber)
        if let former = cache.insert(prepared, for: key) { unused.append(former) }
        return prepared
    }

    /// One statement to free on the server, if there is any.
    mutating func takeUnused() -> Prepared? {
        unused.popLast()
    }
}
