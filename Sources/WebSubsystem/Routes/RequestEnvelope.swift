import HTTPTypes
import Hummingbird
import HydrogenCore
import NIOCore
import NIOHTTP1

/// What every request gets around its route: an id, one form for all errors, a measurement.
struct RequestEnvelope: RouterMiddleware {
    typealias Context = WebContext

    let prefix: String
    let identity: RequestIdentity
    let telemetry: RequestTelemetry
    let connections: Connections
    let clock: any MonotonicClock
    let maximumRequestBytes: Int

    func handle(
        _ request: Request,
        context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        let began = clock.now
        var context = context
        context.requestID = identity.id(offered: HTTPField.Name("X-Request-ID").flatMap { request.headers[$0] })
        context.client = connections.client(of: context.channel)
        var code: ErrorCode?
        let response: Response
        do {
            response = try await next(request, context)
        } catch let error as HTTPParserError {
            // The connection is beyond use: who owns it answers and closes.
            throw error
        } catch {
            let error = webError(error, of: request, requestID: context.requestID)
            code = error.code
            let answer = Answer(error, requestID: context.requestID)
            response = Response(answer, requestID: context.requestID, isHead: request.method == .head)
        }
        let isGone = context.client?.isGone == true
        telemetry.record(
            RequestRecord(
                route: Route.matching(RequestTarget(request.head.path ?? "/"), prefix: prefix),
                method: request.method.rawValue,
                status: isGone ? RequestMetrics.clientLeft : response.status.code,
                elapsed: began.duration(to: clock.now),
                requestID: context.requestID,
                error: code
            )
        )
        return response
    }

    private func webError(_ error: any Error, of request: Request, requestID: String) -> WebError {
        switch error {
        case let error as WebError:
            return error
        case is NIOTooManyBytesError:
            return .requestTooLarge(limit: maximumRequestBytes)
        case let error as HTTPError where error.status == .notFound:
            let target = RequestTarget(request.head.path ?? "/")
            guard let route = Route.matching(target, prefix: prefix) else { return .noSuchRoute }
            return .methodNotAllowed(request.method.rawValue, allow: route.methods)
        default:
            telemetry.unforeseen(error, requestID: requestID)
            return .internalError
        }
    }
}
