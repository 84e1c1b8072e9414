import Logging

/// The log as a subsystem: what it tells at launch and landing, and how its configuration is reloaded.
///
/// Lines flow before it launches and after it has landed; it only vouches for them.
public struct LoggingSubsystem: Subsystem {
    /// `Logging`.
    public let name: SubsystemName = "Logging"
    /// None: everything else may log.
    public let dependencies: [SubsystemName] = []

    private let pipeline: LogPipeline

    /// The subsystem of a pipeline.
    public init(pipeline: LogPipeline) {
        self.pipeline = pipeline
    }

    /// Whether the output takes lines, every level with what set it, and how many lines are kept.
    public var readinessChecks: [ReadinessCheck] {
        [
            .single("output") { outputFinding },
            ReadinessCheck("levels") { levelFindings },
            .single("recent lines") { .go("Recent lines kept in memory: \(pipeline.configuration.recentLines)") },
        ]
    }

    /// Starts nothing.
    public func launch(_ context: LaunchContext) async throws {}

    /// Where lines go, in which form, at which level.
    public var startupFacts: [StartupFact] {
        let format = pipeline.configuration.format.rawValue
        return [StartupFact("Log", "\(pipeline.output.name), \(format), level \(pipeline.levelTable.fallback.level)")]
    }

    /// How many lines were written and dropped.
    public var landingChecks: [ReadinessCheck] {
        [.single("output") { linesFinding }]
    }

    /// Finishes what the output took in part, and says how many lines there were.
    public func land(_ context: LandingContext) async throws -> LandingTally {
        pipeline.flush()
        let counts = pipeline.counts
        context.logger.log(
            level: counts.dropped == 0 ? .debug : .warning,
            "Log lines flushed",
            metadata: .fields([.logLinesWritten: "\(counts.written)", .logLinesDropped: "\(counts.dropped)"])
        )
        return LandingTally()
    }

    /// Reads the section `Logging`; all of it changes while the server runs.
    ///
    /// - Throws: ``ConfigurationFaults`` with everything that is wrong with the section.
    public func prepareReload(_ configuration: ConfigurationDocument) async throws -> Reload {
        let new = try configuration.decode(section: "Logging", LoggingConfiguration.init).value
        let changes = pipeline.configuration.changes(to: new)
        guard !changes.isEmpty else { return .unchanged }
        return Reload(changes: changes) { [pipeline] in pipeline.apply(new) }
    }

    private var outputFinding: Finding {
        let output = pipeline.output
        let isWritable = output.waitUntilWritable(milliseconds: 0)
        guard let failure = pipeline.counts.failure ?? (isWritable ? nil : "takes no lines now") else {
            return .go("Log output: \(output.name), \(pipeline.configuration.format.rawValue)")
        }
        return .partNoGo(
            "Log output: \(output.name) does not work (\(failure)); lines are dropped until what reads it is mended"
        )
    }

    private var levelFindings: [Finding] {
        let table = pipeline.levelTable
        let overrides = table.overrides.map { entry in
            Finding.go("Log level of \(entry.subsystem ?? "all"): \(entry.level) (\(entry.origin))")
        }
        return [.go("Log level: \(table.fallback.level) (\(table.fallback.origin))")]
            + overrides
            + table.faults.map { .partNoGo("Log level: \($0); correct or unset the variable") }
    }

    private var linesFinding: Finding {
        let counts = pipeline.counts
        let text = "Log lines written: \(counts.written), dropped: \(counts.dropped)"
        guard let failure = counts.failure else { return .go(text) }
        return .noGo("\(text); \(pipeline.output.name) fails: \(failure)")
    }
}
