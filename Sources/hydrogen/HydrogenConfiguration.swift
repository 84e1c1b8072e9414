import DatabaseSubsystem
import HydrogenCore
import MessageQueueSubsystem
import WebSubsystem

/// The whole configuration: one value for each section, each read by the target that it is for.
struct HydrogenConfiguration: Sendable {
    let server: ServerConfiguration
    let logging: LoggingConfiguration
    let web: WebServerConfiguration
    let api: APIConfiguration
    let databases: DatabasesConfiguration
    let messageQueue: MessageQueueConfiguration

    init(_ reader: ConfigurationReader) {
        server = reader.section("Server", ServerConfiguration.init)
        logging = reader.section("Logging", LoggingConfiguration.init)
        web = reader.section("WebServer", WebServerConfiguration.init)
        api = reader.section("API", APIConfiguration.init)
        let databases = reader.section("Databases", DatabasesConfiguration.init)
        self.databases = databases
        messageQueue = reader.section("MessageQueue") { reader in
            let queue = MessageQueueConfiguration(reader)
            Self.checkDatabase(of: queue, among: databases.connections.map(\.name), reader)
            return queue
        }
    }

    /// A name that no connection has is a slip of the pen: it is found before the launch.
    private static func checkDatabase(
        of queue: MessageQueueConfiguration,
        among names: [String],
        _ reader: ConfigurationReader
    ) {
        guard queue.isEnabled, !queue.database.isEmpty, !names.contains(queue.database) else { return }
        let known = names.isEmpty ? "there is none" : names.joined(separator: ", ")
        reader.fault(
            "Database",
            expected: "the Name of one of Databases.Connections (\(known))",
            got: queue.database.jsonQuoted
        )
    }
}
