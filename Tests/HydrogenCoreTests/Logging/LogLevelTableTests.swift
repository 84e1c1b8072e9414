import Testing

@testable import HydrogenCore

@Suite("Log level table")
struct LogLevelTableTests {
    @Test("Without anything set, every subsystem logs at the default")
    func defaults() {
        let table = LogLevelTable(default: .state, subsystems: [:], environment: ["PATH": "/bin", "LOG_LEVELS": "0"])
        #expect(table.level(of: "Database") == .state)
        #expect(table.fallback == LogLevelTable.Entry(level: .state, subsystem: nil, origin: "configuration"))
        #expect(table.overrides.isEmpty)
        #expect(table.faults.isEmpty)
    }

    @Test(
        "The environment wins over the configuration, a subsystem over the default",
        arguments: [
            ([:], LogLevel.alert, LogLevel.debug),
            (["LOG_LEVEL": "error"], .error, .debug),
            (["LOG_LEVEL_DATABASE": "0"], .alert, .trace),
            (["LOG_LEVEL": "FATAL", "LOG_LEVEL_DATABASE": "Notice"], .fatal, .state),
            (["LOG_LEVEL": "", "LOG_LEVEL_DATABASE": ""], .alert, .debug),
        ]
    )
    func precedence(environment: [String: String], other: LogLevel, database: LogLevel) {
        let table = LogLevelTable(default: .alert, subsystems: ["Database": .debug], environment: environment)
        #expect(table.level(of: "Launch") == other)
        #expect(table.level(of: "Database") == database)
    }

    @Test(
        "Names are compared without case and punctuation",
        arguments: [
            ("LOG_LEVEL_MESSAGE_QUEUE", "MessageQueue"),
            ("LOG_LEVEL_MESSAGEQUEUE", "MessageQueue"),
            ("LOG_LEVEL_DQM_ACURANZO_00_LSMFC", "DQM-Acuranzo-00-LSMFC"),
            ("LOG_LEVEL_HUMMINGBIRD", "hummingbird"),
        ]
    )
    func names(variable: String, label: String) {
        let table = LogLevelTable(default: .state, subsystems: [:], environment: [variable: "debug"])
        #expect(table.level(of: label) == .debug)
        #expect(table.level(of: label + "x") == .state)
    }

    @Test("An override keeps the configuration's spelling and tells the variable that set it")
    func origins() {
        let table = LogLevelTable(
            default: .state,
            subsystems: ["MessageQueue": .info, "Database": .debug],
            environment: ["LOG_LEVEL_MESSAGE_QUEUE": "1"]
        )
        #expect(
            table.overrides == [
                LogLevelTable.Entry(level: .debug, subsystem: "Database", origin: "configuration"),
                LogLevelTable.Entry(level: .debug, subsystem: "MessageQueue", origin: "LOG_LEVEL_MESSAGE_QUEUE"),
            ]
        )
    }

    @Test("A variable that is not understood is a fault and changes nothing")
    func faults() {
        let table = LogLevelTable(
            default: .state,
            subsystems: [:],
            environment: ["LOG_LEVEL_DATABASE": "loud", "LOG_LEVEL": "9"]
        )
        #expect(table.level(of: "Database") == .state)
        #expect(
            table.faults == [
                #"LOG_LEVEL: expected one of TRACE DEBUG INFO STATE ALERT ERROR FATAL or 0…6, got "9""#,
                #"LOG_LEVEL_DATABASE: expected one of TRACE DEBUG INFO STATE ALERT ERROR FATAL or 0…6, got "loud""#,
            ]
        )
    }
}
