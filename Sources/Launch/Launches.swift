import HydrogenCore
import Logging

/// The launches of one flight: starts each when its turn comes, several at once, and gathers how they ended.
struct Launches {
    /// How all launches ended.
    struct Outcome {
        /// Every subsystem, in the order of the plan.
        var outcomes: [LaunchOutcome] = []
        /// Those running, in the order in which their launches were complete.
        var order: [SubsystemName] = []
        /// Calls and background work of failed launches that did not end.
        var leftBehind: [String] = []
    }

    /// How one launch ended.
    fileprivate struct Ended {
        let name: SubsystemName
        let elapsed: Duration
        let failure: String?
        let leftBehind: [String]
    }

    let sequence: LaunchSequence
    let background: [SubsystemName: BackgroundWork]
    private var machine: LaunchStateMachine
    private var ended: [SubsystemName: Ended] = [:]

    /// Launches of those subsystems whose names are in `go`.
    init(sequence: LaunchSequence, background: [SubsystemName: BackgroundWork], go: Set<String>) {
        self.sequence = sequence
        self.background = background
        self.machine = LaunchStateMachine(
            graph: sequence.graph,
            go: Set(sequence.graph.order.filter { go.contains($0.rawValue) })
        )
    }

    /// Launches all, each when all it needs run, and returns when none is under way.
    consuming func run() async -> Outcome {
        var launches = self
        var outcome = Outcome()
        await withTaskGroup(of: Ended.self) { group in
            launches.perform(launches.isStopped ? launches.machine.stop() : launches.machine.begin(), in: &group)
            while let ended = await group.next() {
                if launches.isStopped { launches.perform(launches.machine.stop(), in: &group) }
                launches.take(ended, into: &outcome, in: &group)
            }
        }
        outcome.outcomes = launches.outcomes
        return outcome
    }

    private var isStopped: Bool { sequence.stop.current != nil }

    private func perform(_ actions: [LaunchStateMachine.Action], in group: inout TaskGroup<Ended>) {
        for action in actions {
            switch action {
            case .ground(let name, _):
                sequence.registry.move(name, to: .inactive)
            case .launch(let name):
                sequence.registry.move(name, to: .starting)
                sequence.log.report(["LAUNCH: \(name)"])
                let subsystem = sequence.registry.subsystems.first { $0.name == name }
                guard let subsystem, let work = background[name] else {
                    preconditionFailure("\(name) is not registered")
                }
                group.addTask { [sequence] in await sequence.launch(subsystem, keeping: work) }
            }
        }
    }

    private mutating func take(_ ended: Ended, into outcome: inout Outcome, in group: inout TaskGroup<Ended>) {
        self.ended[ended.name] = ended
        outcome.leftBehind += ended.leftBehind
        if let failure = ended.failure {
            sequence.registry.move(ended.name, to: .failed)
            sequence.log.report(
                ["LAUNCH: \(ended.name) FAILED"] + failure.split(separator: "\n").map { "  \($0)" },
                level: .error
            )
            perform(machine.failed(ended.name), in: &group)
        } else {
            outcome.order.append(ended.name)
            sequence.registry.move(ended.name, to: .running)
            sequence.log.report(["LAUNCH: \(ended.name) COMPLETE"])
            perform(machine.launched(ended.name), in: &group)
        }
    }

    private var outcomes: [LaunchOutcome] {
        sequence.graph.order.map { name in
            let elapsed = ended[name]?.elapsed.seconds ?? 0
            switch machine.stages[name] {
            case .running:
                return LaunchOutcome(subsystem: name.rawValue, ending: .running, elapsedSeconds: elapsed)
            case .failed:
                let reason = ended[name]?.failure
                return LaunchOutcome(subsystem: name.rawValue, ending: .failed, reason: reason, elapsedSeconds: elapsed)
            case .grounded(let reason):
                return LaunchOutcome(subsystem: name.rawValue, ending: .notLaunched, reason: reason)
            case .waiting, .launching, nil:
                preconditionFailure("the launch of \(name) was not ended")
            }
        }
    }
}

extension LaunchSequence {
    /// Launches one subsystem; the launch is cancelled when landing is asked for, and given up when it still does not
    /// end.
    fileprivate func launch(_ subsystem: any Subsystem, keeping work: BackgroundWork) async -> Launches.Ended {
        let start = clock.now
        let context = LaunchContext(logger: logger.labelled(subsystem.name.rawValue), clock: clock) {
            work.start($0, $1)
        }
        let call = Call(in: nursery) { try await subsystem.launch(context) }
        let result = await call.result(on: clock, cancelledBy: stop, grace: Self.grace)
        let (failure, abandoned): (String?, [String]) =
            switch result {
            case .success: (nil, [])
            case .failure(let error): (stop.current == nil ? "\(error)" : "landing began first: \(error)", [])
            case nil: ("landing began first, and the launch did not end when it was cancelled", ["launch"])
            }
        let left = failure == nil ? [] : await work.end(within: Self.grace, on: clock)
        return Launches.Ended(
            name: subsystem.name,
            elapsed: start.duration(to: clock.now),
            failure: failure,
            leftBehind: (abandoned + left).map { "\(subsystem.name): \($0)" }
        )
    }
}
