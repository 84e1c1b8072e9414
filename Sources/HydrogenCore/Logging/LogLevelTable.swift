/// Which level each subsystem logs at.
///
/// The first that is set counts: the environment's `LOG_LEVEL_<SUBSYSTEM>`, the configuration's `Levels`, the
/// environment's `LOG_LEVEL`, the configuration's `Level`. Names are compared without case and punctuation:
/// `LOG_LEVEL_MESSAGE_QUEUE` is that of `MessageQueue`.
public struct LogLevelTable: Sendable, Hashable {
    /// A level with what set it.
    public struct Entry: Sendable, Hashable {
        /// The level.
        public let level: LogLevel
        /// A subsystem as it was written; `nil` for the default.
        public let subsystem: String?
        /// What set it: `configuration`, or the name of an environment variable.
        public let origin: String
    }

    /// The level of every subsystem that has none of its own.
    public let fallback: Entry
    /// The subsystems that have a level of their own, by name.
    public let overrides: [Entry]
    /// What is wrong with the environment, one sentence for each variable that was not understood.
    public let faults: [String]

    private let levels: [String: LogLevel]

    /// The levels of a configuration in an environment.
    ///
    /// - Parameters:
    ///   - configured: The default.
    ///   - subsystems: The levels of single subsystems.
    ///   - environment: The variables of the process.
    public init(default configured: LogLevel, subsystems: [String: LogLevel], environment: [String: String]) {
        let variables = EnvironmentLevels(environment)
        var overrides: [String: Entry] = [:]
        for (name, level) in subsystems.sorted(by: { $0.key < $1.key }) {
            overrides[Self.key(name)] = Entry(level: level, subsystem: name, origin: "configuration")
        }
        for entry in variables.overrides {
            let name = entry.subsystem ?? ""
            let known = overrides[Self.key(name)]?.subsystem
            overrides[Self.key(name)] = Entry(level: entry.level, subsystem: known ?? name, origin: entry.origin)
        }
        self.fallback = variables.fallback ?? Entry(level: configured, subsystem: nil, origin: "configuration")
        self.overrides = overrides.sorted { $0.key < $1.key }.map(\.value)
        self.levels = overrides.mapValues(\.level)
        self.faults = variables.faults
    }

    /// The level of a subsystem or of any other label.
    public func level(of subsystem: String) -> LogLevel {
        levels[Self.key(subsystem)] ?? fallback.level
    }

    private static func key(_ name: String) -> String {
        name.lowercased().filter { $0.isLetter || $0.isNumber }
    }

    /// The levels that the environment sets.
    private struct EnvironmentLevels {
        private static let variable = "LOG_LEVEL"

        private(set) var fallback: Entry?
        private(set) var overrides: [Entry] = []
        private(set) var faults: [String] = []

        init(_ environment: [String: String]) {
            for (name, text) in environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix(Self.variable) {
                let suffix = name.dropFirst(Self.variable.count)
                guard suffix.isEmpty || (suffix.hasPrefix("_") && suffix.count > 1), !text.isEmpty else { continue }
                add(name, subsystem: suffix.isEmpty ? nil : String(suffix.dropFirst()), text)
            }
        }

        private mutating func add(_ variable: String, subsystem: String?, _ text: String) {
            guard let level = LogLevel(parsing: text) else {
                let names = LogLevel.allCases.map(\.description).joined(separator: " ")
                return faults.append("\(variable): expected one of \(names) or 0…6, got \"\(text)\"")
            }
            let entry = Entry(level: level, subsystem: subsystem, origin: variable)
            if subsystem == nil { fallback = entry } else { overrides.append(entry) }
        }
    }
}
