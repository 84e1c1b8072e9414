import DatabaseSubsystem
import Hummingbird
import HydrogenCore
import NIOCore

/// The conduit's batch: several queries of one database in one request, run at once, answered in their order.
struct BatchController: Sendable {
    let parser: QueryRequestParser
    let maximumRequestBytes: Int

    /// One query of a batch: what is to be run, or why not.
    private enum Part {
        case call(QueryCall)
        case refused(WebError)
    }

    func answer(_ request: Request, to endpoint: ConduitEndpoint, _ context: WebContext) async throws -> Answer {
        let asked = try await QueryRequest(request, maximumBytes: maximumRequestBytes)
        let batch = try parser.batch(for: asked, to: endpoint)
        // A request that was cut off looks like one with less: it must not run.
        if context.client.departure != nil { throw WebError.landing }
        let began = ContinuousClock.now
        if batch.isAtomic {
            let answers = await AtomicQueries(batch).run(for: context.client)
            return Self.answer(batch, answers, requestID: context.requestID, took: began.duration(to: .now))
        }
        var seen: Set<CallKey> = []
        let parts = batch.queries.map { query -> Part in
            switch query {
            case .success(let call): seen.insert(CallKey(call)).inserted ? .call(call) : .refused(.duplicateQuery)
            case .failure(let error): .refused(error)
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
        var answers = parts.map { part -> Result<Answer, WebError>? in
            if case .refused(let error) = part { .failure(error) } else { nil }
        }
        await withTaskGroup(of: (Int, Result<Answer, WebError>).self) { group in
            for (index, part) in parts.enumerated() {
                guard case .call(let call) = part else { continue }
                group.addTask { (index, await Self.run(call, for: client)) }
            }
            for await (index, answer) in group { answers[index] = answer }
        }
        return answers.compactMap { $0 }
    }

    private static func run(_ call: QueryCall, for client: ClientPresence) async -> Result<Answer, WebError> {
        do throws(DatabaseError) {
            return .success(Answer(try await call.run(for: client), to: call))
        } catch {
            return .failure(WebError(error, of: call))
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
        // What was rolled back with another one says nothing of its own.
        let statuses = answers.compactMap { answer -> Int? in
            if case .failure(let error) = answer, error.code != .rolledBack { error.status } else { nil }
        }
        var whole = Answer(status: status(of: statuses), body)
        // Of a table that was replaced meanwhile the answers tell different versions: the last one is told.
        whole.tableVersion = answers.reversed().lazy.compactMap(\.tableVersion).first
        if whole.status == 503 || whole.status == 429 { whole.headers.append(("Retry-After", "1")) }
        return whole
    }

    /// The status of the whole: that of the worst part, in the order of the original server, and then the highest.
    private static func status(of parts: [Int]) -> Int {
        [429, 400, 422].first { parts.contains($0) } ?? parts.max() ?? 200
    }
}

extension Result where Success == Answer, Failure == WebError {
    /// The version of the query table that was looked into, if one was.
    fileprivate var tableVersion: String? {
        switch self {
        case .success(let answer): answer.tableVersion
        case .failure(let error): error.tableVersion
        }
    }
}
