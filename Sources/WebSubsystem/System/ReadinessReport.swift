import DatabaseSubsystem
import HydrogenCore

/// Whether requests should come.
///
/// They should from `READY FOR REQUESTS` to the landing, as long as one database serves.
struct ReadinessReport: Sendable, Hashable, Encodable {
    /// A database that does not serve.
    struct Absence: Sendable, Hashable, Encodable {
        let name: String
        let reason: String?
    }

    /// The state in one word.
    enum Status: String, Sendable, Encodable {
        /// Every enabled database serves.
        case ready
        /// Some serve.
        case degraded
        /// Not yet: some have not finished their first start sequence.
        case starting
        /// None serves.
        case unavailable
        /// No longer.
        case landing
    }

    /// The same as ``ready``: every response has it.
    let success: Bool
    /// Whether requests should come.
    let ready: Bool
    /// The state in one word.
    let status: Status
    /// How many databases are enabled.
    let databasesExpected: Int
    /// How many of them serve.
    let databasesReady: Int
    /// Those in their first start sequence.
    let starting: [Absence]
    /// Those that served and lost their connection.
    let degraded: [Absence]
    /// Those that do not fly.
    let noGo: [Absence]

    /// Decides, from the databases in flight and the enabled ones that do not fly, with the reasons.
    init(flight: FlightRecorder.Phase, databases: [(name: String, phase: Database.Phase)], grounded: [String: String]) {
        var starting: [Absence] = []
        var degraded: [Absence] = []
        var noGo = grounded.sorted { $0.key < $1.key }.map { Absence(name: $0.key, reason: $0.value) }
        for (name, phase) in databases {
            switch phase {
            case .starting(let reason): starting.append(Absence(name: name, reason: reason))
            case .recovering(let reason): degraded.append(Absence(name: name, reason: reason))
            case .grounded(let reason): noGo.append(Absence(name: name, reason: reason))
            case .ready, .landing, .landed: break
            }
        }
        self.starting = starting
        self.degraded = degraded
        self.noGo = noGo
        databasesExpected = databases.count + grounded.count
        databasesReady = databases.count { $0.phase == .ready }
        status = Self.status(flight, ready: databasesReady, of: databasesExpected)
        ready = status == .ready || status == .degraded
        success = ready
    }

    private static func status(_ flight: FlightRecorder.Phase, ready: Int, of expected: Int) -> Status {
        switch flight {
        case .landing, .landed: .landing
        case .launching, .started: .starting
        case .ready where ready == 0: .unavailable
        case .ready: ready == expected ? .ready : .degraded
        }
    }
}
