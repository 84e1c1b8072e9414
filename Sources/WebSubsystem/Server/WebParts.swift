import DatabaseSubsystem
import HydrogenCore
import Logging
import NIOCore

/// Everything that answers requests, made from the configuration: what both lanes share, and what only one needs.
struct WebParts: Sendable {
    let connections = Connections()
    let router: WebRouter
    let connectionServices: ConnectionServices

    init(
        _ configuration: WebServerConfiguration,
        api: APIConfiguration,
        authenticator: Authenticator,
        services: WebServices,
        madeAt: ContinuousClock.Instant,
        clock: any MonotonicClock,
        logger: Logger
    ) {
        let identity = RequestIdentity()
        let policy = AccessPolicy(api.auth)
        let parser = QueryRequestParser(
            apiPrefix: api.prefix,
            databases: services.databases,
            timeLimit: configuration.requestTimeout,
            authenticator: authenticator,
            policy: policy
        )
        let metrics = RequestMetrics(prefix: api.prefix, factory: services.metrics)
        let telemetry = RequestTelemetry(metrics: metrics, logger: logger, prefix: api.prefix)
        let system = SystemController(services: services, prefix: api.prefix, madeAt: madeAt)
        connectionServices = ConnectionServices(
            prefix: api.prefix,
            parser: parser,
            identity: identity,
            telemetry: telemetry,
            healthPath: Route.health.template(prefix: api.prefix),
            health: { system.health() },
            connections: connections,
            clock: clock,
            maximumRequestBytes: configuration.maximumRequestBytes,
            refusesOtherSites: !policy.isOn,
            requestTimeout: .nanoseconds(Int64(configuration.requestTimeout.components.seconds) * 1_000_000_000)
        )
        router = WebRouter(
            prefix: api.prefix,
            envelope: RequestEnvelope(
                prefix: api.prefix,
                identity: identity,
                telemetry: telemetry,
                connections: connections,
                clock: clock,
                maximumRequestBytes: configuration.maximumRequestBytes
            ),
            queries: QueryController(
                parser: parser,
                maximumRequestBytes: configuration.maximumRequestBytes
            ),
            batches: BatchController(
                parser: parser,
                maximumRequestBytes: configuration.maximumRequestBytes
            ),
            system: system,
            messageQueue: services.messageQueue.map { subsystem in
                QueueController(
                    subsystem: subsystem,
                    authenticator: authenticator,
                    policy: policy,
                    maximumRequestBytes: configuration.maximumRequestBytes
                )
            },
            authenticator: authenticator,
            policy: policy
        )
    }
}
