/// What a caller may do with the message queue; each role includes those before it.
package enum QueueRole: Int, Sendable, Hashable, Comparable, CaseIterable {
    /// Look.
    case readOnly
    /// Push, pop, acknowledge.
    case readWrite
    /// Delete queues.
    case admin

    /// The word for the role in scopes: `read-only`, `read-write`, `admin`.
    var word: String {
        switch self {
        case .readOnly: "read-only"
        case .readWrite: "read-write"
        case .admin: "admin"
        }
    }

    /// The role of a word; `nil` for one that is none.
    init?(word: some StringProtocol) {
        guard let role = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = role
    }

    package static func < (left: QueueRole, right: QueueRole) -> Bool { left.rawValue < right.rawValue }
}
