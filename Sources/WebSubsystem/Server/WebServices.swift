package import DatabaseSubsystem
package import HydrogenCore
package import MessageQueueSubsystem

/// What the web server answers questions from.
package struct WebServices: Sendable {
    /// What the server calls itself: `Server.Name`.
    package let serverName: String
    /// Where queries go.
    package let databases: DatabaseSubsystem
    /// The message queue; `nil` when it is no part of the flight.
    package let messageQueue: MessageQueueSubsystem?
    /// How far the flight is.
    package let recorder: FlightRecorder
    /// Where recent lines are.
    package let log: LogPipeline
    /// Where metrics are.
    package let metrics: MetricsRegistry
    /// The effective configuration as a JSON array, secrets masked: ``ConfigurationDump/json``.
    package let configuration: @Sendable () -> String

    /// All of it.
    package init(
        serverName: String,
        databases: DatabaseSubsystem,
        messageQueue: MessageQueueSubsystem? = nil,
        recorder: FlightRecorder,
        log: LogPipeline,
        metrics: MetricsRegistry,
        configuration: @escaping @Sendable () -> String
    ) {
        self.serverName = serverName
        self.databases = databases
        self.messageQueue = messageQueue
        self.recorder = recorder
        self.log = log
        self.metrics = metrics
        self.configuration = configuration
    }
}
