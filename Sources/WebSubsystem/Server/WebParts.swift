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
        let endpoints = Endpoint.all(prefix: api.prefix, messageQueue: services.messageQueue.map(OriginSharing.init))
        let routes = RouteTable(endpoints)
        let telemetry = RequestTelemetry(metrics: RequestMetrics(factory: services.metrics), logger: logger)
        let system = SystemController(services: services, endpoints: endpoints, madeAt: madeAt)
        connectionServices = ConnectionServices(
            routes: routes,
            parser: parser,
            identity: identity,
            telemetry: telemetry,
            queryTemplate: Route.query.template(prefix: api.prefix),
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
                routes: routes,
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
