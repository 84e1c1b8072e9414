import HydrogenCore
import Landing
import Launch
import Logging

extension Flight {
    /// Goes from launch to landing, while a child task takes the signals.
    func conduct(
        _ control: FlightControl,
        reloading: Reloading,
        signals: some AsyncSequence<FlightSignal, Never> & Sendable
    ) async -> FlightRecord {
        guard let (registry, graph) = arrange() else { return FlightRecord() }
        recorder.follow(registry)
        let nursery = Nursery()
        // The one task that nobody may be able to wait for. A task group ends only when all its children have ended:
        // what is abandoned must therefore have a parent that `conduct` can leave behind. When nothing was, it is
        // awaited below.
        let parent = Task { await nursery.run() }
        let record = await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await signal in signals { control.take(signal) }
            }
            let record = await fly(registry, graph, in: nursery, control: control, reloading: reloading)
            group.cancelAll()
            return record
        }
        nursery.close()
        if record.landing?.review.hasLeftBehind != true { await parent.value }
        return record
    }

    private func fly(
        _ registry: SubsystemRegistry,
        _ graph: DependencyGraph,
        in nursery: Nursery,
        control: FlightControl,
        reloading: Reloading
    ) async -> FlightRecord {
        let background = Dictionary(uniqueKeysWithValues: graph.order.map { ($0, BackgroundWork(in: nursery)) })
        let launch = launchSequence(registry, graph, in: nursery, stop: control.landing)
        let flown = await launch.run(background: background, needsClients: settings.needsClients)
        keep(flown.report)
        var leftBehind = flown.leftBehind
        if flown.report.startup?.ending == .complete {
            leftBehind += await cruise(flown.running, in: nursery, control: control, reloading: reloading)
        }
        recorder.advance(to: .landing)
        let landing = LandingSequence(
            registry: registry,
            running: flown.running,
            background: background,
            clock: clock,
            logger: logger,
            nursery: nursery,
            haste: control.haste,
            timeout: settings.shutdownTimeout,
            start: control.landing.current ?? clock.now,
            leftBehind: leftBehind
        )
        let report = await landing.run()
        recorder.advance(to: .landed)
        return FlightRecord(launch: flown.report, landing: report)
    }

    /// Waits for the request to land; meanwhile says when all is ready, and makes reloads.
    ///
    /// - Returns: The names of calls that did not return when landing began.
    private func cruise(
        _ running: [any Subsystem],
        in nursery: Nursery,
        control: FlightControl,
        reloading: Reloading
    ) async -> [String] {
        recorder.advance(to: .started)
        let watch = ReadyWatch(running, in: nursery, recorder: recorder, log: log)
        control.launched()
        let leftBehind = await withTaskGroup(of: Void.self) { group in
            group.addTask { await watch.announce() }
            var leftBehind: [String] = []
            for await _ in control.reloads where control.landing.current == nil {
                let ended = await reloading.reload(running, in: nursery, on: clock, landing: control.landing)
                if !ended { leftBehind.append("Host: reload") }
            }
            group.cancelAll()
            return leftBehind
        }
        return leftBehind + (await watch.end(on: clock))
    }

    /// Records the report, says what is different from the previous launch, and keeps the report for the next.
    private func keep(_ report: LaunchReport) {
        do {
            let json = try report.json()
            recorder.update { $0.launchReport = json }
            guard let path = settings.launchReportFile else { return }
            let file = LaunchReportFile(path: path)
            // Written also when the previous one is no report: else it would be in the way for ever.
            let previous = Result { try file.load() }
            try file.store(report)
            let changes = try previous.get().map(report.changes(since:)) ?? []
            recorder.update { $0.changes = changes }
            if !changes.isEmpty { log.report(["CHANGES SINCE THE PREVIOUS LAUNCH"] + changes.map { "  \($0)" }) }
        } catch {
            log.report(["The launch report could not be compared or kept", "  \(error)"], level: .warning)
        }
    }
}
