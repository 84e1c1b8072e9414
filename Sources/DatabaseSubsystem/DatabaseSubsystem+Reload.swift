package import HydrogenCore
import Logging

/// Loading queries anew in flight: on SIGHUP, when an operator asks for it, and when their table changes.
extension DatabaseSubsystem {
    /// Loads the queries of every database anew. What else changed in the section takes effect at the next launch.
    package func prepareReload(_ configuration: ConfigurationDocument) async throws -> Reload {
        let attempts = await turnstile.pass { [self] in
            await QueryReload(of: databases.filter { $0.phase == .ready }, acceptsContracts: true).attempts()
        }
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
            for attempt in attempts { tell(attempt.publish(), of: attempt, because: nil) }
        }
    }

    /// Loads the queries of one database, or of all, anew, and puts in use what could be made: all of a database's queries, or
    /// none of them.
    ///
    /// One reload runs at a time; another one waits for it.
    ///
    /// - Returns: What became of each database, hosts before those whose queries come from them; nothing for a name that no
    ///   database in flight has.
    package func reloadQueries(of name: String? = nil) async -> [ReloadOutcome] {
        await reloadQueries(of: databases.filter { name == nil || $0.name == name }, because: .request)
    }

    func reloadQueries(of databases: [Database], because cause: ReloadCause) async -> [ReloadOutcome] {
        await turnstile.pass { [self] in
            var outcomes: [ReloadOutcome] = []
            let reload = QueryReload(of: databases, acceptsContracts: cause == .request)
            for attempt in await reload.attempts() {
                let outcome = attempt.publish()
                tell(outcome, of: attempt, because: cause)
                outcomes.append(outcome)
            }
            return outcomes
        }
    }

    /// - Parameter cause: `nil` for a reload that is reported elsewhere.
    private func tell(_ outcome: ReloadOutcome, of attempt: QueryReload.Attempt, because cause: ReloadCause?) {
        guard let logger else { return }
        let label = attempt.database.lead.label
        if outcome.reloaded, let reason = attempt.database.keepContracts() {
            logger.report(label, .contractsNotKept(reason))
        }
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
