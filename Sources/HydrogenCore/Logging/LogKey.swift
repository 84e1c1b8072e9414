public import Logging

/// A key of log metadata: dotted lower case, declared once.
///
/// Names follow OpenTelemetry's semantic conventions where these have one. A plugin declares its own keys beside these:
/// ```swift
/// extension LogKey { static let orderID = LogKey("order.id") }
/// logger.debug("Order taken", metadata: .fields([.orderID: "\(id)", .requestID: "\(requestID)"]))
/// ```
public struct LogKey: Sendable, Hashable, CustomStringConvertible {
    /// The key as it is written in log lines.
    public let name: String

    /// A key; dotted lower case.
    public init(_ name: String) {
        self.name = name
    }

    /// The key as it is written in log lines.
    public var description: String { name }
}

extension LogKey {
    /// The label of the line; stands in the frame and not among the metadata.
    public static let subsystem = LogKey("subsystem")
    /// What went wrong, as text that is safe to show.
    public static let error = LogKey("error")
    /// The stable code of an error: `HYD-2003`.
    public static let errorCode = LogKey("error.code")
    /// How often something has been tried, from 1.
    public static let attempt = LogKey("attempt")
    /// How long something took or will wait, with its unit: `0.123s`.
    public static let duration = LogKey("duration")
    /// How many.
    public static let count = LogKey("count")
    /// A file or folder.
    public static let filePath = LogKey("file.path")
    /// The name of a signal: `SIGHUP`.
    public static let signal = LogKey("signal")
    /// A piece of background work.
    public static let task = LogKey("task")
    /// Log lines that the output took.
    public static let logLinesWritten = LogKey("log.lines.written")
    /// Log lines that the output did not take.
    public static let logLinesDropped = LogKey("log.lines.dropped")
}

extension LogKey {
    /// The id that a response bears in `X-Request-ID`.
    public static let requestID = LogKey("request.id")
    /// The method of a request: `GET`.
    public static let requestMethod = LogKey("http.request.method")
    /// The template of the route that took a request, never its path.
    public static let route = LogKey("http.route")
    /// The status of a response.
    public static let responseStatus = LogKey("http.response.status_code")
    /// The address of the client of a request.
    public static let clientAddress = LogKey("client.address")
    /// The address that a server listens on or a client connects to.
    public static let serverAddress = LogKey("server.address")
    /// The port that a server listens on or a client connects to.
    public static let serverPort = LogKey("server.port")
    /// Who is signed in, by the token's subject.
    public static let userID = LogKey("user.id")
}

extension LogKey {
    /// The configured name of a database.
    public static let databaseName = LogKey("db.name")
    /// The engine of a database: `postgresql`.
    public static let databaseEngine = LogKey("db.engine")
    /// The label of a DQM: `DQM-Acuranzo-01-F`.
    public static let databaseQueue = LogKey("db.queue")
    /// The queries that wait in a DQM.
    public static let databaseQueueDepth = LogKey("db.queue.depth")
    /// The number of a query template.
    public static let queryID = LogKey("db.query.id")
    /// The table that a change or a trigger concerns.
    public static let databaseTable = LogKey("db.table")
    /// The version or name of a migration.
    public static let migration = LogKey("db.migration")
    /// The five characters of an SQLSTATE.
    public static let sqlState = LogKey("db.sqlstate")
    /// The number of rows a query returned or changed.
    public static let rowCount = LogKey("db.row_count")
}

extension LogKey {
    /// A queue of the message queue.
    public static let messageQueue = LogKey("messaging.queue")
    /// A partition of a queue.
    public static let messagePartition = LogKey("messaging.partition")
    /// A consumer group of a queue.
    public static let consumerGroup = LogKey("messaging.consumer_group")
}

extension Dictionary where Key == String, Value == Logger.MetadataValue {
    /// Metadata with declared keys only; of a key that stands twice the last value counts.
    public static func fields(_ fields: KeyValuePairs<LogKey, Logger.MetadataValue>) -> Logger.Metadata {
        Logger.Metadata(fields.map { ($0.name, $1) }, uniquingKeysWith: { _, last in last })
    }
}

extension Logger {
    /// The value that every line of this logger bears under a declared key.
    public subscript(key: LogKey) -> Logger.MetadataValue? {
        get { self[metadataKey: key.name] }
        set { self[metadataKey: key.name] = newValue }
    }
}
