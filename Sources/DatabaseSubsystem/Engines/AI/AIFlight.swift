import AsyncHTTPClient
import NIOCore

/// One query on its way to an endpoint and back. Confined to its connection's thread.
final class AIFlight {
    let query: QueuedQuery
    let prompt: EngineStatement.Prompt
    let ticket: EndpointGate.Ticket
    /// What was sent; `nil` while the query waits to be let through.
    var task: HTTPClient.Task<Void>?
    /// When to ask again whether it may go; `nil` when that is not known.
    var admissionAt: ContinuousClock.Instant?
    /// The reply so far, of a query whose caller takes it as it comes.
    private(set) var stream: AIChatStream?

    private let rows: AIRows
    /// Lets more of the reply come, once the caller has taken enough of what came.
    private var held: EventLoopPromise<Void>?
    private var receivedBytes = 0

    init(_ query: QueuedQuery, _ prompt: EngineStatement.Prompt, _ settings: AISettings, ticket: EndpointGate.Ticket) {
        self.query = query
        self.prompt = prompt
        self.ticket = ticket
        let schema = prompt.options?.schema
        let words = EndpointWords(hiding: settings.key)
        rows = AIRows(settings.mode, schema, words)
        let isStreamed = query.stream != nil && query.form.format == .ndjson && settings.mode == .chat && schema == nil
        stream = isStreamed ? AIChatStream(words) : nil
    }

    /// Takes a piece of the reply and hands its rows over.
    func receive(
        _ bytes: ByteBuffer,
        _ promise: EventLoopPromise<Void>,
        waking bell: WakeupSignal
    ) throws(DatabaseError) {
        held = promise
        receivedBytes += bytes.readableBytes
        guard receivedBytes <= query.maximumBytes else { throw .tooLarge(query.maximumBytes) }
        try stream?.append(bytes)
        if let rows = stream?.takeRows(), rows.readableBytes > 0 { query.stream?.offer(rows, waking: bell) }
        receiveMoreIfTaken()
    }

    /// Lets more come, if the caller has room for it.
    func receiveMoreIfTaken() {
        guard let held, query.stream?.hasRoom ?? true else { return }
        self.held = nil
        held.succeed()
    }

    /// The rows of a complete reply; of one that came piece by piece the last.
    func rows(of reply: AIReply) throws(DatabaseError) -> QueryRows {
        if receivedBytes > 0, var stream { return try stream.finish() }
        let result = try rows.rows(of: try reply.json(), as: query.form)
        guard result.body.readableBytes <= query.maximumBytes else { throw .tooLarge(query.maximumBytes) }
        return result
    }

    /// Lets go of what is under way.
    func end() {
        task?.cancel()
        held?.succeed()
        held = nil
    }
}
