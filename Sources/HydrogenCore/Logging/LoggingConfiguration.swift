/// The section `Logging`; every key of it takes effect on reload.
public struct LoggingConfiguration: Sendable, Hashable {
    /// `Level`: the least grave level that is logged.
    ///
    /// Default: `STATE`.
    public var level: LogLevel
    /// `Format`: `text` or `json`.
    ///
    /// Default: `text`.
    public var format: LogFormat
    /// `Levels`: subsystems that log at another level, by name.
    ///
    /// Default: none.
    public var levels: [String: LogLevel]
    /// `RecentLines`: how many lines are kept in memory, 0…100000.
    ///
    /// Default: 1000.
    public var recentLines: Int

    /// A configuration; without arguments that of an empty section.
    public init(
        level: LogLevel = .state,
        format: LogFormat = .text,
        levels: [String: LogLevel] = [:],
        recentLines: Int = 1000
    ) {
        self.level = level
        self.format = format
        self.levels = levels
        self.recentLines = recentLines
    }

    /// Reads the section; a level is a name of ``LogLevel`` or of swift-log in any case, or a number 0…6 as text.
    public init(_ reader: ConfigurationReader) {
        let defaults = LoggingConfiguration()
        let level = ValueKind<LogLevel>.oneOf(LogLevel.named)
        self.level = reader.value("Level", level, default: defaults.level, reloadable: true)
        self.format = reader.value("Format", .oneOf(LogFormat.self), default: defaults.format, reloadable: true)
        self.levels = reader.dictionary("Levels", level, reloadable: true)
        self.recentLines = reader.value(
            "RecentLines",
            .integer(0...100_000),
            default: defaults.recentLines,
            reloadable: true
        )
    }

    /// What changes when `new` takes this configuration's place, one sentence each.
    func changes(to new: LoggingConfiguration) -> [String] {
        var changes: [String] = []
        if new.level != level { changes.append("Logging level: \(level) to \(new.level)") }
        for name in Set(levels.keys).union(new.levels.keys).sorted() where levels[name] != new.levels[name] {
            let from = levels[name]?.description ?? "default"
            changes.append("Logging level of \(name): \(from) to \(new.levels[name]?.description ?? "default")")
        }
        if new.format != format { changes.append("Logging format: \(format.rawValue) to \(new.format.rawValue)") }
        if new.recentLines != recentLines {
            changes.append("Logging recent lines: \(recentLines) to \(new.recentLines)")
        }
        return changes
    }
}

extension LogLevelTable {
    /// The levels of a configuration in an environment.
    init(_ configuration: LoggingConfiguration, environment: [String: String]) {
        self.init(default: configuration.level, subsystems: configuration.levels, environment: environment)
    }
}
