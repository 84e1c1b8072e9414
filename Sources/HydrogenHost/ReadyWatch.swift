import HydrogenCore

/// Waits until every running subsystem serves at full strength, and says so once.
struct ReadyWatch {
    private let calls: [(name: SubsystemName, call: Call<Void>)]
    private let recorder: FlightRecorder
    private let log: OperatorLog

    /// Asks all of `running` at once.
    init(_ running: [any Subsystem], in nursery: Nursery, recorder: FlightRecorder, log: OperatorLog) {
        recorder.update { $0.starting = running.map(\.name.rawValue) }
        self.calls = running.map { subsystem in
            (
                subsystem.name,
                Call(in: nursery) {
                    await subsystem.becomeReady()
                    guard !Task.isCancelled else { return }
                    recorder.update { snapshot in
                        snapshot.starting.removeAll { $0 == subsystem.name.rawValue }
                        snapshot.atStrength.append(subsystem.name.rawValue)
                    }
                }
            )
        }
        self.recorder = recorder
        self.log = log
    }

    /// Waits for all; when the waiting task is cancelled first, nothing is said.
    func announce() async {
        for (_, call) in calls where await call.result() == nil { return }
        guard !Task.isCancelled else { return }
        recorder.advance(to: .ready)
        log.report(["READY FOR REQUESTS"])
    }

    /// Asks all to return, since landing begins; names those that do not, after a moment of grace.
    func end(on clock: any MonotonicClock) async -> [String] {
        for (_, call) in calls { call.cancel() }
        let deadline = clock.now.advanced(by: LandingGrace.duration)
        var left: [String] = []
        for (name, call) in calls where await call.result(until: deadline, on: clock) == nil {
            left.append("\(name): becomeReady")
        }
        return left
    }
}
