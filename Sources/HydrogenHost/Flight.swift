public import HydrogenCore
import Landing
import Launch
public import Logging

/// One flight: launches subsystems, answers signals while they fly, lands them, and knows the exit code.
///
/// A flight is made of these tasks. The *conductor* goes from launch to landing; beside it one child takes signals, and
/// while flying two more wait for full strength and make reloads. Everything that subsystems do runs in the *nursery*,
/// so that the conductor can stop waiting for a call that does not return.
public struct Flight: Sendable {
    let subsystems: [any Subsystem]
    let configuration: FlightConfiguration
    let settings: FlightSettings
    let logger: Logger
    let clock: any MonotonicClock
    let recorder: FlightRecorder

    /// A flight of `subsystems`. Nothing begins yet.
    ///
    /// - Parameters:
    ///   - subsystems: In the order in which ties of the launch order are settled. A flight needs fresh ones: each
    ///     flies once.
    ///   - logger: The process's logger.
    ///   - recorder: Tells others how far the flight is.
    public init(
        subsystems: [any Subsystem],
        configuration: FlightConfiguration,
        settings: FlightSettings = FlightSettings(),
        logger: Logger,
        clock: any MonotonicClock = ContinuousClock(),
        recorder: FlightRecorder = FlightRecorder()
    ) {
        self.subsystems = subsystems
        self.configuration = configuration
        self.settings = settings
        self.logger = logger
        self.clock = clock
        self.recorder = recorder
    }

    /// Flies until a signal asks to land, or the launch fails, or the calling task is cancelled.
    public func run(signals: some AsyncSequence<FlightSignal, Never> & Sendable) async -> ExitCode {
        await fly(signals: signals).exitCode
    }

    /// Flies like ``run(signals:)``, and tells all about it.
    public func fly(signals: some AsyncSequence<FlightSignal, Never> & Sendable) async -> FlightRecord {
        let reloading = Reloading(configuration: configuration, recorder: recorder, log: log)
        let control = FlightControl(log: log, clock: clock, recorder: recorder) { reloading.dump }
        return await withTaskCancellationHandler {
            // A shield, awaited on the spot: to cancel a flight is to ask for its landing, which must not be cancelled
            // itself.
            await Task { await conduct(control, reloading: reloading, signals: signals) }.value
        } onCancel: {
            control.cancel()
        }
    }

    /// Checks and plans, launches nothing: the exit code tells whether anything at all is No-Go.
    public func preflight() async -> FlightRecord {
        guard let (registry, graph) = arrange() else { return FlightRecord() }
        let nursery = Nursery()
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { await nursery.run() }
            let launch = launchSequence(registry, graph, in: nursery, stop: Interruption())
            let report = await launch.preflight()
            nursery.close()
            return FlightRecord(preflight: report)
        }
    }

    var log: OperatorLog { OperatorLog(logger, label: "Host") }

    func launchSequence(
        _ registry: SubsystemRegistry,
        _ graph: DependencyGraph,
        in nursery: Nursery,
        stop: Interruption
    ) -> LaunchSequence {
        LaunchSequence(
            registry: registry,
            graph: graph,
            clock: clock,
            logger: logger,
            nursery: nursery,
            stop: stop,
            startedAt: recorder.snapshot.startedAt
        )
    }

    /// Puts the subsystems in their order; `nil` when there is none, which is then in the log.
    func arrange() -> (SubsystemRegistry, DependencyGraph)? {
        do {
            let graph = try DependencyGraph(subsystems)
            return (try SubsystemRegistry(subsystems), graph)
        } catch {
            log.report(["CONFIGURATION FAULT", "  \(error)"], level: .error)
            return nil
        }
    }
}
