import Hummingbird
package import HydrogenCore
import Logging
import MessageQueueSubsystem
import NIOCore
import Synchronization

/// The HTTP server as a subsystem.
package final class WebSubsystem: Subsystem {
    package let name: SubsystemName = "WebServer"
    package var dependencies: [SubsystemName] {
        ["Logging", "Database"] + (services.messageQueue.map { [$0.name] } ?? [])
    }
    package let servesClients = true

    private let configuration: WebServerConfiguration
    private let api: APIConfiguration
    private let services: WebServices
    private let madeAt = ContinuousClock.now
    private let flight = Mutex<Flight?>(nil)

    /// A server that listens.
    private struct Flight {
        let server: WebServer
        let port: Int
        let keys: KeySource?
        let collectors: [MetricsRegistry.CollectorID]
    }

    /// A server that does nothing yet.
    package init(_ configuration: WebServerConfiguration, api: APIConfiguration, services: WebServices) {
        self.configuration = configuration
        self.api = api
        self.services = services
    }

    /// The port that the server listens on; `nil` while it does not.
    package var port: Int? { flight.withLock { $0?.port } }

    package var readinessChecks: [ReadinessCheck] {
        WebReadiness(configuration: configuration, api: api).checks
    }

    package func launch(_ context: LaunchContext) async throws {
        let keys = api.auth.mode == .required ? api.auth.tokens.map { KeySource($0, clock: context.clock) } : nil
        if let keys {
            await keys.refresh(context.logger)
            context.keepRunning("keys of tokens") { await keys.run(context.logger) }
        }
        let server = try await makeServer(context, keys)
        context.keepRunning("HTTP server") { await server.run(logger: context.logger) }
        let port = try await server.port()
        let collectors = registerMetrics(of: server)
        flight.withLock { $0 = Flight(server: server, port: port, keys: keys, collectors: collectors) }
    }

    private func makeServer(_ context: LaunchContext, _ keys: KeySource?) async throws -> WebServer {
        services.metrics.describe([RequestMetrics.duration])
        let parts = WebParts(
            configuration,
            api: api,
            authenticator: Authenticator(api.auth, source: keys),
            services: services,
            madeAt: madeAt,
            clock: context.clock,
            logger: context.logger
        )
        return try WebServer(
            parts,
            address: await .resolve(host: configuration.host, port: configuration.port),
            tls: try configuration.tls.map { files throws(ListeningFault) in try TLSMaterial(files) },
            logger: context.logger
        )
    }

    private func registerMetrics(of server: WebServer) -> [MetricsRegistry.CollectorID] {
        let queues = QueueMetrics(databases: services.databases)
        let messageQueue = services.messageQueue.map { MessageQueueGauges(subsystem: $0) }
        return [
            services.metrics.registerCollector { queues.collect() + (messageQueue?.collect() ?? []) },
            services.metrics.registerGauge(
                "http.server.active.requests",
                help: "Requests that are being answered",
                read: { Double(server.connections.active) }
            ),
        ]
    }

    package var startupFacts: [StartupFact] {
        guard let url else { return [] }
        return [StartupFact("WebServer running", url), StartupFact("API", url + api.prefix)]
    }

    private var url: String? {
        flight.withLock { flight in
            flight.map { $0.server.address.url(port: $0.port, isSecure: configuration.tls != nil) }
        }
    }

    package var landingChecks: [ReadinessCheck] {
        [
            .single("requests in flight") { [self] in
                .go("\(flight.withLock { $0?.server.connections.active } ?? 0) requests are being answered")
            }
        ]
    }

    package func land(_ context: LandingContext) async throws -> LandingTally {
        guard let flight = flight.withLock({ $0 }) else { return LandingTally() }
        // Requests that wait for a message would be waited for.
        services.messageQueue?.queue?.dismissWaiting()
        let tally = await flight.server.land()
        for collector in flight.collectors { services.metrics.removeCollector(collector) }
        self.flight.withLock { $0 = nil }
        return tally
    }

    // MARK: Reload

    /// Reads the keys of tokens and the list of revoked ones anew. What else changed in the sections takes effect at the next launch.
    package func prepareReload(_ configuration: ConfigurationDocument) async throws -> Reload {
        guard let keys = flight.withLock({ $0?.keys }) else { return .unchanged }
        switch await keys.reread() {
        case .success(let new):
            return Reload(changes: ["keys of tokens: \(new.keys.keys.count), revoked tokens: \(new.revoked.count)"]) {
                keys.use(new)
            }
        // What another machine does not give now is no fault of the configuration.
        case .failure(let fault) where keys.isRemote:
            return Reload(changes: ["keys of tokens: the last good ones stay, as \(fault)"]) {}
        case .failure(let fault): throw fault
        }
    }

    /// The routes of the server that flies, for tests that need no socket.
    var responder: RouterResponder<WebContext>? { flight.withLock { $0?.server.responder } }
}
