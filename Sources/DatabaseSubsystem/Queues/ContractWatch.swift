import HydrogenCore
import Logging

/// Compares the contracts of all queries with what the database says of them, when its schema may have changed.
///
/// That is: at a heartbeat, when the change feed sees another schema, and when a query fails as one does whose tables are not what
/// they were. What the database's schema mark does not cover is found by the last of these alone.
struct ContractWatch: Sendable {
    /// How long after one look the next comes at the soonest: a query that always fails must not keep the Lead busy.
    static let pause = Duration.seconds(1)

    private let database: Database
    private let logger: Logger

    init(_ database: Database, logger: Logger) {
        self.database = database
        self.logger = logger
    }

    /// Watches until the task is cancelled.
    func run() async {
        for await _ in database.doubts {
            await look()
            guard (try? await database.clock.sleep(for: Self.pause)) != nil else { return }
        }
    }

    private func look() async {
        let isCertain = database.takeFailedPlan()
        guard database.phase == .ready else { return }
        do throws(DatabaseError) {
            let mark = try await database.lead.withConnection { connection throws(DatabaseError) in
                try connection.schemaMark()
            }
            guard isCertain || mark != database.schemaMark else { return }
            let draft = try await StartSequence(database).reexaminedTable()
            guard let old = database.publish(draft) else { return }
            tell(from: old, to: draft.table)
            if let reason = database.keepContracts() {
                logger.report(database.lead.label, .contractsNotKept(reason))
            }
        } catch {
            // A lost connection: the start sequence comes, which looks at everything.
        }
    }

    /// One line for each query that cannot be used any more, or can be again.
    private func tell(from old: QueryTable, to new: QueryTable) {
        let label = database.lead.label
        for entry in new.sortedEntries {
            switch (old[entry.template.id], entry) {
            case (.noGo(let before), .noGo(let now)) where before.reason == now.reason: break
            case (_, .noGo(let now)): logger.report(label, .noGo(fault: now.description))
            case (.noGo, .ready): logger.report(label, .goodAgain(entry.template.id))
            case (_, .ready): break
            }
        }
    }
}
