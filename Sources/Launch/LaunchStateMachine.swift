import HydrogenCore

/// Decides which subsystem launches when: as soon as all it needs run, and never when one of them cannot.
struct LaunchStateMachine {
    /// Where one subsystem stands.
    enum Stage: Equatable {
        /// Its dependencies are not all running yet. Goes to `launching` or `grounded`.
        case waiting
        /// `launch` runs. Goes to `running` or `failed`.
        case launching
        /// Launched. The last stage.
        case running
        /// `launch` failed. The last stage.
        case failed
        /// Never to be launched, with the reason. The last stage.
        case grounded(String)
    }

    /// What the owner is to do next.
    enum Action: Equatable {
        /// Call `launch`, and report how it ended.
        case launch(SubsystemName)
        /// The subsystem will not be launched; it had been ready.
        case ground(SubsystemName, reason: String)
    }

    private let graph: DependencyGraph
    private(set) var stages: [SubsystemName: Stage]
    private var isStopped = false

    /// A launch of the subsystems in `go`; all others of `graph` are grounded from the start.
    init(graph: DependencyGraph, go: Set<SubsystemName>) {
        self.graph = graph
        self.stages = Dictionary(
            uniqueKeysWithValues: graph.order.map { ($0, go.contains($0) ? .waiting : .grounded("No-Go")) }
        )
    }

    /// Begins: everything that needs nothing launches at once.
    mutating func begin() -> [Action] { settle() }

    /// `launch` returned.
    mutating func launched(_ name: SubsystemName) -> [Action] {
        leave(.launching, of: name, for: .running)
        return settle()
    }

    /// `launch` threw.
    mutating func failed(_ name: SubsystemName) -> [Action] {
        leave(.launching, of: name, for: .failed)
        return settle()
    }

    /// Landing was asked for: nothing more is to be launched.
    mutating func stop() -> [Action] {
        isStopped = true
        return settle()
    }

    /// The names of those whose `launch` runs, in the order of the graph.
    var launching: [SubsystemName] { graph.order.filter { stages[$0] == .launching } }

    private mutating func leave(_ stage: Stage, of name: SubsystemName, for next: Stage) {
        guard stages[name] == stage else { preconditionFailure("\(name) is not \(stage)") }
        stages[name] = next
    }

    // One pass is enough: every dependency stands before its dependents.
    private mutating func settle() -> [Action] {
        var actions: [Action] = []
        for name in graph.order where stages[name] == .waiting {
            if let reason = isStopped ? "landing began first" : obstacle(to: name) {
                stages[name] = .grounded(reason)
                actions.append(.ground(name, reason: reason))
            } else if graph.dependencies(of: name).allSatisfy({ stages[$0] == .running }) {
                stages[name] = .launching
                actions.append(.launch(name))
            }
        }
        return actions
    }

    private func obstacle(to name: SubsystemName) -> String? {
        for dependency in graph.dependencies(of: name) {
            switch stages[dependency] {
            case .failed: return "needs \(dependency), which failed to launch"
            case .grounded, nil: return "needs \(dependency), which was not launched"
            case .waiting, .launching, .running: continue
            }
        }
        return nil
    }
}
