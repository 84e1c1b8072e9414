import HTTPTypes
import Hummingbird
import HydrogenCore
import NIOCore
import NIOHTTP1

/// What every request gets around its route: an id, one form for all errors, a measurement.
struct RequestEnvelope: RouterMiddleware {
    typealias Context = WebContext

    let routes: RouteTable
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
        let match = routes.match(RequestTarget(request.head.path ?? "/"))
        var code: ErrorCode?
        let response: Response
        do {
            response = try await next(request, context)
        } catch let error as HTTPParserError {
            // The connection is beyond use: who owns it answers and closes.
            throw error
        } catch {
            let error = webError(error, of: request, at: match, requestID: context.requestID)
            code = error.code
            let answer = answer(to: error, at: match, requestID: context.requestID)
            response = Response(answer, requestID: context.requestID, isHead: request.method == .head)
        }
        measure(request, context, at: match, response.status.code, code, since: began)
        return response
    }

    /// Measures the request, unless the gate has answered it meanwhile.
    private func measure(
        _ request: Request,
        _ context: WebContext,
        at match: RouteTable.Match?,
        _ status: Int,
        _ error: ErrorCode?,
        since began: ContinuousClock.Instant
    ) {
        let departure = context.client.departure
        guard departure != .answered else { return }
        telemetry.record(
            RequestRecord(
                route: match?.template,
                method: request.method.rawValue,
                status: departure == .left ? RequestMetrics.clientLeft : status,
                elapsed: began.duration(to: clock.now),
                requestID: context.requestID,
                error: error
            )
        )
    }

    private func webError(
        _ error: any Error,
        of request: Request,
        at match: RouteTable.Match?,
        requestID: String
    ) -> WebError {
        switch error {
        case let error as WebError:
            return error
        case is NIOTooManyBytesError:
            return .requestTooLarge(limit: maximumRequestBytes)
        case let error as HTTPError where error.status == .notFound:
            guard let match else { return .noSuchRoute }
            return .methodNotAllowed(request.method.rawValue, allow: match.methods)
        default:
            telemetry.unforeseen(error, requestID: requestID)
            return .internalError
        }
    }

    /// An error in the form that clients of what is at the path expect.
    private func answer(to error: WebError, at match: RouteTable.Match?, requestID: String) -> Answer {
        switch match?.family {
        case .messageQueue(let sharing)?: sharing.shared(Answer(ofMessageQueue: error, saying: error.message))
        case .server?, nil: Answer(error, requestID: requestID)
        }
    }
}
