/// What is in use of one database's queries, and the rules for what may take its place.
///
/// Drafts are made side by side, by the Lead, reloads and looks at the schema, and come in any order. The one that was begun last
/// wins; the contracts that an operator accepted last win over every draft that was compared with others.
struct QueryLedger: Sendable {
    /// What became of a draft.
    enum Publication: Sendable {
        /// It is in use, in the place of this table.
        case replaced(QueryTable)
        /// A table that was begun later is in use.
        ///
        /// `isAccepted`: the contracts that the draft accepts count from now on, and the table in use is yet to be held to them.
        case superseded(isAccepted: Bool)
        /// It was compared with contracts that are not the present ones: it has to be made again.
        case outdated
    }

    /// The query table in use.
    private(set) var table = QueryTable.empty
    /// All templates that went into it.
    private(set) var sources = TemplateSources()
    /// What was known last of what callers rely on.
    private(set) var contracts = QueryContracts()
    /// Tells contracts from those that were known before.
    private(set) var generation: UInt64 = 0
    /// What the schema was when the queries were prepared.
    private(set) var schemaMark: String?
    /// The number of the draft in use; 0 before there is one.
    private(set) var publishedDraft: UInt64 = 0
    private var lastDraft: UInt64 = 0
    /// The draft whose contracts an operator accepted last.
    private var acceptedDraft: UInt64 = 0

    /// Takes over what was known in the last launch.
    mutating func begin(with contracts: QueryContracts) {
        self.contracts = contracts
    }

    /// The number of a draft that begins now.
    mutating func nextDraftNumber() -> UInt64 {
        lastDraft += 1
        return lastDraft
    }

    /// Puts a draft in use, unless something newer stands against it.
    mutating func publish(_ draft: TableDraft) -> Publication {
        // What was looked at once more counts as long as nothing newer is there, and stands in the way of nothing.
        let isNewest = draft.isReexamination ? draft.number == publishedDraft : draft.number > publishedDraft
        guard isNewest else { return .superseded(isAccepted: accept(draft)) }
        let judgement = draft.contracts
        guard judgement.acceptsChanges || draft.contractsGeneration == generation else { return .outdated }
        if judgement.acceptsChanges { acceptedDraft = draft.number }
        know(judgement.acceptsChanges ? judgement.after.filling(judgement.kept, from: contracts) : judgement.after)
        publishedDraft = draft.number
        sources = draft.sources
        schemaMark = draft.schemaMark
        defer { table = draft.table }
        return .replaced(table)
    }

    /// Gives the query table up.
    mutating func forgetTable() {
        table = .empty
    }

    /// Accepts the contracts of a draft that comes too late itself. Returns whether that changes any.
    private mutating func accept(_ draft: TableDraft) -> Bool {
        guard draft.contracts.acceptsChanges, draft.number > acceptedDraft else { return false }
        acceptedDraft = draft.number
        return know(contracts.adopting(draft.contracts.after, except: draft.contracts.kept))
    }

    @discardableResult
    private mutating func know(_ contracts: QueryContracts) -> Bool {
        guard contracts != self.contracts else { return false }
        self.contracts = contracts
        generation += 1
        return true
    }
}
