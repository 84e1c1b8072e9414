import FoundationEssentials
import HydrogenCore
import HydrogenHost
import HydrogenTesting
import Synchronization

/// Everything a test of whole flights needs: subsystems that keep one journal, signals to send, and configurations to
/// reload.
final class Airfield: Sendable {
    let clock = ManualClock()
    let log = CapturedLog()
    let recorder = FlightRecorder()
    let journal = Journal<ScriptedEvent>()
    /// What the next reload reads.
    let nextConfiguration = Mutex("{}")
    private let (signals, sender) = AsyncStream<FlightSignal>.makeStream()

    func subsystem(
        _ name: SubsystemName,
        _ dependencies: [SubsystemName] = [],
        script: (inout ScriptedSubsystem) -> Void = { _ in }
    ) -> ScriptedSubsystem {
        ScriptedSubsystem(name, dependencies: dependencies, journal: journal) {
            $0.servesClients = true
            script(&$0)
        }
    }

    func flight(_ subsystems: [any Subsystem], settings: FlightSettings = FlightSettings()) throws -> Flight {
        Flight(
            subsystems: subsystems,
            configuration: FlightConfiguration(
                document: try Self.document("{}", file: "first.json"),
                reread: { [self] in try Self.document(nextConfiguration.withLock { $0 }, file: "next.json") },
                dump: { "effective values of \($0.file)" }
            ),
            settings: settings,
            logger: log.logger,
            clock: clock,
            recorder: recorder
        )
    }

    func fly(_ subsystems: [any Subsystem], settings: FlightSettings = FlightSettings()) async throws -> FlightRecord {
        try await flight(subsystems, settings: settings).fly(signals: signals)
    }

    func send(_ signals: FlightSignal...) {
        for signal in signals { sender.yield(signal) }
    }

    /// Waits for a line of the host.
    func said(_ line: String) async {
        await log.line(beginning: line)
    }

    var hostLines: [String] { log.lines(of: "Host") }

    private static func document(_ text: String, file: String) throws -> ConfigurationDocument {
        try ConfigurationDocument(parsing: Array(text.utf8), file: file, files: .builtIn([:]), environment: [:])
    }
}
