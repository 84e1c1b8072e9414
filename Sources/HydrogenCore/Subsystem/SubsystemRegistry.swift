import Synchronization

/// The subsystems of one host in the order of their registration, each with its state and the history of its changes.
///
/// The state of a subsystem changes only here and only along ``SubsystemState/successors``.
public final class SubsystemRegistry: Sendable {
    /// One change of a subsystem's state.
    public struct Change: Sendable, Hashable, Codable {
        /// The state entered.
        public let state: SubsystemState
        /// When, in civil time, RFC 3339.
        public let at: String
    }

    /// One subsystem with its state, as a value for reports.
    public struct Entry: Sendable, Hashable, Codable {
        /// The subsystem's name.
        public let name: String
        /// The names of what it depends on.
        public let dependencies: [String]
        /// Every state it has been in, oldest first; never empty.
        public let history: [Change]
        /// The present state.
        public var state: SubsystemState { history.last?.state ?? .inactive }
    }

    /// All subsystems, in the order of their registration.
    public let subsystems: [any Subsystem]

    private let histories: Mutex<[SubsystemName: [Change]]>
    private let now: @Sendable () -> WallTime

    /// Registers the subsystems, each `inactive`.
    ///
    /// - Parameter now: Civil time for the history. Default: the machine's clock.
    /// - Throws: ``RegistrationError`` when two have the same name.
    public init(
        _ subsystems: [any Subsystem],
        now: @escaping @Sendable () -> WallTime = { .now }
    ) throws(RegistrationError) {
        var histories: [SubsystemName: [Change]] = [:]
        for subsystem in subsystems {
            guard histories[subsystem.name] == nil else { throw .duplicateName(subsystem.name) }
            histories[subsystem.name] = [Change(state: .inactive, at: now().rfc3339)]
        }
        self.subsystems = subsystems
        self.histories = Mutex(histories)
        self.now = now
    }

    /// The present state; `nil` for a name that is not registered.
    public func state(of name: SubsystemName) -> SubsystemState? {
        histories.withLock { $0[name]?.last?.state }
    }

    /// Moves a subsystem to its next state.
    ///
    /// A move that ``SubsystemState/successors`` does not allow is a bug of the host and stops the process.
    public func move(_ name: SubsystemName, to state: SubsystemState) {
        let change = Change(state: state, at: now().rfc3339)
        let allowed = histories.withLock { histories in
            guard let present = histories[name]?.last?.state, present.successors.contains(state) else { return false }
            histories[name]?.append(change)
            return true
        }
        guard allowed else { preconditionFailure("\(name) cannot become \(state)") }
    }

    /// All subsystems with their histories, in the order of their registration.
    public var entries: [Entry] {
        let histories = histories.withLock { $0 }
        return subsystems.map { subsystem in
            Entry(
                name: subsystem.name.rawValue,
                dependencies: subsystem.dependencies.map(\.rawValue),
                history: histories[subsystem.name] ?? []
            )
        }
    }

    /// The names of the subsystems in one state, in the order of their registration.
    public func names(in state: SubsystemState) -> [SubsystemName] {
        let histories = histories.withLock { $0 }
        return subsystems.map(\.name).filter { histories[$0]?.last?.state == state }
    }
}

/// Why subsystems cannot stand in one registry.
public enum RegistrationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Two subsystems have this name.
    case duplicateName(SubsystemName)

    public var description: String {
        switch self {
        case .duplicateName(let name): "two subsystems are named \(name); give each its own name"
        }
    }
}
