package import HydrogenCore

/// The section `MessageQueue.Buffer`: where pushes are kept that the database does not take.
package struct BufferConfiguration: Sendable, Hashable {
    /// The folder; `nil` for no buffer.
    package var directory: String?
    /// What a push that is answered `buffered` survives.
    package var durability: Durability
    /// How often files are brought to the disk, where pushes do not wait for that.
    package var flushInterval: Duration
    /// The most bytes that wait.
    package var maximumBytes: Int
    /// After how many bytes another file is begun.
    package var segmentBytes: Int
    /// How long a push waits for the database before it is kept in a file.
    package var patience: Duration

    /// What a push that is answered `buffered` survives.
    package enum Durability: String, Sendable, Hashable, CaseIterable {
        /// A crash of the machine: it is on the disk before it is answered.
        case always
        /// A crash of the server; one of the machine if the files were brought to the disk since.
        case interval
        /// A crash of the server.
        case never
    }

    /// Reads the section.
    ///
    /// - `Directory`: a folder, relative to the configuration file's. Default: none, and pushes get 503 while the database is away.
    /// - `Durability`: `always`, `interval` or `never`. Default `always`.
    /// - `FlushIntervalMilliseconds`: default 100, 1 to 60,000.
    /// - `MaxMegabytes`: default 1,024, 1 to 1,048,576.
    /// - `SegmentMegabytes`: default 16, 1 to 1,024; no more than an eighth of `MaxMegabytes` takes effect.
    /// - `PatienceMilliseconds`: default 800, 100 to 30,000.
    package init(_ reader: ConfigurationReader) {
        directory = reader.optional("Directory", .string(length: 1...4096)).map { reader.files.resolved($0) }
        durability = reader.value("Durability", .oneOf(Durability.self), default: .always)
        flushInterval = reader.value(
            "FlushIntervalMilliseconds",
            .milliseconds(1...60_000),
            default: .milliseconds(100)
        )
        maximumBytes = reader.value("MaxMegabytes", .integer(1...1_048_576), default: 1024) << 20
        // A file gives back its room when all of it is delivered.
        segmentBytes = min(reader.value("SegmentMegabytes", .integer(1...1024), default: 16) << 20, maximumBytes / 8)
        patience = reader.value("PatienceMilliseconds", .milliseconds(100...30_000), default: .milliseconds(800))
    }
}
