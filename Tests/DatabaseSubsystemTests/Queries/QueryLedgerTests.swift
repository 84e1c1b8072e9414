import Testing

@testable import DatabaseSubsystem

@Suite("Which draft of a query table comes into use")
struct QueryLedgerTests {
    private static func contracts(_ type: String, accepting: Bool, before: QueryContracts) -> QueryContracts.Judgement {
        let template = QueryTemplate(id: QueryID(1), name: "q", sql: ParsedSQL("SELECT 1"), source: "test")
        let facts = StatementFacts(columns: [StatementFacts.Column(name: "id", type: type)], isReadOnly: true)
        var judgement = QueryContracts.Judgement(before, acceptsChanges: accepting)
        // One that is refused keeps what was known.
        try? judgement.judge(template, facts)
        return judgement
    }

    private static func draft(
        _ number: UInt64,
        of ledger: QueryLedger,
        _ type: String,
        accepting: Bool = false
    ) -> TableDraft {
        TableDraft(
            number: number,
            table: .empty,
            sources: TemplateSources(),
            contracts: contracts(type, accepting: accepting, before: ledger.contracts),
            contractsGeneration: ledger.generation,
            schemaMark: nil
        )
    }

    /// A ledger that knows the query with an integer.
    private static func ledger() -> QueryLedger {
        var ledger = QueryLedger()
        _ = ledger.publish(draft(ledger.nextDraftNumber(), of: ledger, "integer"))
        return ledger
    }

    private static func type(_ ledger: QueryLedger) -> String? {
        ledger.contracts.known[QueryID(1)]?.contract.columns.first?.type
    }

    private static func name(_ publication: QueryLedger.Publication) -> String {
        switch publication {
        case .replaced: "replaced"
        case .superseded(let isAccepted): isAccepted ? "superseded, accepted" : "superseded"
        case .outdated: "outdated"
        }
    }

    @Test("the one that began last wins")
    func order() {
        var ledger = Self.ledger()
        let (first, second) = (ledger.nextDraftNumber(), ledger.nextDraftNumber())
        let drafts = [second, first].map { Self.draft($0, of: ledger, "integer") }
        #expect(drafts.map { Self.name(ledger.publish($0)) } == ["replaced", "superseded"])
    }

    @Test("what an operator accepts counts, though a later draft is in use")
    func lateAcceptance() {
        var ledger = Self.ledger()
        let accepting = Self.draft(ledger.nextDraftNumber(), of: ledger, "text", accepting: true)
        let later = Self.draft(ledger.nextDraftNumber(), of: ledger, "text")
        #expect(Self.name(ledger.publish(later)) == "replaced")
        #expect(Self.type(ledger) == "integer")
        #expect(Self.name(ledger.publish(accepting)) == "superseded, accepted")
        #expect(Self.type(ledger) == "text")
        #expect(Self.name(ledger.publish(accepting)) == "superseded", "once")
    }

    @Test("a later draft that was compared with older contracts is made again")
    func olderContracts() {
        var ledger = Self.ledger()
        let accepting = Self.draft(ledger.nextDraftNumber(), of: ledger, "text", accepting: true)
        let later = Self.draft(ledger.nextDraftNumber(), of: ledger, "text")
        #expect(Self.name(ledger.publish(accepting)) == "replaced")
        #expect(Self.name(ledger.publish(later)) == "outdated")
        #expect(Self.type(ledger) == "text")
        #expect(Self.name(ledger.publish(Self.draft(ledger.nextDraftNumber(), of: ledger, "text"))) == "replaced")
        #expect(Self.type(ledger) == "text")
    }

    @Test("an acceptance does not undo one that began later")
    func acceptances() {
        var ledger = Self.ledger()
        let first = Self.draft(ledger.nextDraftNumber(), of: ledger, "text", accepting: true)
        let second = Self.draft(ledger.nextDraftNumber(), of: ledger, "date", accepting: true)
        #expect(Self.name(ledger.publish(second)) == "replaced")
        #expect(Self.name(ledger.publish(first)) == "superseded")
        #expect(Self.type(ledger) == "date")
    }
}
