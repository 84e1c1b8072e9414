import HydrogenCore
import Logging
import Synchronization

/// Puts a changed configuration in use while subsystems fly: all of it, or nothing.
final class Reloading: Sendable {
    private struct Refusal: Error {
        let faults: [String]
    }

    private typealias Prepared = (document: ConfigurationDocument, reloads: [(name: SubsystemName, reload: Reload)])

    private let configuration: FlightConfiguration
    private let recorder: FlightRecorder
    private let log: OperatorLog
    private let document: Mutex<ConfigurationDocument>

    /// Begins with the configuration of the launch in use.
    init(configuration: FlightConfiguration, recorder: FlightRecorder, log: OperatorLog) {
        self.configuration = configuration
        self.recorder = recorder
        self.log = log
        self.document = Mutex(configuration.document)
    }

    /// The effective values of the configuration in use, secrets masked.
    var dump: String { configuration.dump(document.withLock { $0 }) }

    /// Reads anew, lets every subsystem prepare, and applies when all could; landing comes first.
    ///
    /// - Parameter running: The subsystems in the order of their launch.
    /// - Returns: Whether the reload ended; not when landing began and a subsystem went on preparing though cancelled.
    func reload(
        _ running: [any Subsystem],
        in nursery: Nursery,
        on clock: any MonotonicClock,
        landing: Interruption
    ) async -> Bool {
        let call = Call(in: nursery) { try await self.prepare(running) }
        let result = await call.result(on: clock, cancelledBy: landing, grace: LandingGrace.duration)
        guard landing.current == nil else {
            refuse(["landing began first"])
            return result != nil
        }
        switch result {
        case .success(let prepared): apply(prepared)
        case .failure(let refusal as Refusal): refuse(refusal.faults)
        case .failure(let error): refuse(Self.faults(of: error))
        case nil: break
        }
        return true
    }

    // A subsystem that cannot is no reason not to ask the others: the operator sees every fault at once.
    private func prepare(_ running: [any Subsystem]) async throws -> Prepared {
        let document = try await configuration.reread()
        var prepared: Prepared = (document, [])
        var faults: [String] = []
        for subsystem in running {
            do {
                prepared.reloads.append((subsystem.name, try await subsystem.prepareReload(document)))
            } catch {
                faults += Self.faults(of: error).map { "\(subsystem.name): \($0)" }
            }
        }
        guard faults.isEmpty else { throw Refusal(faults: faults) }
        return prepared
    }

    private func apply(_ prepared: Prepared) {
        for (_, reload) in prepared.reloads { reload.apply() }
        document.withLock { $0 = prepared.document }
        let changes = prepared.reloads.flatMap { name, reload in reload.changes.map { "\(name): \($0)" } }
        recorder.update { $0.reloads.completed += 1 }
        say(.complete(changes: changes), level: .notice)
    }

    private func refuse(_ faults: [String]) {
        recorder.update { $0.reloads.refused += 1 }
        say(.refused(faults: faults), level: .warning)
    }

    private func say(_ ending: ReloadReport.Ending, level: Logger.Level) {
        log.report(ReloadReport(ending: ending, count: recorder.snapshot.reloads.completed).lines, level: level)
    }

    private static func faults(of error: any Error) -> [String] {
        if let faults = error as? ConfigurationFaults { return faults.faults.map(\.description) }
        return "\(error)".split(separator: "\n").map(String.init)
    }
}
