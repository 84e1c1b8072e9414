import DatabaseSubsystem
import Glibc
import HydrogenCore

/// What runs here.
struct InfoReport: Sendable, Encodable {
    /// One subsystem of the host.
    struct Subsystem: Sendable, Encodable {
        let name: String
        let state: SubsystemState
        let since: String?
        let dependencies: [String]
    }

    let success = true
    let name: String
    let version = HydrogenVersion.current
    let pid = getpid()
    let phase: FlightRecorder.Phase
    let startedAt: String
    let uptimeSeconds: Double
    /// Memory in RAM; `nil` where the kernel does not tell.
    let residentBytes: Int?
    /// Threads; `nil` where the kernel does not tell.
    let threads: Int?
    let reloads: FlightRecorder.Reloads
    let subsystems: [Subsystem]
    /// How many databases fly, by engine.
    let databases: [String: Int]

    init(_ services: WebServices, uptime: Duration) {
        let record = services.recorder.snapshot
        let process = ProcessFacts()
        name = services.serverName
        phase = record.phase
        startedAt = record.startedAt
        uptimeSeconds = uptime.seconds
        residentBytes = process.residentBytes
        threads = process.threads
        reloads = record.reloads
        subsystems = services.recorder.subsystems.map { entry in
            Subsystem(
                name: entry.name,
                state: entry.state,
                since: entry.history.last?.at,
                dependencies: entry.dependencies
            )
        }
        let engines = services.databases.databases.map(\.configuration.kind.name)
        databases = Dictionary(engines.map { ($0, 1) }, uniquingKeysWith: +)
    }
}
