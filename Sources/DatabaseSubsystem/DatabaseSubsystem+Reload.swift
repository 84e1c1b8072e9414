package import HydrogenCore
import Logging

/// Loading queries anew in flight: on SIGHUP, when an operator asks for it, and when their table changes.
extension DatabaseSubsystem {
    /// Loads the queries of every database anew. What else changed in the section takes effect at the next launch.
    package func prepareReload(_ configuration: ConfigurationDocument) async throws -> Reload {
        let run = await turnstile.pass(for: .prepared) { [self] in
            let reload = QueryReload(of: databases.filter { $0.phase == .ready }, acceptsContracts: true)
            return QueryReload.Run(attempts: await reload.attempts())
        }
        guard let attempts = run?.attempts else { throw CancellationError() }
        let faults = attempts.compactMap { attempt in
            if case .failure(let error) = attempt.result { "\(attempt.database.name): \(error.message)" } else { nil }
        }
        guard faults.isEmpty else { throw ReloadFaults(faults: faults) }
        let changes = attempts.compactMap { attempt in
            (try? attempt.result.get()).map {
                "\(ReloadOutcome(attempt.database.name, replaced: attempt.database.table, by: $0.table).line)"
            }
        }
        return Reload(changes: changes) { [self] in
            for attempt in attempts { publish(attempt) }
        }
    }

    /// Puts in use what was prepared; what comes too late is not made again, as nobody waits for it.
    private func publish(_ attempt: QueryReload.Attempt) {
        guard case .success(let draft) = attempt.result else { return }
        let database = attempt.database
        switch database.publish(draft) {
        case .replaced(let old):
            tell(ReloadOutcome(database.name, replaced: old, by: draft.table), of: attempt, because: nil)
        case .superseded(let isAccepted):
            logger?.report(database.lead.label, .reloadSuperseded(isAccepted: isAccepted))
        case .outdated:
            logger?.report(database.lead.label, .reloadSuperseded(isAccepted: false))
        }
    }

    /// Loads the queries of one database, or of all, anew, and puts in use what could be made: all of a database's queries, or
    /// none of them.
    ///
    /// One reload runs at a time; those who wait for the same one share it.
    ///
    /// - Returns: What became of each database, hosts before those whose queries come from them; nothing for a name that no
    ///   database in flight has, and for a task that was cancelled while it waited.
    package func reloadQueries(of name: String? = nil) async -> [ReloadOutcome] {
        await reload(databases.filter { name == nil || $0.name == name }, because: .request).outcomes
    }

    /// Loads the queries of some databases anew; nothing of a task that was cancelled while it waited for others.
    func reload(_ databases: [Database], because cause: ReloadCause) async -> QueryReload.Run {
        let key = QueryReload.Key.published(databases: Set(databases.map(\.name)), cause)
        let run = await turnstile.pass(for: key) { [self] in
            let reload = QueryReload(of: databases, acceptsContracts: cause == .request)
            var run = QueryReload.Run()
            for attempt in await reload.attempts() {
                let (attempt, outcome) = await reload.publish(attempt)
                tell(outcome, of: attempt, because: cause)
                run.attempts.append(attempt)
                run.outcomes.append(outcome)
            }
            return run
        }
        return run ?? QueryReload.Run()
    }

    /// - Parameter cause: `nil` for a reload that is reported elsewhere.
    private func tell(_ outcome: ReloadOutcome, of attempt: QueryReload.Attempt, because cause: ReloadCause?) {
        guard let logger else { return }
        let label = attempt.database.lead.label
        if outcome.reloaded { attempt.database.keepContracts { logger.report(label, .contractsNotKept($0)) } }
        switch (attempt.result, cause) {
        case (.failure(let error), _) where error.code == .landing: return
        case (.failure(let error), let cause?): logger.report(label, .notReloaded(error, because: cause))
        // After a gap in the feed nothing need have happened.
        case (.success, .gap) where !outcome.changed: return
        case (.success, let cause?): logger.report(label, .reloaded(outcome, because: cause))
        case (_, nil): break
        }
        guard outcome.reloaded else { return }
        for fault in outcome.faults { logger.report(label, .noGo(fault: fault)) }
    }
}

extension ReloadOutcome {
    /// For the report of a reload: `Demo: 15 of 15 queries ready, version 0011223344556677`.
    fileprivate var line: String { "\(database): \(self)" }
}

/// Why the queries of some databases could not be loaded anew, one line each.
private struct ReloadFaults: Error, CustomStringConvertible {
    let faults: [String]

    var description: String { faults.joined(separator: "\n") }
}
