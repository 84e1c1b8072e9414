public import HydrogenCore

/// What every subsystem's checks found, in the order in which the subsystems would launch.
public struct LaunchReadiness: Sendable, Hashable, Codable {
    /// Every subsystem, each after all it needs.
    public let subsystems: [SubsystemReadiness]

    /// The findings of all subsystems, each standing after all it needs.
    public init(subsystems: [SubsystemReadiness]) {
        self.subsystems = subsystems
    }

    /// The readiness of one subsystem; `nil` for a name that was not checked.
    public subscript(name: String) -> SubsystemReadiness? {
        subsystems.first { $0.subsystem == name }
    }

    /// Whether there is nothing at all to mend, not even a part of a subsystem.
    public var isAllGo: Bool { subsystems.allSatisfy(\.isAllGo) }

    /// The report from `LAUNCH READINESS` to `LAUNCH READINESS COMPLETE`.
    public var lines: [String] {
        let blocks = subsystems.flatMap { subsystem in
            subsystem.lines { decision in
                switch decision {
                case .go: "Go For Launch of \(subsystem.subsystem) Subsystem"
                case .noGo: "No-Go For Launch of \(subsystem.subsystem) Subsystem"
                }
            }
        }
        return ["LAUNCH READINESS"] + blocks + ["LAUNCH READINESS COMPLETE"]
    }

    /// What a preflight ends with: whether everything is Go, or once more what is not.
    var verdict: [String] {
        guard !isAllGo else { return ["PREFLIGHT COMPLETE: Go"] }
        return ["PREFLIGHT COMPLETE: No-Go"] + alerts.map { "  \($0)" }
    }

    var alerts: [String] { subsystems.flatMap(\.alerts) }
}
