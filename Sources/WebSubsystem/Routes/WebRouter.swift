import HTTPTypes
import Hummingbird
import NIOCore

/// Brings every endpoint of ``Route`` and its controller together.
struct WebRouter: Sendable {
    let prefix: String
    let envelope: RequestEnvelope
    let queries: QueryController
    let batches: BatchController
    let system: SystemController
    /// `nil` when the message queue is no part of the flight.
    let messageQueue: QueueController?
    let authenticator: Authenticator
    let policy: AccessPolicy

    /// The routes, each inside the envelope.
    func responder() -> RouterResponder<WebContext> {
        let router = Router(context: WebContext.self)
        router.add(middleware: envelope)
        for route in Route.allCases {
            for path in paths(of: route) {
                for method in route.methods.compactMap({ HTTPRequest.Method($0) }) {
                    router.on(RouterPath(path), method: method) { request, context in
                        let answer = try await answer(to: request, on: route, context)
                        return Response(answer, requestID: context.requestID, isHead: method == .head)
                    }
                }
            }
        }
        if let messageQueue { add(messageQueue, to: router) }
        return router.buildResponder()
    }

    private func add(_ controller: QueueController, to router: Router<WebContext>) {
        let sharing = controller.sharing
        for route in QueueRoute.allCases {
            guard let method = HTTPRequest.Method(route.method) else { continue }
            router.on(RouterPath(route.template), method: method) { request, context in
                let answer = sharing.shared(try await controller.answer(request, to: route, context))
                return Response(answer, requestID: context.requestID, isHead: false)
            }
        }
        for route in OperatorRoute.all {
            guard let method = HTTPRequest.Method(route.method) else { continue }
            router.on(RouterPath(route.template), method: method) { request, context in
                let answer = sharing.shared(try await controller.answer(request, to: route, context))
                return Response(answer, requestID: context.requestID, isHead: false)
            }
        }
        guard sharing.isOn else { return }
        for template in Set(QueueRoute.allCases.map(\.template) + OperatorRoute.all.map(\.template)) {
            router.on(RouterPath(template), method: .options) { _, context in
                let answer = sharing.shared(Answer(status: 204, ByteBuffer()))
                return Response(answer, requestID: context.requestID, isHead: false)
            }
        }
    }

    /// The parameters of a query's path may be left out.
    private func paths(of route: Route) -> [String] {
        let template = route.template(prefix: prefix)
        switch route {
        case .query:
            return [template, String(template[..<(template.lastIndex(of: "/") ?? template.endIndex)])]
        case .root, .conduit, .conduitBatch, .conduitAuth, .conduitAuthBatch, .conduitAlt, .conduitAltBatch,
            .conduitStatus, .health, .readiness, .info, .launch, .config, .recent, .queues, .reload, .metrics:
            return [template]
        }
    }

    private func answer(to request: Request, on route: Route, _ context: WebContext) async throws -> Answer {
        if route.isForOperators { try policy.admitOperator(authenticator.caller(Credentials(request))) }
        return switch route {
        case .root: system.root()
        case .query, .conduit, .conduitAuth, .conduitAlt: try await queries.answer(request, context)
        case .conduitBatch: try await batches.answer(request, to: .open, context)
        case .conduitAuthBatch: try await batches.answer(request, to: .own, context)
        case .conduitAltBatch: try await batches.answer(request, to: .other, context)
        case .conduitStatus: try system.conduitStatus(for: authenticator.caller(Credentials(request)))
        case .health: system.health()
        case .readiness: try system.readiness()
        case .info: try system.info()
        case .launch: system.launch()
        case .config: system.config()
        case .recent: try system.recent(request)
        case .queues: try system.queues()
        case .reload: try await reload(request, context)
        case .metrics: system.metrics()
        }
    }

    private func reload(_ request: Request, _ context: WebContext) async throws -> Answer {
        let asked = try await QueryRequest(request, maximumBytes: queries.maximumRequestBytes)
        let name = try queries.parser.databaseToReload(in: asked)
        return try await system.reload(name)
    }
}
