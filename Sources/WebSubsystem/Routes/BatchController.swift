import DatabaseSubsystem
import Hummingbird
import HydrogenCore
import NIOCore
import Synchronization

/// The conduit's batch: several queries of one database in one request, run at once, answered in their order.
struct BatchController: Sendable {
    let parser: QueryRequestParser
    let maximumRequestBytes: Int

    /// One query of a batch: what is to be run, or why not.
    private enum Part {
        case call(QueryCall)
        case refused(WebError)
    }

    func answer(_ request: Request, _ context: WebContext) async throws -> Answer {
        var asked = QueryRequest(method: .writing, target: RequestTarget(request.head.path ?? "/"))
        asked.cacheControl = request.headers[.cacheControl]
        asked.contentType = request.headers[.contentType]
        asked.contentEncoding = request.headers[.contentEncoding]
        asked.body = try await request.body.collect(upTo: maximumRequestBytes)
        let batch = try parser.batch(for: asked)
        // A request that was cut off looks like one with less: it must not run.
        if context.client.departure != nil { throw WebError.landing }
        let began = ContinuousClock.now
        var seen: Set<CallKey> = []
        let parts = batch.queries.enumerated().map { index, query -> Part in
            guard index < batch.limit else { return .refused(.tooManyQueries(limit: batch.limit)) }
            switch query {
            case .success(let call):
                guard seen.insert(CallKey(call)).inserted else { return .refused(.duplicateQuery) }
                return .call(call)
            case .failure(let error): return .refused(error)
            }
        }
        let answers = await run(parts, for: context.client)
        return Self.answer(batch, answers, requestID: context.requestID, took: began.duration(to: .now))
    }

    /// What makes two queries of a batch the same.
    private struct CallKey: Hashable {
        let query: QueryID
        let values: [ParameterValue]

        init(_ call: QueryCall) {
            query = call.query.template.id
            values = call.values
        }
    }

    // MARK: Running

    private func run(_ parts: [Part], for client: ClientPresence) async -> [Result<Answer, WebError>] {
        let tickets = Tickets()
        client.whenGone { tickets.cancel() }
        let answers = await withTaskGroup(of: (Int, Result<Answer, WebError>).self) { group in
            for (index, part) in parts.enumerated() {
                group.addTask {
                    switch part {
                    case .refused(let error): (index, .failure(error))
                    case .call(let call): (index, await Self.run(call, tickets, client))
                    }
                }
            }
            return await group.reduce(into: [Int: Result<Answer, WebError>]()) { $0[$1.0] = $1.1 }
        }
        client.forget()
        return parts.indices.compactMap { answers[$0] }
    }

    private static func run(
        _ call: QueryCall,
        _ tickets: Tickets,
        _ client: ClientPresence
    ) async -> Result<Answer, WebError> {
        let result: Result<QueryAnswer, DatabaseError> = await withCheckedContinuation { continuation in
            let ticket = call.submit { continuation.resume(returning: $0) }
            tickets.add(ticket)
            // The client may have left before the ticket was there.
            if client.departure != nil { ticket.cancel() }
        }
        return result.map { Answer($0, to: call) }.mapError { WebError($0) }
    }

    /// What takes all queries of a batch back.
    private final class Tickets: Sendable {
        private let tickets = Mutex<[QueryTicket]>([])

        func add(_ ticket: QueryTicket) {
            tickets.withLock { $0.append(ticket) }
        }

        func cancel() {
            for ticket in tickets.withLock({ $0 }) { ticket.cancel() }
        }
    }

    // MARK: The answer

    private static func answer(
        _ batch: QueryBatch,
        _ answers: [Result<Answer, WebError>],
        requestID: String,
        took: Duration
    ) -> Answer {
        var body = ByteBuffer()
        let isWhole = answers.allSatisfy { if case .success = $0 { true } else { false } }
        body.writeString(#"{"success":\#(isWhole),"results":["#)
        for (index, answer) in answers.enumerated() {
            if index > 0 { body.writeStaticString(",") }
            switch answer {
            case .success(let answer): for part in answer.body { body.writeImmutableBuffer(part) }
            case .failure(let error):
                for part in Answer(error, requestID: requestID).body { body.writeImmutableBuffer(part) }
            }
        }
        body.writeString(#"],"database":"\#(batch.database.name)","total_execution_time_ms":"#)
        Answer.writeMilliseconds(took, to: &body)
        body.writeStaticString("}")
        let statuses = answers.compactMap { if case .failure(let error) = $0 { error.code.status } else { nil } }
        var whole = Answer(status: status(of: statuses), body)
        if whole.status == 503 || whole.status == 429 { whole.headers.append(("Retry-After", "1")) }
        return whole
    }

    /// The status of the whole: that of the worst part, in the order of the original server, and then the highest.
    private static func status(of parts: [Int]) -> Int {
        [429, 400, 422].first { parts.contains($0) } ?? parts.max() ?? 200
    }
}
