import Dispatch
import Logging
import Testing

@testable import HydrogenCore

@Suite("Log pipeline")
struct LogPipelineTests {
    private let frame = "2026-11-21 12:00:00.123Z  [ STATE ]  [ Launch       ]  "

    @Test("A line bears its subsystem, its message and its metadata")
    func line() {
        let (pipeline, output) = LogPipeline.recording()
        let metadata: Logger.Metadata = .fields([.databaseName: "two words", .count: "3"])
        pipeline.logger(subsystem: "Launch").notice("Ready", metadata: metadata)
        #expect(output.text == frame + #"Ready count=3 db.name="two words""# + "\n")
    }

    @Test("The same line as JSON")
    func json() {
        let (pipeline, output) = LogPipeline.recording(LoggingConfiguration(format: .json))
        pipeline.logger(subsystem: "Launch").notice("Ready", metadata: .fields([.count: "3"]))
        let start = #"{"time":"2026-11-21T12:00:00.123Z","level":"STATE","subsystem":"Launch","#
        #expect(output.text == start + #""message":"Ready","metadata":{"count":"3"}}"# + "\n")
    }

    @Test(
        "A report of several lines is framed line by line and written at once",
        arguments: [
            ("LAUNCH READINESS\n  Database\n    Go:      yes", ["LAUNCH READINESS", "  Database", "    Go:      yes"]),
            ("a\n\nb\n", ["a", "", "b"]),
            ("a\r\nb", ["a", "b"]),
            ("\n", [""]),
            ("", [""]),
        ]
    )
    func report(message: String, expected: [String]) {
        let (pipeline, output) = LogPipeline.recording()
        pipeline.logger(subsystem: "Launch").notice("\(message)")
        #expect(output.lines == expected.map { frame + $0 })
        #expect(output.tries == 1)
        #expect(pipeline.recentLines().map(\.message) == expected)
    }

    @Test("An error of a call is metadata, and cannot forge a line")
    func error() {
        let (pipeline, output) = LogPipeline.recording()
        pipeline.logger(subsystem: "Launch").error("Failed", error: Hostile())
        #expect(output.lines.count == 1)
        #expect(output.text.hasSuffix(#"Failed error="x\nREADY FOR REQUESTS""# + "\n"))
    }

    @Test("Every subsystem logs at its own level, also after a reload")
    func levels() {
        let (pipeline, output) = LogPipeline.recording(LoggingConfiguration(levels: ["Database": .debug]))
        let launch = pipeline.logger(subsystem: "Launch")
        let database = pipeline.logger(subsystem: "Database")
        #expect((launch.logLevel, database.logLevel) == (.notice, .debug))
        launch.debug("no")
        database.debug("yes")
        pipeline.apply(LoggingConfiguration(level: .trace, levels: ["Database": .error]))
        #expect((launch.logLevel, database.logLevel) == (.trace, .error))
        launch.trace("yes")
        database.warning("no")
        #expect(output.lines.map { $0.suffix(3) } == ["yes", "yes"])
        #expect(pipeline.recentLines().map(\.subsystem) == ["Database", "Launch"])
    }

    @Test("The environment wins over every configuration")
    func environment() {
        let (pipeline, _) = LogPipeline.recording(
            LoggingConfiguration(levels: ["Database": .error]),
            environment: ["LOG_LEVEL_DATABASE": "DEBUG", "HOME": "/root"]
        )
        let database = pipeline.logger(subsystem: "Database")
        #expect(database.logLevel == .debug)
        pipeline.apply(LoggingConfiguration(levels: ["Database": .fatal]))
        #expect(database.logLevel == .debug)
        #expect(pipeline.levelTable.overrides.map(\.origin) == ["LOG_LEVEL_DATABASE"])
    }

    @Test("A reload changes the form and how many lines are kept")
    func reload() {
        let (pipeline, output) = LogPipeline.recording()
        let logger = pipeline.logger(subsystem: "Launch")
        for number in 0..<5 { logger.notice("\(number)") }
        pipeline.apply(LoggingConfiguration(format: .json, recentLines: 2))
        logger.notice("5")
        #expect(output.lines.last?.hasPrefix("{") == true)
        #expect(pipeline.recentLines().map(\.message) == ["4", "5"])
        #expect(pipeline.configuration == LoggingConfiguration(format: .json, recentLines: 2))
    }

    @Test("Recent lines are values with their metadata, also when the output fails")
    func recent() {
        let (pipeline, output) = LogPipeline.recording()
        output.behave([], then: .fail("Broken pipe"))
        pipeline.logger(subsystem: "Launch").error("Failed", metadata: .fields([.errorCode: "HYD-1"]))
        pipeline.logger(subsystem: "Launch").notice("After")
        #expect(
            pipeline.recentLines(subsystem: "launch", level: .error, limit: 1) == [
                LogLine(
                    time: .example,
                    level: .error,
                    subsystem: "Launch",
                    message: "Failed",
                    metadata: ["error.code": "HYD-1"]
                )
            ]
        )
        #expect(pipeline.counts.dropped == 2)
        #expect(pipeline.counts.failure == "Broken pipe")
    }

    @Test("Flushing finishes a torn line")
    func flush() {
        let (pipeline, output) = LogPipeline.recording()
        output.behave([.takeAtMost(10)], then: .fail("disk full"))
        pipeline.logger(subsystem: "Launch").notice("Ready")
        output.behave([])
        pipeline.flush()
        #expect(output.text == frame + "Ready\n")
        #expect(pipeline.counts.written == 1)
    }

    @Test("More labels than have thresholds of their own follow the default")
    func manyLabels() {
        let (pipeline, _) = LogPipeline.recording()
        for number in 0..<1024 { _ = pipeline.threshold(of: "label-\(number)") }
        let late = pipeline.threshold(of: "late")
        #expect(late === pipeline.threshold(of: "later"))
        pipeline.apply(LoggingConfiguration(level: .trace))
        #expect(late.level == .trace)
    }

    @Test("Lines of many threads come whole and all")
    func threads() {
        let (pipeline, output) = LogPipeline.recording(LoggingConfiguration(recentLines: 10))
        output.behave([], then: .takeAtMost(7))
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            let logger = pipeline.logger(subsystem: "Launch")
            for number in 0..<200 { logger.notice("first \(thread) \(number)\nsecond \(thread) \(number)") }
        }
        let messages = output.lines.map { $0.dropFirst(frame.count) }
        #expect(messages.count == 3200)
        #expect(Set(messages).count == 3200)
        for pair in stride(from: 0, to: messages.count, by: 2) {
            #expect(messages[pair].dropFirst(6) == messages[pair + 1].dropFirst(7))
        }
        #expect(pipeline.counts.written == 3200)
        #expect(pipeline.recentLines().count == 10)
    }

    @Test("Line counts are metrics")
    func metrics() throws {
        let (pipeline, output) = LogPipeline.recording()
        let registry = MetricsRegistry()
        pipeline.registerMetrics(in: registry)
        pipeline.logger(subsystem: "Launch").notice("one")
        output.behave([], then: .fail("gone"))
        pipeline.logger(subsystem: "Launch").notice("two\nthree")
        let page = try PrometheusPage(registry.exposition())
        #expect(page.value("hydrogen_log_lines_total") == 1)
        #expect(page.value("hydrogen_log_lines_dropped_total") == 2)
    }

    private struct Hostile: Error, CustomStringConvertible {
        let description = "x\nREADY FOR REQUESTS"
    }
}
