import DatabaseSubsystem
import HTTPTypes
import Hummingbird

/// The query endpoint as routes: what the fast lane does not take.
struct QueryController: Sendable {
    let parser: QueryRequestParser
    let maximumRequestBytes: Int

    /// Analyses a request, runs its query and answers.
    func answer(_ request: Request, _ context: WebContext) async throws -> Answer {
        let call = try parser.call(for: try await QueryRequest(request, maximumBytes: maximumRequestBytes))
        // A request that was cut off looks like one with less: it must not run.
        if context.client.departure != nil { throw WebError.landing }
        do throws(DatabaseError) {
            return Answer(try await call.run(for: context.client), to: call)
        } catch {
            throw WebError(error).of(tableVersion: call.tableVersion)
        }
    }
}

extension QueryRequest {
    /// A request as Hummingbird has it, with the whole of its body.
    init(_ request: Request, maximumBytes: Int) async throws {
        let isWriting = request.method == .post
        self.init(method: isWriting ? .writing : .reading, target: RequestTarget(request.head.path ?? "/"))
        cacheControl = request.headers[.cacheControl]
        ifNoneMatch = request.headers[.ifNoneMatch]
        if isWriting {
            contentType = request.headers[.contentType]
            contentEncoding = request.headers[.contentEncoding]
            body = try await request.body.collect(upTo: maximumBytes)
        }
    }
}
