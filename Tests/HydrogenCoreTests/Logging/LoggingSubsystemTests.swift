import Logging
import Testing

@testable import HydrogenCore

@Suite("Logging subsystem")
struct LoggingSubsystemTests {
    private func findings(_ checks: [ReadinessCheck]) async -> [Finding] {
        var findings: [Finding] = []
        for check in checks { findings += await check.findings() }
        return findings
    }

    @Test("Depends on nothing and tells where lines go")
    func facts() {
        let (pipeline, _) = LogPipeline.recording(LoggingConfiguration(level: .alert, format: .json))
        let subsystem = LoggingSubsystem(pipeline: pipeline)
        #expect(subsystem.name == "Logging")
        #expect(subsystem.dependencies.isEmpty)
        #expect(subsystem.startupFacts == [StartupFact("Log", "recorder, json, level ALERT")])
    }

    @Test("Readiness tells the output, every level with its origin, and the recent lines")
    func ready() async {
        let (pipeline, _) = LogPipeline.recording(
            LoggingConfiguration(levels: ["Database": .debug]),
            environment: ["LOG_LEVEL": "ALERT"]
        )
        #expect(
            await findings(LoggingSubsystem(pipeline: pipeline).readinessChecks) == [
                .go("Log output: recorder, text"),
                .go("Log level: ALERT (LOG_LEVEL)"),
                .go("Log level of Database: DEBUG (configuration)"),
                .go("Recent lines kept in memory: 1000"),
            ]
        )
    }

    @Test("An output that fails, or is busy, is told and does not ground the server", arguments: [true, false])
    func unwritable(isBroken: Bool) async {
        let (pipeline, output) = LogPipeline.recording()
        output.behave([], then: isBroken ? .fail("Broken pipe") : .take, becomesWritable: isBroken)
        pipeline.logger(subsystem: "Launch").notice("x")
        let first = await findings(LoggingSubsystem(pipeline: pipeline).readinessChecks).first
        let reason = isBroken ? "Broken pipe" : "takes no lines now"
        #expect(
            first
                == .partNoGo(
                    "Log output: recorder does not work (\(reason)); lines are dropped until what reads it is mended"
                )
        )
    }

    @Test("A variable that is not understood is told")
    func faultyEnvironment() async {
        let (pipeline, _) = LogPipeline.recording(environment: ["LOG_LEVEL_DATABASE": "loud"])
        let findings = await findings(LoggingSubsystem(pipeline: pipeline).readinessChecks)
        let expected = "expected one of TRACE DEBUG INFO STATE ALERT ERROR FATAL or 0…6"
        #expect(
            findings.filter { $0.verdict == .partNoGo } == [
                .partNoGo(#"Log level: LOG_LEVEL_DATABASE: \#(expected), got "loud"; correct or unset the variable"#)
            ]
        )
    }

    @Test("Landing flushes, and says how many lines were dropped")
    func land() async throws {
        let (pipeline, output) = LogPipeline.recording()
        let subsystem = LoggingSubsystem(pipeline: pipeline)
        let logger = pipeline.logger(subsystem: "Logging")
        output.behave([.takeAtMost(5)], then: .fail("disk full"))
        logger.notice("torn")
        logger.notice("lost")
        #expect(
            await findings(subsystem.landingChecks)
                == [.noGo("Log lines written: 0, dropped: 1; recorder fails: disk full")]
        )
        output.behave([])
        let clock = ContinuousClock()
        let tally = try await subsystem.land(LandingContext(logger: logger, clock: clock, deadline: clock.now))
        #expect(tally == LandingTally())
        #expect(output.lines.count == 2)
        #expect(output.lines.first?.hasSuffix("torn") == true)
        let report = "[ ALERT ]  [ Logging      ]  Log lines flushed log.lines.dropped=1 log.lines.written=1"
        #expect(output.lines.last?.hasSuffix(report) == true)
        #expect(await findings(subsystem.landingChecks) == [.go("Log lines written: 2, dropped: 1")])
    }

    @Test("A reload is prepared, then applied, and tells what changes")
    func reload() async throws {
        let (pipeline, _) = LogPipeline.recording()
        let database = pipeline.logger(subsystem: "Database")
        let document = try ConfigurationDocument.logging(#"{"Levels": {"Database": "TRACE"}, "RecentLines": 5}"#)
        let reload = try await LoggingSubsystem(pipeline: pipeline).prepareReload(document)
        #expect(
            reload.changes == ["Logging level of Database: default to TRACE", "Logging recent lines: 1000 to 5"]
        )
        #expect(database.logLevel == .notice)
        reload.apply()
        #expect(database.logLevel == .trace)
        #expect(pipeline.configuration.recentLines == 5)
    }

    @Test("A reload without changes, or with faults, changes nothing")
    func reloadUnchanged() async throws {
        let (pipeline, _) = LogPipeline.recording()
        let subsystem = LoggingSubsystem(pipeline: pipeline)
        let reload = try await subsystem.prepareReload(.logging("{}"))
        #expect(reload.changes.isEmpty)
        let faulty = try ConfigurationDocument.logging(#"{"Level": "loud"}"#)
        await #expect(throws: ConfigurationFaults.self) { try await subsystem.prepareReload(faulty) }
        #expect(pipeline.configuration == LoggingConfiguration())
    }
}
