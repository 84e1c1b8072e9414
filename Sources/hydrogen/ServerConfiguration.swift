import HydrogenCore

/// The `Server` section.
struct ServerConfiguration: Sendable {
    /// What the server calls itself in logs and reports.
    let name: String
    /// How long the whole landing may take.
    let shutdownTimeout: Duration
    /// The file that keeps the launch report, so that the next launch can tell what changed.
    let launchReport: String?

    /// Reads the section.
    ///
    /// - `Name`: default `hydrogen`, at most 64 characters.
    /// - `ShutdownTimeoutSeconds`: default 30, 1 to 3,600.
    /// - `LaunchReport`: a file, relative to the configuration file's folder. Default: none.
    init(_ reader: ConfigurationReader) {
        name = reader.value("Name", .string(length: 1...64), default: "hydrogen")
        shutdownTimeout = reader.value("ShutdownTimeoutSeconds", .seconds(1...3600), default: .seconds(30))
        launchReport = reader.optional("LaunchReport", .string(length: 1...4096)).map(reader.files.resolved)
    }
}
