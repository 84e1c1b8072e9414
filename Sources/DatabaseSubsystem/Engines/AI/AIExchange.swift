import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// Receives the reply to one request, on an event loop, and brings it to its connection: whole, or as it comes.
final class AIExchange: HTTPClientResponseDelegate {
    typealias Response = Void

    /// For a reply that is longer than a result may be.
    struct TooLong: Error {}

    private struct State {
        var wasSent = false
        var head: HTTPResponseHead?
        /// Whether the body goes on as it comes.
        var isPassing = false
        var body = ByteBuffer()
    }

    private let ticket: EndpointGate.Ticket
    private let inbox: AIInbox
    private let limit: Int
    private let passesEvents: Bool
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limit: The longest body that is kept, in bytes.
    ///   - passesEvents: Whether a body of events goes on as it comes.
    init(_ ticket: EndpointGate.Ticket, inbox: AIInbox, limit: Int, passesEvents: Bool) {
        self.ticket = ticket
        self.inbox = inbox
        self.limit = limit
        self.passesEvents = passesEvents
    }

    func didSendRequestHead(task: HTTPClient.Task<Void>, _ head: HTTPRequestHead) {
        state.withLock { $0.wasSent = true }
    }

    func didReceiveHead(task: HTTPClient.Task<Void>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        let isEvents = head.headers.first(name: "content-type")?.hasPrefix("text/event-stream") ?? false
        state.withLock { state in
            state.head = head
            state.isPassing = passesEvents && head.status == .ok && isEvents
        }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<Void>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
        let (isPassing, isTooLong) = state.withLock { state in
            if !state.isPassing { state.body.writeImmutableBuffer(buffer) }
            return (state.isPassing, state.body.readableBytes > limit)
        }
        if isTooLong { return task.eventLoop.makeFailedFuture(TooLong()) }
        guard isPassing else { return task.eventLoop.makeSucceededVoidFuture() }
        let promise = task.eventLoop.makePromise(of: Void.self)
        inbox.put(AIInbox.Letter(ticket: ticket, content: .piece(buffer, promise)))
        return promise.futureResult
    }

    func didFinishRequest(task: HTTPClient.Task<Void>) {
        let reply = state.withLock { state in
            state.head.map { AIReply(status: $0.status, headers: $0.headers, body: state.body) }
        }
        guard let reply else { return didReceiveError(task: task, HTTPClientError.remoteConnectionClosed) }
        inbox.put(AIInbox.Letter(ticket: ticket, content: .reply(reply)))
    }

    func didReceiveError(task: HTTPClient.Task<Void>, _ error: any Error) {
        let wasSent = state.withLock { $0.wasSent }
        inbox.put(AIInbox.Letter(ticket: ticket, content: .failure(error, wasSent: wasSent)))
    }
}
