/// One line of the log, as a value.
public struct LogLine: Sendable, Hashable {
    /// When it was written.
    public let time: WallTime
    /// How grave it is.
    public let level: LogLevel
    /// Who wrote it: the name of a subsystem or a DQM's label.
    public let subsystem: String
    /// The message; never holds a line break that came from one call's several lines.
    public let message: String
    /// What varies, by key; nested metadata has become dotted keys.
    public let metadata: [String: String]

    /// A line.
    public init(
        time: WallTime,
        level: LogLevel,
        subsystem: String,
        message: String,
        metadata: [String: String] = [:]
    ) {
        self.time = time
        self.level = level
        self.subsystem = subsystem
        self.message = message
        self.metadata = metadata
    }

    /// The line in the given form, without the line feed that ends it in the log.
    public func rendered(as format: LogFormat) -> String {
        var bytes: [UInt8] = []
        append(to: &bytes, as: format)
        return String(decoding: bytes.dropLast(), as: UTF8.self)
    }

    /// Adds the line in the given form, with the line feed that ends it.
    func append(to bytes: inout [UInt8], as format: LogFormat) {
        switch format {
        case .text: appendText(to: &bytes)
        case .json: appendJSON(to: &bytes)
        }
        bytes.append(UInt8(ascii: "\n"))
    }
}
