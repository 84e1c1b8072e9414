import HydrogenCore
import Logging

/// Compares the contracts of all queries with what the database says of them, when its schema may have changed.
///
/// That is: at a heartbeat, when the change feed sees another schema, when a query fails as one does whose tables are not what
/// they were, and when an operator's acceptance came too late for the table in use. What the database's schema mark does not cover
/// is found by failing queries alone.
struct ContractWatch: Sendable {
    /// How long after one look the next comes at the soonest.
    static let pause = Duration.seconds(1)

    private let database: Database
    private let longestPause: Duration
    private let logger: Logger

    /// - Parameter longestPause: How long failing queries wait at most for a look at everything, when looks find nothing.
    init(_ database: Database, longestPause: Duration, logger: Logger) {
        self.database = database
        self.longestPause = longestPause
        self.logger = logger
    }

    /// Watches until the task is cancelled.
    func run() async {
        var pacing = LookPacing(first: Self.pause * 2, limit: longestPause)
        var isRefusalTold = false
        for await _ in database.doubts.signals {
            let left: Set<ContractDoubt> = pacing.allowsLook(at: database.clock.now) ? [] : [.failedPlan, .noGo]
            let doubts = database.doubts.take(leaving: left)
            if !doubts.isEmpty, database.phase == .ready { await look(doubts, &pacing, &isRefusalTold) }
            guard (try? await database.clock.sleep(for: Self.pause)) != nil else { return }
        }
    }

    private func look(_ doubts: Set<ContractDoubt>, _ pacing: inout LookPacing, _ isRefusalTold: inout Bool) async {
        do throws(DatabaseError) {
            let mark = try await database.lead.withConnection { connection throws(DatabaseError) in
                try connection.schemaMark()
            }
            isRefusalTold = false
            let isOther = mark != database.draftBase.schemaMark
            let asksForAll = !doubts.isSubset(of: [.schema, .noGo])
            if !isOther, !asksForAll {
                guard doubts.contains(.noGo), try await isAnyMended() else { return }
            }
            let draft = try await StartSequence(database).reexaminedTable()
            guard case .replaced(let old) = database.publish(draft) else { return }
            let hasFound = tell(from: old, to: draft.table)
            pacing.looked(
                at: database.clock.now,
                hasFound: hasFound || isOther || doubts.isDisjoint(with: [.failedPlan, .noGo])
            )
            let label = database.lead.label
            database.keepContracts { [logger] in logger.report(label, .contractsNotKept($0)) }
        } catch {
            if doubts.contains(.acceptance) { database.doubts.raise(.acceptance) }
            // After a lost connection the start sequence comes, which looks at everything.
            guard !error.isRetryable else { return }
            pacing.looked(at: database.clock.now, hasFound: false)
            if !isRefusalTold { logger.report(database.lead.label, .schemaNotSeen(error)) }
            isRefusalTold = true
        }
    }

    /// Whether a query that is No-Go would not be so any more.
    private func isAnyMended() async throws(DatabaseError) -> Bool {
        let templates = database.table.sortedEntries.compactMap { entry in
            if case .noGo(let rejected) = entry { rejected.template } else { nil }
        }
        let (contracts, preparation) = (database.draftBase.contracts, database.preparation)
        return try await database.lead.withConnection { connection throws(DatabaseError) in
            var judgement = QueryContracts.Judgement(contracts, acceptsChanges: false)
            let isMended = templates.contains { template in
                (try? preparation.prepared(template, on: connection, &judgement)) != nil
            }
            guard connection.isUsable else { throw .closed }
            return isMended
        }
    }

    /// One line for each query that cannot be used any more, or can be again. Returns whether there was any.
    private func tell(from old: QueryTable, to new: QueryTable) -> Bool {
        let events = new.sortedEntries.compactMap { entry -> QueueNotice.Event? in
            switch (old[entry.template.id], entry) {
            case (.noGo(let before), .noGo(let now)) where before.reason == now.reason: nil
            case (_, .noGo(let now)): .noGo(fault: now.description)
            case (.noGo, .ready): .goodAgain(entry.template.id)
            case (_, .ready): nil
            }
        }
        for event in events { logger.report(database.lead.label, event) }
        return !events.isEmpty
    }
}
