public import HydrogenCore

/// What an operator should know before the subsystems land, in the order in which they will.
public struct LandingReadiness: Sendable, Hashable, Codable {
    /// Every running subsystem, each before all it needs.
    public let subsystems: [SubsystemReadiness]

    /// The findings of all running subsystems, in the order of landing.
    public init(subsystems: [SubsystemReadiness]) {
        self.subsystems = subsystems
    }

    /// The report from `LANDING READINESS` to `LANDING READINESS COMPLETE`.
    public var lines: [String] {
        let blocks = subsystems.flatMap { subsystem in
            subsystem.lines { decision in
                switch decision {
                case .go: "Go For Landing of \(subsystem.subsystem)"
                case .noGo: "No-Go For Landing of \(subsystem.subsystem), which lands all the same"
                }
            }
        }
        return ["LANDING READINESS"] + blocks + ["LANDING READINESS COMPLETE"]
    }

    var alerts: [String] { subsystems.flatMap(\.alerts) }
}
