import Logging

/// The handler behind a swift-log `Logger` whose lines go to a ``LogPipeline``.
///
/// Its label is the metadata key ``LogKey/subsystem``, else the logger's own label. Its level follows the pipeline's
/// table for that label until it is set here.
struct PipelineLogHandler: LogHandler {
    var metadataProvider: Logger.MetadataProvider?

    private let pipeline: LogPipeline
    private let loggerLabel: String
    private var fields: Logger.Metadata = [:]
    private var threshold: LogThreshold
    private var ownLevel: Logger.Level?

    /// A handler of a logger with this label, without metadata.
    init(pipeline: LogPipeline, label: String) {
        self.pipeline = pipeline
        self.loggerLabel = label
        self.threshold = pipeline.threshold(of: label)
    }

    var logLevel: Logger.Level {
        get { ownLevel ?? threshold.level.loggerLevel }
        set { ownLevel = newValue }
    }

    var metadata: Logger.Metadata {
        get { fields }
        set {
            fields = newValue
            followSubsystem()
        }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { fields[key] }
        set {
            fields[key] = newValue
            if key == LogKey.subsystem.name { followSubsystem() }
        }
    }

    func log(event: LogEvent) {
        var fields = LogFields(
            logger: fields,
            provider: metadataProvider,
            call: event.metadata,
            error: event.error
        )
        pipeline.write(
            event.message.description,
            level: LogLevel(event.level),
            subsystem: fields.takeSubsystem() ?? loggerLabel,
            metadata: fields.texts
        )
    }

    private mutating func followSubsystem() {
        threshold = pipeline.threshold(of: fields[LogKey.subsystem.name]?.description ?? loggerLabel)
    }
}
