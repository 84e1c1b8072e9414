public import HydrogenCore

/// A subsystem that does what a test tells it, and keeps a journal: the neighbour of the one under test, or a part in a
/// play.
public struct ScriptedSubsystem: Subsystem {
    /// How a call of a scripted subsystem goes.
    public enum Step: Sendable {
        /// Returns at once.
        case succeed
        /// Throws an error with this description; a call that cannot throw returns.
        case fail(String)
        /// Returns when the gate opens, and obeys cancellation: throws if it can, returns if not.
        case hold(Gate)
        /// Returns when the gate opens, and knows nothing of cancellation.
        case hang(Gate)
    }

    /// The error of ``Step/fail(_:)``.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    public let name: SubsystemName
    public let dependencies: [SubsystemName]
    /// Default: `false`.
    public var servesClients = false
    /// What the one readiness check, `script`, finds. Default: one Go.
    public var findings: [Finding] = [.go("scripted")]
    /// How the readiness check goes. Default: at once.
    public var checking = Step.succeed
    /// How `launch` goes. Default: at once.
    public var launching = Step.succeed
    /// How `becomeReady` goes. Default: at once.
    public var becomingReady = Step.succeed
    /// How the background work goes that `launch` starts. Default: none is started.
    public var working: Step?
    /// What the one landing check, `script`, finds. Default: there is no such check.
    public var landingFindings: [Finding] = []
    /// How `land` goes. Default: at once.
    public var landing = Step.succeed
    /// What `land` returns.
    public var tally = LandingTally()
    /// How `prepareReload` goes. Default: at once.
    public var preparing = Step.succeed
    /// What a reload changes.
    public var reloadChanges: [String] = []
    public var startupFacts: [StartupFact] = []
    /// Where all that happens is written down, usually by several subsystems together.
    public let journal: Journal<ScriptedEvent>

    /// A subsystem that does everything at once and well, but for what `script` changes.
    public init(
        _ name: SubsystemName,
        dependencies: [SubsystemName] = [],
        journal: Journal<ScriptedEvent> = Journal(),
        script: (inout ScriptedSubsystem) -> Void = { _ in }
    ) {
        self.name = name
        self.dependencies = dependencies
        self.journal = journal
        script(&self)
    }

    /// Waits until this subsystem has come to `moment`.
    public func reached(_ moment: ScriptedEvent.Moment) async {
        let event = ScriptedEvent(name.rawValue, moment)
        await journal.first { $0 == event }
    }

    public var readinessChecks: [ReadinessCheck] {
        [
            ReadinessCheck("script") {
                note(.checked)
                try? await perform(checking)
                return findings
            }
        ]
    }

    public func launch(_ context: LaunchContext) async throws {
        note(.launching)
        if let working {
            context.keepRunning("scripted work") {
                note(.working)
                try? await perform(working)
                note(.workEnded)
            }
        }
        try await perform(launching, orNote: .launchFailed)
        note(.launched)
    }

    public func becomeReady() async {
        note(.becomingReady)
        try? await perform(becomingReady)
        note(.ready)
    }

    public var landingChecks: [ReadinessCheck] {
        if landingFindings.isEmpty { return [] }
        return [
            ReadinessCheck("script") {
                note(.landingChecked)
                return landingFindings
            }
        ]
    }

    public func land(_ context: LandingContext) async throws -> LandingTally {
        note(.landing)
        try await perform(landing, orNote: .landingFailed)
        note(.landed)
        return tally
    }

    public func prepareReload(_ configuration: ConfigurationDocument) async throws -> Reload {
        note(.reloadPreparing)
        try await perform(preparing)
        note(.reloadPrepared)
        return Reload(changes: reloadChanges) { note(.reloadApplied) }
    }

    private func note(_ moment: ScriptedEvent.Moment) {
        journal.append(ScriptedEvent(name.rawValue, moment))
    }

    private func perform(_ step: Step, orNote failure: ScriptedEvent.Moment) async throws {
        do {
            try await perform(step)
        } catch {
            note(failure)
            throw error
        }
    }

    private func perform(_ step: Step) async throws {
        switch step {
        case .succeed: break
        case .fail(let description): throw Failure(description: description)
        case .hold(let gate): try await gate.wait()
        case .hang(let gate): await gate.waitThroughCancellation()
        }
    }
}
