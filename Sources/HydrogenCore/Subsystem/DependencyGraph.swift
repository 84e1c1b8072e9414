/// Which subsystem needs which, put in an order in which every one comes after all it needs.
///
/// Only names count: the graph knows nothing of what stands behind them.
public struct DependencyGraph: Sendable, Hashable {
    /// All names, each after its dependencies; among those that could come next the one registered first does.
    public let order: [SubsystemName]
    private let dependencies: [SubsystemName: [SubsystemName]]

    /// Orders `nodes`, given in the order of their registration.
    ///
    /// A dependency that is no node does not take part in the order; see ``unknownDependencies(of:)``.
    /// - Throws: ``DependencyCycle`` when some need each other in a circle.
    public init(_ nodes: [(name: SubsystemName, dependencies: [SubsystemName])]) throws(DependencyCycle) {
        self.dependencies = Dictionary(
            nodes.map { ($0.name, $0.dependencies) },
            uniquingKeysWith: { first, _ in first }
        )
        var waiting = nodes
        var order: [SubsystemName] = []
        var placed: Set<SubsystemName> = []
        let known = Set(nodes.map(\.name))
        while !waiting.isEmpty {
            let next = waiting.firstIndex { node in
                node.dependencies.allSatisfy { placed.contains($0) || !known.contains($0) }
            }
            guard let next else { throw DependencyCycle(among: waiting) }
            let name = waiting.remove(at: next).name
            order.append(name)
            placed.insert(name)
        }
        self.order = order
    }

    /// Orders subsystems by what they declare.
    ///
    /// - Throws: ``DependencyCycle`` when some need each other in a circle.
    public init(_ subsystems: [any Subsystem]) throws(DependencyCycle) {
        try self.init(subsystems.map { ($0.name, $0.dependencies) })
    }

    /// What `name` needs, as declared; empty for a name that is no node.
    public func dependencies(of name: SubsystemName) -> [SubsystemName] {
        dependencies[name] ?? []
    }

    /// The dependencies of `name` that nobody registered.
    public func unknownDependencies(of name: SubsystemName) -> [SubsystemName] {
        dependencies(of: name).filter { dependencies[$0] == nil }
    }
}

/// Subsystems that need each other in a circle, so that none can be the first.
public struct DependencyCycle: Error, Sendable, Hashable, CustomStringConvertible {
    /// The circle, with its first name again at the end: A, B, A.
    public let path: [SubsystemName]

    /// Finds the circle among nodes of which each needs at least one other of them.
    fileprivate init(among nodes: [(name: SubsystemName, dependencies: [SubsystemName])]) {
        let needs = Dictionary(nodes.map { ($0.name, $0.dependencies) }, uniquingKeysWith: { first, _ in first })
        var path: [SubsystemName] = []
        var next = nodes.first?.name
        while let name = next, !path.contains(name) {
            path.append(name)
            next = needs[name]?.first { needs[$0] != nil }
        }
        let start = next.flatMap { path.firstIndex(of: $0) } ?? 0
        self.path = Array(path[start...]) + (next.map { [$0] } ?? [])
    }

    public var description: String {
        let circle = path.map(\.rawValue).joined(separator: " -> ")
        return "subsystems depend on each other in a circle: \(circle); take one of these dependencies away"
    }
}
