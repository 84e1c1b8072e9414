import HydrogenCore
import HydrogenTesting
import Logging
import Testing

@Suite("The captured log")
struct CapturedLogTests {
    @Test("A call is kept with level, label, lines and metadata")
    func entry() throws {
        let log = CapturedLog()
        var logger = log.logger
        logger[.subsystem] = "MailRoom"
        logger.warning("first\nsecond", metadata: .fields([.count: "2"]))
        let entry = try #require(log.entries.first)
        #expect(entry.level == .warning)
        #expect(entry.label == "MailRoom")
        #expect(entry.lines == ["first", "second"])
        #expect(entry.metadata == ["count": "2"])
        #expect(log.lines(of: "MailRoom") == ["first", "second"])
        #expect(log.lines(of: "Host").isEmpty)
    }

    @Test("Calls below the level are not kept")
    func level() {
        let log = CapturedLog(level: .notice)
        log.logger.info("quiet")
        log.logger.notice("loud")
        #expect(log.lines() == ["loud"])
    }

    @Test("A line is waited for, also inside a report")
    func waits() async {
        let log = CapturedLog()
        async let line = log.line(beginning: "- MailRoom")
        log.logger.notice("LAUNCH REVIEW\n- MailRoom  Running")
        #expect(await line == "- MailRoom  Running")
    }
}
