public import Logging

/// How grave a log line is, by the names that operators know.
///
/// The raw values are the numbers of `LOG_LEVEL` variables: 0 lets everything pass, 6 only what ends the server.
public enum LogLevel: Int, Sendable, Hashable, CaseIterable, Comparable, CustomStringConvertible {
    /// Every step; swift-log's `trace`.
    case trace
    /// Connections and decisions; swift-log's `debug`.
    case debug
    /// What went wrong without a caller to tell; swift-log's `info`.
    case info
    /// What an operator follows: launch, heartbeat, landing; swift-log's `notice`. The default.
    case state
    /// Works, and needs a look; swift-log's `warning`.
    case alert
    /// Did not work; swift-log's `error`.
    case error
    /// The server ends; swift-log's `critical`.
    case fatal

    /// The level of a swift-log call.
    public init(_ level: Logger.Level) {
        switch level {
        case .trace: self = .trace
        case .debug: self = .debug
        case .info: self = .info
        case .notice: self = .state
        case .warning: self = .alert
        case .error: self = .error
        case .critical: self = .fatal
        }
    }

    /// The level that a text names: a name of either vocabulary in any case, or a number 0…6.
    ///
    /// - Returns: `nil` for anything else.
    public init?(parsing text: String) {
        guard let level = Self.parsed[text.lowercased()] else { return nil }
        self = level
    }

    /// Every text that stands for a level, each once: `TRACE`, `notice` where swift-log has another name, `0`.
    public static let named: [String: LogLevel] = {
        var named: [String: LogLevel] = [:]
        for level in allCases {
            named[level.description] = level
            named[String(level.rawValue)] = level
            let other = level.loggerLevel.rawValue
            if other != level.description.lowercased() { named[other] = level }
        }
        return named
    }()

    private static let parsed = Dictionary(named.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }

    /// swift-log's name for the level.
    public var loggerLevel: Logger.Level {
        switch self {
        case .trace: .trace
        case .debug: .debug
        case .info: .info
        case .state: .notice
        case .alert: .warning
        case .error: .error
        case .fatal: .critical
        }
    }

    /// The name in log lines: five upper-case letters, or four for `INFO`.
    public var description: String {
        switch self {
        case .trace: "TRACE"
        case .debug: "DEBUG"
        case .info: "INFO"
        case .state: "STATE"
        case .alert: "ALERT"
        case .error: "ERROR"
        case .fatal: "FATAL"
        }
    }

    /// Whether a level is less grave than another.
    public static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.rawValue < right.rawValue
    }
}
