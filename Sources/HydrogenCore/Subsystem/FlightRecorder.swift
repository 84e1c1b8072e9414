import Synchronization

/// What a running host tells about itself: the phase of the flight, its subsystems, and the latest launch report.
///
/// Made before the subsystems, written by the host, read by whoever answers questions about the host.
public final class FlightRecorder: Sendable {
    /// How far the flight is.
    public enum Phase: String, Sendable, Hashable, Codable, CaseIterable {
        /// Subsystems are checked and launched.
        case launching
        /// Everything that can fly has launched; some of it is still to reach full strength.
        case started
        /// `READY FOR REQUESTS` has been said.
        case ready
        /// Subsystems land. New work is to be refused.
        case landing
        /// All have landed, or were abandoned.
        case landed

        fileprivate var number: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// How often the configuration was reloaded.
    public struct Reloads: Sendable, Hashable, Codable {
        /// Put in use.
        public var completed = 0
        /// Refused for a fault, the old configuration kept.
        public var refused = 0
    }

    /// One moment's whole record.
    public struct Snapshot: Sendable {
        /// How far the flight is.
        public var phase = Phase.launching
        /// When the flight began, in civil time, RFC 3339.
        public var startedAt: String
        /// The launch report as a JSON object in UTF-8; `nil` until the launch is over.
        public var launchReport: [UInt8]?
        /// Running subsystems that are still to reach full strength, in the order of their launch.
        public var starting: [String] = []
        /// Running subsystems at full strength, in the order in which they reached it.
        public var atStrength: [String] = []
        /// What is different from the previous launch, one sentence each.
        public var changes: [String] = []
        /// How often the configuration was reloaded.
        public var reloads = Reloads()
    }

    private let state: Mutex<(snapshot: Snapshot, registry: SubsystemRegistry?)>

    /// A record of a flight that begins now.
    public init(startedAt: WallTime = .now) {
        self.state = Mutex((Snapshot(startedAt: startedAt.rfc3339), nil))
    }

    /// The record as it stands.
    public var snapshot: Snapshot { state.withLock { $0.snapshot } }

    /// How far the flight is.
    public var phase: Phase { state.withLock { $0.snapshot.phase } }

    /// Whether requests should come: `READY FOR REQUESTS` has been said, and landing has not begun.
    public var isReady: Bool { phase == .ready }

    /// All subsystems with the history of their states; empty until the flight has begun.
    public var subsystems: [SubsystemRegistry.Entry] {
        state.withLock { $0.registry }?.entries ?? []
    }

    /// Takes up the subsystems of the flight.
    package func follow(_ registry: SubsystemRegistry) {
        state.withLock { $0.registry = registry }
    }

    /// Goes on to `phase`; does nothing when the flight is as far already.
    package func advance(to phase: Phase) {
        state.withLock { state in
            if phase.number > state.snapshot.phase.number { state.snapshot.phase = phase }
        }
    }

    /// Changes the record in one step.
    package func update(_ change: (inout Snapshot) -> Void) {
        state.withLock { change(&$0.snapshot) }
    }
}
