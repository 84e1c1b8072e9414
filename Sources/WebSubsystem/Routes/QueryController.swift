import DatabaseSubsystem
import HTTPTypes
import Hummingbird

/// The query endpoint as routes: what the fast lane does not take.
struct QueryController: Sendable {
    let parser: QueryRequestParser
    let maximumRequestBytes: Int

    /// Analyses a request, runs its query and answers.
    func answer(_ request: Request, _ context: WebContext) async throws -> Answer {
        let isWriting = request.method == .post
        var asked = QueryRequest(
            method: isWriting ? .writing : .reading,
            target: RequestTarget(request.head.path ?? "/")
        )
        asked.cacheControl = request.headers[.cacheControl]
        asked.ifNoneMatch = request.headers[.ifNoneMatch]
        if isWriting {
            asked.contentType = request.headers[.contentType]
            asked.contentEncoding = request.headers[.contentEncoding]
            asked.body = try await request.body.collect(upTo: maximumRequestBytes)
        }
        let call = try parser.call(for: asked)
        // A request that was cut off looks like one with less: it must not run.
        if context.client.departure != nil { throw WebError.landing }
        do throws(DatabaseError) {
            return Answer(try await call.run(for: context.client), to: call)
        } catch {
            throw WebError(error)
        }
    }
}
