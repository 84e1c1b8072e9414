/// Why the contracts of a database's queries are to be looked at.
enum ContractDoubt: Sendable, Hashable {
    /// The schema may be another one, which its mark tells.
    case schema
    /// A query has failed as one does whose tables are not what they were.
    case failedPlan
    /// Somebody has asked for a query that is No-Go, and may be mended meanwhile.
    case noGo
    /// An operator has accepted contracts that the query table in use was not held to.
    case acceptance
}
