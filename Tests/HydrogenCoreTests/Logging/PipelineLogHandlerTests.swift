import Logging
import Testing

@testable import HydrogenCore

@Suite("Pipeline log handler")
struct PipelineLogHandlerTests {
    @Test("Without a subsystem the logger's label stands in the frame")
    func label() {
        let (pipeline, output) = LogPipeline.recording()
        Logger(label: "hummingbird", factory: pipeline.makeHandler).notice("Server started")
        #expect(output.text == "2026-11-21 12:00:00.123Z  [ STATE ]  [ hummingbird  ]  Server started\n")
    }

    @Test("A call may speak for another subsystem")
    func callSubsystem() {
        let (pipeline, output) = LogPipeline.recording()
        pipeline.logger(subsystem: "Launch").notice("x", metadata: .fields([.subsystem: "DQM-A-00-L"]))
        #expect(output.text == "2026-11-21 12:00:00.123Z  [ STATE ]  [ DQM-A-00-L   ]  x\n")
    }

    @Test("The level follows the subsystem, however that is set")
    func followsSubsystem() {
        let (pipeline, _) = LogPipeline.recording(LoggingConfiguration(levels: ["Database": .debug]))
        var handler = pipeline.makeHandler(label: "x")
        #expect(handler.logLevel == .notice)
        handler[metadataKey: "subsystem"] = .stringConvertible(SubsystemName("Database"))
        #expect(handler.logLevel == .debug)
        handler[metadataKey: "other"] = "1"
        handler.metadata = ["subsystem": "Launch"]
        #expect(handler.logLevel == .notice)
        handler.metadata["subsystem"] = "database"
        #expect(handler.logLevel == .debug)
        handler[metadataKey: "subsystem"] = nil
        #expect(handler.logLevel == .notice)
    }

    @Test("A level set on a logger itself wins, for that copy only")
    func ownLevel() {
        let (pipeline, output) = LogPipeline.recording()
        let original = pipeline.logger(subsystem: "Launch")
        var copy = original
        copy.logLevel = .trace
        pipeline.apply(LoggingConfiguration(level: .error))
        #expect((original.logLevel, copy.logLevel) == (.error, .trace))
        copy[.subsystem] = "Database"
        #expect(copy.logLevel == .trace)
        copy.trace("passes")
        original.warning("does not")
        #expect(output.lines.count == 1)
    }

    @Test("Metadata is a value: a copy's does not show in the original")
    func valueSemantics() {
        let (pipeline, output) = LogPipeline.recording()
        let original = pipeline.logger(subsystem: "Launch")
        var copy = original
        copy[.requestID] = "r1"
        original.notice("x")
        copy.notice("x")
        #expect(output.lines.map { $0.hasSuffix("request.id=r1") } == [false, true])
        #expect(original[.requestID] == nil)
    }

    @Test("A metadata provider is asked at every line")
    func provider() {
        let (pipeline, output) = LogPipeline.recording()
        var handler = pipeline.makeHandler(label: "x")
        handler.metadataProvider = Logger.MetadataProvider { ["trace.id": "t1"] }
        Logger(label: "x", factory: { _ in handler }).notice("m")
        #expect(output.text.hasSuffix("m trace.id=t1\n"))
    }

    @Test("A value that logs while it is described does not stop the log")
    func reentrant() {
        let (pipeline, output) = LogPipeline.recording()
        let logger = pipeline.logger(subsystem: "Launch")
        logger.notice("outer", metadata: ["value": .stringConvertible(Chatty(logger: logger))])
        #expect(output.lines.map { $0.contains("inner") } == [true, false])
    }

    private struct Chatty: CustomStringConvertible, Sendable {
        let logger: Logger
        var description: String {
            logger.notice("inner")
            return "chatty"
        }
    }
}
