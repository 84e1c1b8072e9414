import HydrogenCore
public import Logging

/// Keeps what is logged, for tests to read and to wait for.
public struct CapturedLog: Sendable {
    /// One log call.
    public struct Entry: Sendable {
        /// The level of the call.
        public let level: Logger.Level
        /// The label in the frame: `Launch`, `Landing`, `Host`, or a subsystem's name; empty for other loggers.
        public let label: String
        /// The message; that of a report has several lines.
        public let message: String
        /// The call's and the logger's metadata, without the label.
        public let metadata: Logger.Metadata
        /// The message line by line.
        public var lines: [String] { message.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
    }

    private let journal = Journal<Entry>()
    private let level: Logger.Level

    /// Keeps calls at `level` and above.
    public init(level: Logger.Level = .trace) {
        self.level = level
    }

    /// A logger whose calls are kept.
    public var logger: Logger {
        var logger = Logger(label: "hydrogen") { _ in Handler(journal: journal) }
        logger.logLevel = level
        return logger
    }

    /// All calls so far, oldest first.
    public var entries: [Entry] { journal.entries }

    /// All lines so far, under one label or under any.
    public func lines(of label: String? = nil) -> [String] {
        entries.filter { label == nil || $0.label == label }.flatMap(\.lines)
    }

    /// Waits for a line that begins with `prefix`; `nil` when the waiting task is cancelled first.
    @discardableResult
    public func line(beginning prefix: String, label: String? = nil) async -> String? {
        let entry = await entry { entry in
            (label == nil || entry.label == label) && entry.lines.contains { $0.hasPrefix(prefix) }
        }
        return entry?.lines.first { $0.hasPrefix(prefix) }
    }

    /// Waits for a call that matches; `nil` when the waiting task is cancelled first.
    ///
    /// - Parameter start: The index of the first call to look at. Default: the first of all.
    @discardableResult
    public func entry(from start: Int = 0, where matches: @escaping @Sendable (Entry) -> Bool) async -> Entry? {
        await journal.first(from: start, where: matches)
    }

    private struct Handler: LogHandler {
        let journal: Journal<Entry>
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            var metadata = metadata.merging(event.metadata ?? [:]) { _, call in call }
            let label = metadata.removeValue(forKey: LogKey.subsystem.name).map { "\($0)" } ?? ""
            journal.append(
                Entry(level: event.level, label: label, message: event.message.description, metadata: metadata)
            )
        }
    }
}
