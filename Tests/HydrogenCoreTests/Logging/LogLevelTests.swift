import Logging
import Testing

@testable import HydrogenCore

@Suite("Log levels")
struct LogLevelTests {
    @Test(
        "Each level has its name, its number and its swift-log level",
        arguments: [
            (LogLevel.trace, "TRACE", 0, Logger.Level.trace),
            (.debug, "DEBUG", 1, .debug),
            (.info, "INFO", 2, .info),
            (.state, "STATE", 3, .notice),
            (.alert, "ALERT", 4, .warning),
            (.error, "ERROR", 5, .error),
            (.fatal, "FATAL", 6, .critical),
        ]
    )
    func table(level: LogLevel, name: String, number: Int, swiftLog: Logger.Level) {
        #expect(level.description == name)
        #expect(level.rawValue == number)
        #expect(level.loggerLevel == swiftLog)
        #expect(LogLevel(swiftLog) == level)
        #expect(LogLevel(parsing: name) == level)
        #expect(LogLevel(parsing: name.lowercased()) == level)
        #expect(LogLevel(parsing: swiftLog.rawValue.capitalizedFirst) == level)
        #expect(LogLevel(parsing: String(number)) == level)
    }

    @Test("Anything else is no level", arguments: ["", "7", "-1", "03", "verbose", "STATE ", "warn"])
    func refused(text: String) {
        #expect(LogLevel(parsing: text) == nil)
    }

    @Test("Levels are ordered from trace to fatal")
    func order() {
        #expect(LogLevel.allCases == LogLevel.allCases.sorted())
        #expect(LogLevel.allCases.count == Logger.Level.allCases.count)
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
