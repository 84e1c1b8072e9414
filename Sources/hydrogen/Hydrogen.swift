import DatabaseSubsystem
import HydrogenCore
import HydrogenHost
import Logging
import MessageQueueSubsystem
import Synchronization
import WebSubsystem

/// The process's parts, put together from a configuration: the list of subsystems, and the flight they make.
struct Hydrogen: Sendable {
    /// Where all lines go.
    let log: LogPipeline
    /// Ready to run or to preflight, once.
    let flight: Flight

    private let loaded: LoadedConfiguration

    /// Puts the parts together; nothing starts.
    ///
    /// - Parameter output: Where log lines go. Default: standard output.
    init(
        _ loaded: LoadedConfiguration,
        environment: [String: String],
        output: any LogOutput = DescriptorOutput.standardOutput
    ) {
        let configuration = loaded.value
        let log = LogPipeline(configuration: configuration.logging, environment: environment, output: output)
        let metrics = MetricsRegistry()
        metrics.registerProcessMetrics()
        log.registerMetrics(in: metrics)
        let recorder = FlightRecorder()
        let current = CurrentDump(loaded.dump)
        let databases = DatabaseSubsystem(configuration.databases, metrics: metrics)
        let messageQueue =
            configuration.messageQueue.isEnabled
            ? MessageQueueSubsystem(configuration.messageQueue, databases: databases, metrics: metrics) : nil
        let web = WebSubsystem(
            configuration.web,
            api: configuration.api,
            services: WebServices(
                serverName: configuration.server.name,
                databases: databases,
                messageQueue: messageQueue,
                recorder: recorder,
                log: log,
                metrics: metrics,
                configuration: { current.json }
            )
        )
        self.loaded = loaded
        self.log = log
        self.flight = Flight(
            subsystems: [LoggingSubsystem(pipeline: log), databases] + (messageQueue.map { [$0] } ?? []) + [web],
            configuration: FlightConfiguration(
                document: loaded.document,
                reread: { try current.keep(loaded.reread()) },
                dump: { current.text(of: $0) }
            ),
            settings: FlightSettings(
                shutdownTimeout: configuration.server.shutdownTimeout,
                launchReportFile: configuration.server.launchReport
            ),
            logger: log.logger(subsystem: "Host"),
            recorder: recorder
        )
    }

    /// Tells who starts, and with which configuration.
    func announce(processID: Int32) {
        let passedOver = loaded.choice.passedOver.map { "  Passed over:    \($0.path): \($0.reason)" }
        let lines = [
            "HYDROGEN STARTUP",
            "  Version:        \(HydrogenVersion.current)",
            "  PID:            \(processID)",
            "  Configuration:  \(loaded.choice.name)",
        ]
        log.logger(subsystem: "Host").notice("\((lines + passedOver).joined(separator: "\n"))")
    }
}

/// The effective configuration of this moment, for those who ask to see it.
private final class CurrentDump: Sendable {
    private let dump: Mutex<ConfigurationDump>

    init(_ dump: ConfigurationDump) {
        self.dump = Mutex(dump)
    }

    var json: String { dump.withLock { $0 }.json }

    /// The values of a document that has been validated before.
    func text(of document: ConfigurationDocument) -> String {
        guard let decoded = try? document.decode(HydrogenConfiguration.init) else { return dump.withLock { $0 }.text }
        return ConfigurationDump(decoded.effective).text
    }

    func keep(_ loaded: LoadedConfiguration) -> ConfigurationDocument {
        dump.withLock { $0 = loaded.dump }
        return loaded.document
    }
}
