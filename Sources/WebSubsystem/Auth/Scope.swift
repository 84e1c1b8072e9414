package import DatabaseSubsystem

/// One thing that a caller may do: `admin`, `query:*`, `query:Shop`, `query:Shop:12`, `queue:read-write`.
package enum Scope: Sendable, Hashable {
    /// The operator endpoints.
    case admin
    /// Every query of every database.
    case everything
    /// Every query of one database.
    case database(String)
    /// One query of one database.
    case query(database: String, id: QueryID)
    /// The message queue, as far as a role goes.
    case queue(QueueRole)

    /// Reads a scope; `nil` for a word that is none of Hydrogen's.
    package init?(_ word: some StringProtocol) {
        let parts = word.split(separator: ":", omittingEmptySubsequences: false)
        switch (parts.first, parts.count) {
        case ("admin", 1): self = .admin
        case ("query", 2) where parts[1] == "*": self = .everything
        case ("query", 2) where !parts[1].isEmpty: self = .database(String(parts[1]))
        case ("query", 3) where !parts[1].isEmpty && parts[1] != "*":
            guard let id = QueryID(pathComponent: Substring(parts[2])) else { return nil }
            self = .query(database: String(parts[1]), id: id)
        case ("queue", 2):
            guard let role = QueueRole(word: parts[1]) else { return nil }
            self = .queue(role)
        default: return nil
        }
    }

    /// Whether the scope covers a query; names are compared by their bytes.
    func covers(_ id: QueryID, of database: String) -> Bool {
        switch self {
        case .admin, .queue: false
        case .everything: true
        case .database(let name): name.utf8.elementsEqual(database.utf8)
        case .query(let name, let query): query == id && name.utf8.elementsEqual(database.utf8)
        }
    }

    /// Whether the scope covers any query of a database.
    func touches(_ database: String) -> Bool {
        switch self {
        case .admin, .queue: false
        case .everything: true
        case .database(let name), .query(let name, _): name.utf8.elementsEqual(database.utf8)
        }
    }

    /// What is wrong with a word that is no scope.
    static let expectation =
        "admin, query:*, query:DATABASE, query:DATABASE:NUMBER, queue:read-only, queue:read-write or queue:admin"
}
