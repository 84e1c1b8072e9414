import HydrogenCore

extension LaunchSequence {
    /// Performs every check of every subsystem, each subsystem after all it needs, and moves those that are Go to
    /// `ready`.
    ///
    /// - Parameter isPreflight: Whether to perform the preflight checks too.
    func checkReadiness(isPreflight: Bool) async -> LaunchReadiness {
        var decisions: [SubsystemName: SubsystemReadiness.Decision] = [:]
        var subsystems: [SubsystemReadiness] = []
        for name in graph.order {
            var checks = [DependencyCheck.result(for: name, in: graph, decisions: decisions)].compactMap(\.self)
            checks += await ownChecks(of: name, isPreflight: isPreflight)
            let readiness = SubsystemReadiness(subsystem: name.rawValue, checks: checks)
            decisions[name] = readiness.decision
            if readiness.decision == .go { registry.move(name, to: .ready) }
            subsystems.append(readiness)
        }
        return LaunchReadiness(subsystems: subsystems)
    }

    // A subsystem is checked also when what it needs is No-Go: the operator sees everything there is to mend.
    private func ownChecks(of name: SubsystemName, isPreflight: Bool) async -> [CheckResult] {
        var results: [CheckResult] = []
        let subsystem = registry.subsystems.first { $0.name == name }
        let checks = (subsystem?.readinessChecks ?? []) + (isPreflight ? subsystem?.preflightChecks ?? [] : [])
        for check in checks {
            guard stop.current == nil else { break }
            results.append(
                await .performing(check, in: nursery, on: clock, cancelledBy: stop, grace: Self.grace)
            )
        }
        if stop.current != nil {
            results.append(CheckResult(name: "flight", findings: [.noGo("landing began first")]))
        }
        return results
    }
}
