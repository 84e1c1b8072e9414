public import Logging
import Synchronization

/// Takes the lines of every logger of the process to one output, and keeps the newest in memory.
///
/// Make one, give it to swift-log (`LoggingSystem.bootstrap(pipeline.makeHandler)`) for the packages underneath, and
/// make the loggers of subsystems with ``logger(subsystem:)``. Lines come out in the order of their times, the lines of
/// one call together. An output that fails costs lines, which are counted, and never the process.
public final class LogPipeline: Sendable {
    /// Labels that have a threshold of their own; what logs under further labels follows the default level.
    private static let maximumLabels = 1024

    /// What one line changes; held while it is written.
    private struct Log {
        var format: LogFormat
        var recent: RecentLines
        var writer = LogWriter()
        var buffer: [UInt8] = []
    }

    /// Who logs at which level.
    private struct Levels {
        var configuration: LoggingConfiguration
        var table: LogLevelTable
        var thresholds: [String: LogThreshold] = [:]
        let fallback: LogThreshold
    }

    /// Where the lines go.
    public let output: any LogOutput

    private let environment: [String: String]
    private let now: @Sendable () -> WallTime
    private let log: Mutex<Log>
    private let levels: Mutex<Levels>

    /// A pipeline that is ready for lines.
    ///
    /// - Parameters:
    ///   - configuration: Levels, form, and how many lines are kept. Default: that of an empty `Logging` section.
    ///   - environment: The variables of the process; `LOG_LEVEL` and `LOG_LEVEL_<SUBSYSTEM>` win over the configuration.
    ///   - output: Where the lines go. Default: standard output.
    ///   - now: Civil time. Default: the machine's clock.
    public init(
        configuration: LoggingConfiguration = LoggingConfiguration(),
        environment: [String: String] = [:],
        output: any LogOutput = DescriptorOutput.standardOutput,
        now: @escaping @Sendable () -> WallTime = { .now }
    ) {
        let environment = environment.filter { $0.key.hasPrefix("LOG_LEVEL") }
        let table = LogLevelTable(configuration, environment: environment)
        self.output = output
        self.environment = environment
        self.now = now
        self.log = Mutex(
            Log(format: configuration.format, recent: RecentLines(capacity: configuration.recentLines))
        )
        self.levels = Mutex(
            Levels(configuration: configuration, table: table, fallback: LogThreshold(table.fallback.level))
        )
    }

    /// A logger whose lines bear the subsystem's name, at the subsystem's level.
    public func logger(subsystem: SubsystemName) -> Logger {
        var logger = Logger(label: "hydrogen", factory: makeHandler)
        logger[.subsystem] = .string(subsystem.rawValue)
        return logger
    }

    /// A handler for a logger with this label, as `LoggingSystem.bootstrap` asks for.
    public func makeHandler(label: String) -> any LogHandler {
        PipelineLogHandler(pipeline: self, label: label)
    }

    /// Puts a configuration in use: loggers that exist follow at once, unless their level was set on themselves.
    public func apply(_ configuration: LoggingConfiguration) {
        let table = LogLevelTable(configuration, environment: environment)
        levels.withLock { levels in
            levels.configuration = configuration
            levels.table = table
            levels.fallback.level = table.fallback.level
            for (label, threshold) in levels.thresholds { threshold.level = table.level(of: label) }
        }
        log.withLock { log in
            log.format = configuration.format
            log.recent.capacity = configuration.recentLines
        }
    }

    /// The configuration in use.
    public var configuration: LoggingConfiguration {
        levels.withLock { $0.configuration }
    }

    /// The levels in use: the configuration's and the environment's.
    public var levelTable: LogLevelTable {
        levels.withLock { $0.table }
    }

    /// What became of the lines so far.
    public var counts: LogCounts {
        log.withLock { $0.writer.counts }
    }

    /// The newest lines, the newest last.
    ///
    /// They are the lines that passed their level, also those that the output did not take.
    /// - Parameters:
    ///   - subsystem: Only lines of this label, in any case. Default: all.
    ///   - level: Only lines at least as grave. Default: all.
    ///   - limit: At most so many. Default: all that are kept.
    /// - Returns: Values, which no later line changes.
    public func recentLines(
        subsystem: String? = nil,
        level: LogLevel = .trace,
        limit: Int = .max
    ) -> [LogLine] {
        log.withLock { $0.recent }.lines(subsystem: subsystem, level: level, limit: limit)
    }

    /// Finishes a line that the output took only in part.
    ///
    /// There is nothing else to flush: lines are written as they come.
    public func flush() {
        log.withLock { _ = $0.writer.finishTail(on: output) }
    }

    /// The threshold that the loggers of a label share.
    func threshold(of label: String) -> LogThreshold {
        levels.withLock { levels in
            if let threshold = levels.thresholds[label] { return threshold }
            guard levels.thresholds.count < Self.maximumLabels else { return levels.fallback }
            let threshold = LogThreshold(levels.table.level(of: label))
            levels.thresholds[label] = threshold
            return threshold
        }
    }

    /// Writes one call's message, each of its lines in a frame of its own, and all with one write.
    func write(_ message: String, level: LogLevel, subsystem: String, metadata: [String: String]) {
        let messages = Self.lines(of: message)
        log.withLock { log in
            let time = now()
            log.buffer.removeAll(keepingCapacity: true)
            for message in messages {
                let line = LogLine(
                    time: time,
                    level: level,
                    subsystem: subsystem,
                    message: message,
                    metadata: metadata
                )
                line.append(to: &log.buffer, as: log.format)
                log.recent.append(line)
            }
            log.writer.write(log.buffer, to: output)
        }
    }

    /// The lines of a message: at least one, without the empty one after a last line feed.
    private static func lines(of message: String) -> [String] {
        guard message.utf8.contains(UInt8(ascii: "\n")) else { return [message] }
        var lines = message.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }
}
