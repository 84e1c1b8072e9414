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
        databases = reader.section("Databases", DatabasesConfiguration.init)
        messageQueue = reader.section("MessageQueue", MessageQueueConfiguration.init)
    }
}
