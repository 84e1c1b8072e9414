/// The contracts of one database's queries as they were known last, by number.
///
/// A query whose template is the same and whose contract is not was changed behind its back: it is No-Go by itself, until its
/// contract is the old one again, or an operator accepts the present one by a reload.
struct QueryContracts: Sendable, Hashable {
    /// The contract of one template.
    struct Known: Sendable, Hashable, Codable {
        /// The template's fingerprint, in hexadecimal digits: another template has another contract.
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

    /// Decides on the templates of one query table, and gathers the contracts that are known after it.
    struct Judgement {
        private let before: QueryContracts
        private let acceptsChanges: Bool
        /// What is known after it; templates that were not judged are not among it.
        private(set) var after = QueryContracts()

        /// - Parameter acceptsChanges: Whether the present contracts count, as an operator has asked for them.
        init(_ before: QueryContracts, acceptsChanges: Bool) {
            self.before = before
            self.acceptsChanges = acceptsChanges
        }

        /// The engine does not accept the template at present: what was known of it stays known.
        mutating func keep(_ template: QueryTemplate) {
            after.known[template.id] = known(of: template)
        }

        /// Compares what the engine knows of a template with what was known before.
        ///
        /// - Throws: `refused`, with the changes.
        mutating func judge(_ template: QueryTemplate, _ facts: StatementFacts) throws(DatabaseError) {
            let contract = QueryContract(facts)
            guard !acceptsChanges, let known = known(of: template), known.contract != contract else {
                let fingerprint = ContentHash.hexadecimal(template.fingerprint)
                after.known[template.id] = Known(fingerprint: fingerprint, contract: contract)
                return
            }
            after.known[template.id] = known
            let changes = contract.changes(from: known.contract).joined(separator: "; ")
            throw DatabaseError(.refused, "\(changes); reload the queries (SIGHUP) to accept it")
        }

        private func known(of template: QueryTemplate) -> Known? {
            before.known[template.id].flatMap { known in
                known.fingerprint == ContentHash.hexadecimal(template.fingerprint) ? known : nil
            }
        }
    }
}
