import Testing

@testable import HydrogenCore

@Suite("Logging configuration")
struct LoggingConfigurationTests {
    private func decode(
        _ section: String,
        environment: [String: String] = [:]
    ) throws -> Decoded<LoggingConfiguration> {
        try ConfigurationDocument.logging(section, environment: environment)
            .decode(section: "Logging", LoggingConfiguration.init)
    }

    @Test("An empty section gives the defaults")
    func defaults() throws {
        #expect(try decode("{}").value == LoggingConfiguration(level: .state, format: .text, recentLines: 1000))
    }

    @Test("Reads every key")
    func all() throws {
        let levels = #""Level": "alert", "Levels": {"Database": "DEBUG", "Web": "notice"}"#
        let section = #"{\#(levels), "Format": "JSON", "RecentLines": 0}"#
        #expect(
            try decode(section).value
                == LoggingConfiguration(
                    level: .alert,
                    format: .json,
                    levels: ["Database": .debug, "Web": .state],
                    recentLines: 0
                )
        )
    }

    @Test(
        "A level may come from the environment, as a number too",
        arguments: [("1", LogLevel.debug), ("fatal", .fatal)]
    )
    func environment(text: String, level: LogLevel) throws {
        #expect(try decode(#"{"Level": "${env.LEVEL}"}"#, environment: ["LEVEL": text]).value.level == level)
    }

    @Test("A dump shows levels by their names, and everything takes effect on reload")
    func effective() throws {
        let effective = try decode(#"{"Level": "warning", "Levels": {"Database": "1"}}"#).effective
        let shown = effective.map { "\($0.path) \($0.shown)" }.sorted()
        #expect(
            shown == [
                #"Logging.Format "text""#, #"Logging.Level "ALERT""#, #"Logging.Levels.Database "DEBUG""#,
                "Logging.RecentLines 1000",
            ]
        )
        #expect(effective.filter { !$0.reloadable }.isEmpty)
    }

    @Test(
        "What is not allowed is a fault that names the key",
        arguments: [
            (#"{"Level": "loud"}"#, "Logging.Level"),
            (#"{"Format": "xml"}"#, "Logging.Format"),
            (#"{"Levels": {"Database": "loud"}}"#, "Logging.Levels.Database"),
            (#"{"RecentLines": -1}"#, "Logging.RecentLines"),
            (#"{"RecentLines": 100001}"#, "Logging.RecentLines"),
            (#"{"Recent": 1}"#, "Logging.Recent"),
        ]
    )
    func faults(section: String, path: String) throws {
        let faults = #expect(throws: ConfigurationFaults.self) { try decode(section) }
        #expect(faults?.faults.map(\.path) == [path])
    }

    @Test("Changes are told one by one, in order")
    func changes() {
        let old = LoggingConfiguration(levels: ["A": .debug, "B": .debug, "C": .debug])
        let new = LoggingConfiguration(
            level: .debug,
            format: .json,
            levels: ["B": .error, "C": .debug, "D": .trace],
            recentLines: 5
        )
        #expect(old.changes(to: old).isEmpty)
        #expect(
            old.changes(to: new) == [
                "Logging level: STATE to DEBUG",
                "Logging level of A: DEBUG to default",
                "Logging level of B: DEBUG to ERROR",
                "Logging level of D: default to TRACE",
                "Logging format: text to json",
                "Logging recent lines: 1000 to 5",
            ]
        )
    }
}

extension ConfigurationDocument {
    /// A document with only a `Logging` section.
    static func logging(_ section: String, environment: [String: String] = [:]) throws -> ConfigurationDocument {
        try ConfigurationDocument(
            parsing: Array(#"{"Logging": \#(section)}"#.utf8),
            file: "hydrogen.json",
            files: .builtIn([:]),
            environment: environment
        )
    }
}
