import HydrogenCore

/// Judges a subsystem by what it needs: a dependency that does not fly grounds it too.
enum DependencyCheck {
    /// The check's name in reports.
    static let name = "dependencies"

    /// One finding for each dependency of `name`, in the order of their declaration.
    ///
    /// - Parameter decisions: What was decided for those checked before, which includes all known dependencies.
    static func result(
        for name: SubsystemName,
        in graph: DependencyGraph,
        decisions: [SubsystemName: SubsystemReadiness.Decision]
    ) -> CheckResult? {
        let dependencies = graph.dependencies(of: name)
        guard !dependencies.isEmpty else { return nil }
        let findings = dependencies.map { dependency -> Finding in
            switch decisions[dependency] {
            case .go: .go("needs \(dependency), which is Go")
            case .noGo: .noGo("needs \(dependency), which is No-Go")
            case nil: .noGo("needs \(dependency), but no subsystem has that name; register it or mend the dependency")
            }
        }
        return CheckResult(name: Self.name, findings: findings)
    }
}
