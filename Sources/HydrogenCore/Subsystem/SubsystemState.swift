/// Where a subsystem stands in its life.
public enum SubsystemState: String, Sendable, Hashable, Codable, CaseIterable {
    /// Registered, not yet checked; also after a No-Go. Goes to `ready`.
    case inactive
    /// Its checks said Go. Goes to `starting`, or back to `inactive` when the flight ends before its turn.
    case ready
    /// `launch` runs. Goes to `running` or `failed`.
    case starting
    /// Serves. Goes to `stopping`.
    case running
    /// `land` runs. Goes to `landed` or `failed`.
    case stopping
    /// Ended, everything freed. The last state.
    case landed
    /// `launch` or `land` did not succeed. The last state.
    case failed

    /// The states that may follow this one.
    public var successors: Set<SubsystemState> {
        switch self {
        case .inactive: [.ready]
        case .ready: [.starting, .inactive]
        case .starting: [.running, .failed]
        case .running: [.stopping]
        case .stopping: [.landed, .failed]
        case .landed, .failed: []
        }
    }
}
