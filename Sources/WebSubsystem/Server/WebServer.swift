import DatabaseSubsystem
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import HydrogenCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// The HTTP server of one flight: Hummingbird's application with a ``ConnectionGate`` before it, and its end.
final class WebServer: Sendable {
    /// Where the server is to listen.
    let address: ListeningAddress
    /// The connections and the requests on them.
    let connections: Connections
    /// The routes, by themselves.
    let responder: RouterResponder<WebContext>

    private let gates: ConnectionServices
    private let service: ServiceGroup
    private let bound: OneShot<Result<Int, ListeningFault>>
    private let ended = Latch()

    /// Makes the server; nothing listens yet.
    init(
        _ parts: WebParts,
        address: ListeningAddress,
        tls: TLSMaterial?,
        logger: Logger
    ) throws {
        let bound = OneShot<Result<Int, ListeningFault>>()
        let gates = parts.connectionServices
        let http = HTTPServerBuilder { GatedChannel(gates, responder: $0) }
        responder = parts.router.responder()
        let application = Application(
            responder: responder,
            server: try tls.map { try .tls(http, tlsConfiguration: $0.configuration) } ?? http,
            configuration: ApplicationConfiguration(address: .hostname(address.ip, port: address.port), backlog: 1024),
            onServerRunning: { channel in bound.fulfil(.success(channel.localAddress?.port ?? address.port)) },
            // The process's own: what of Hummingbird outlives its service may still use them.
            eventLoopGroupProvider: .shared(.singletonMultiThreadedEventLoopGroup),
            logger: logger
        )
        service = ServiceGroup(configuration: ServiceGroupConfiguration(services: [application], logger: logger))
        self.bound = bound
        self.gates = gates
        self.address = address
        connections = parts.connections
    }

    /// Serves until ``land()``; returns when nothing is left.
    func run(logger: Logger) async {
        do {
            try await service.run()
            bound.fulfil(.failure(ListeningFault("the server was ended before it listened")))
        } catch {
            if bound.current != nil { logger.error("Server ended", error: error) }
            bound.fulfil(.failure(fault(for: error)))
        }
        // Queries that the landing cut off may end only now.
        gates.queries.close()
        ended.open()
    }

    /// Why the server does not listen: in the words of the readiness check, if that would find it now.
    private func fault(for error: any Error) -> ListeningFault {
        do throws(ListeningFault) {
            try PortProbe(address).run()
            return ListeningFault("\(address.ip):\(address.port) cannot be listened on: \(error)")
        } catch {
            return error
        }
    }

    /// Waits until the server listens.
    ///
    /// Returns its port.
    ///
    /// - Throws: ``ListeningFault``, or `CancellationError`; the server has ended then.
    func port() async throws -> Int {
        guard let result = await bound.value() else {
            await service.triggerGracefulShutdown()
            await ended.waitThroughCancellation()
            throw CancellationError()
        }
        if case .failure = result { await ended.waitThroughCancellation() }
        return try result.get()
    }

    /// Takes no more connections and requests, lets those in flight finish, and cuts them short when the task is
    /// cancelled.
    func land() async -> LandingTally {
        connections.beginLanding()
        await service.triggerGracefulShutdown()
        await connections.waitUntilDrained()
        // Whoever is still connected has had its answer, or will not get one.
        connections.landAtOnce()
        await ended.waitThroughCancellation()
        return connections.tally
    }
}
