/// The contracts of one database's queries as they were known last, by number.
///
/// A query whose template is the same and whose contract is not was changed behind its back: it is No-Go by itself, until its
/// contract is the old one again, or an operator accepts the present one by a reload.
struct QueryContracts: Sendable, Hashable {
    /// The contract of one template.
    struct Known: Sendable, Hashable, Codable {
        /// The template's ``QueryTemplate/contractFingerprint``: another template has another contract.
        let fingerprint: String
        let contract: QueryContract
    }

    private(set) var known: [QueryID: Known] = [:]

    /// No contracts.
    init() {}

    /// Contracts from a file.
    init(_ known: [QueryID: Known]) {
        self.known = known
    }

    /// The contracts of `others` in the place of these, as far as both know the same templates.
    func adopting(_ others: QueryContracts, except kept: [QueryID: String]) -> QueryContracts {
        var adopted = self
        for (id, other) in others.known where kept[id] == nil && known[id]?.fingerprint == other.fingerprint {
            adopted.known[id] = other
        }
        return adopted
    }

    /// These, and of templates of which nothing new is known what `newest` knows.
    func filling(_ kept: [QueryID: String], from newest: QueryContracts) -> QueryContracts {
        var filled = self
        for (id, fingerprint) in kept {
            if let known = newest.known[id], known.fingerprint == fingerprint { filled.known[id] = known }
        }
        return filled
    }

    /// Decides on the templates of one query table, and gathers the contracts that are known after it.
    struct Judgement {
        private let before: QueryContracts
        /// Whether the present contracts count, whatever was known before.
        let acceptsChanges: Bool
        /// What is known after it; templates that were not judged are not among it.
        private(set) var after = QueryContracts()
        /// The templates of which nothing is known at present, with their fingerprints: what was known of them goes on.
        private(set) var kept: [QueryID: String] = [:]

        /// - Parameter acceptsChanges: Whether the present contracts count, as an operator has asked for them.
        init(_ before: QueryContracts, acceptsChanges: Bool) {
            self.before = before
            self.acceptsChanges = acceptsChanges
        }

        /// The engine does not accept the template at present: what was known of it stays known.
        mutating func keep(_ template: QueryTemplate) {
            after.known[template.id] = known(of: template)
            kept[template.id] = template.contractFingerprint
        }

        /// Compares what the engine knows of a template with what was known before.
        ///
        /// - Throws: `refused`, with the changes.
        mutating func judge(_ template: QueryTemplate, _ facts: StatementFacts) throws(DatabaseError) {
            let contract = QueryContract(facts)
            guard !acceptsChanges, let known = known(of: template), known.contract != contract else {
                after.known[template.id] = Known(fingerprint: template.contractFingerprint, contract: contract)
                return
            }
            after.known[template.id] = known
            let changes = contract.changes(from: known.contract).joined(separator: "; ")
            throw DatabaseError(.refused, "\(changes); \(Self.remedy)")
        }

        private static let remedy = "reload the queries (SIGHUP or POST /api/system/reload) to accept it"

        private func known(of template: QueryTemplate) -> Known? {
            before.known[template.id].flatMap { known in
                known.fingerprint == template.contractFingerprint ? known : nil
            }
        }
    }
}
