import DatabaseSubsystem
import HydrogenCore
import NIOCore
import NIOHTTP1

/// The first to see the requests of one connection: answers queries and the question for liveness itself, and passes
/// everything else on to Hummingbird.
///
/// It keeps what belongs to connections in one place: one request at a time, limits and timeouts, clients that leave,
/// the landing, faults of the protocol. ``ConnectionStateMachine`` decides; this class acts, always on the connection's
/// event loop.
final class ConnectionGate: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// The request being answered.
    struct Request {
        let head: HTTPRequestHead
        let began: ContinuousClock.Instant
        let requestID: String
        /// Whether the landing was told of it.
        let isCounted: Bool
        /// The template of the endpoint's path, where the gate knows it without looking.
        var route: String?
        /// What the gate does itself; `nil` for a request of Hummingbird's.
        var task: LaneTask?
        /// What was wrong, if the gate answered that.
        var error: ErrorCode?
    }

    let services: ConnectionServices
    let client = ClientPresence()
    var machine = ConnectionStateMachine()
    var request: Request?
    /// The lane's query while it runs.
    var ticket: QueryTicket?
    /// Whether that query may write.
    var isWriting = false
    /// Tells the answer of the present query from those that come too late.
    var queryNumber = 0
    /// Whether a large result is being sent while it is read.
    var isStreaming = false
    private var loopQueries: LoopQueries?
    /// Parts of requests that were sent ahead.
    var held = CircularBuffer<HTTPServerRequestPart>()
    /// Whether the channel asked to read meanwhile.
    var holdsRead = false
    /// Whether Hummingbird was given something that it has not been told to look at.
    var forwarded = false
    var bodyTimer: Scheduled<Void>?
    var idleTimer: Scheduled<Void>?
    /// When the last response was written; at first, when the connection came.
    var lastActivity = NIODeadline.uptimeNanoseconds(0)
    /// What had not been sent at the last look.
    var unsentBytes = 0

    /// The encoder of responses, which whole ones go past; `nil` where there is none, as in tests.
    let encoder: ChannelHandlerContext?

    init(_ services: ConnectionServices, encoder: ChannelHandlerContext? = nil) {
        self.services = services
        self.encoder = encoder
    }

    // MARK: The connection

    func handlerAdded(context: ChannelHandlerContext) {
        services.connections.add(context.channel, client)
        lastActivity = context.eventLoop.now
        scheduleIdleCheck(context, in: ConnectionServices.idleTimeout)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        clientLeft(context)
        end(context)
        context.fireChannelInactive()
    }

    private func end(_ context: ChannelHandlerContext) {
        bodyTimer?.cancel()
        idleTimer?.cancel()
        held.removeAll()
        takeQueryBack()
        machine.close()
        client.depart(.left)
        // Here only a route's request is left, which the route measures.
        finishRequest(.completed, status: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            if machine.quiesce() { context.close(promise: nil) }
        case is Connections.LandAtOnce:
            landAtOnce(context)
        case ChannelEvent.inputClosed:
            if clientLeft(context) { context.fireUserInboundEventTriggered(event) }
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Whatever follows a fault of the protocol is another one.
        guard machine.state != .lingering else { return }
        guard let error = error as? HTTPParserError else {
            clientLeft(context)
            context.fireErrorCaught(error)
            context.close(promise: nil)
            return
        }
        // What came before it is answered, as the last on this connection.
        guard !machine.endAfterPresent() else { return }
        refuse(context, Self.webError(error))
    }

    private static func webError(_ error: HTTPParserError) -> WebError {
        if error == .headerOverflow {
            return WebError(.headTooLarge, "the request's line or headers are too long or too many")
        }
        return WebError(.malformedRequest, "this is not HTTP/1.1: \(error)")
    }

    /// The client has closed its side.
    ///
    /// Returns whether Hummingbird is to know.
    @discardableResult
    private func clientLeft(_ context: ChannelHandlerContext) -> Bool {
        switch machine.clientLeft() {
        case .forward:
            return true
        case .tellRoute:
            client.depart(.left)
            return true
        case .abandonQuery:
            takeQueryBack()
            finishRequest(.completed, status: RequestMetrics.clientLeft)
            context.close(promise: nil)
        case .close:
            context.close(promise: nil)
        case .none:
            break
        }
        return false
    }

    /// Whether what the present request asks for may be done, or being done, by now.
    private var mayHaveWritten: Bool {
        if ticket != nil { return isWriting }
        // A route says nothing of its query; the request has to be there as a whole.
        guard case .exchanging(let exchange) = machine.state, exchange.destination == .route else { return false }
        return exchange.requestEnded && request?.head.method == .POST
    }

    private func landAtOnce(_ context: ChannelHandlerContext) {
        switch machine.state {
        case .idle, .lingering:
            machine.close()
            context.close(promise: nil)
        case .closed:
            // It closes when its response has left, for which a client that does not read has this time.
            let channel = context.channel
            context.eventLoop.scheduleTask(in: ConnectionServices.lingerTime) { channel.close(promise: nil) }
        case .exchanging:
            refuse(context, mayHaveWritten ? .landingMidway : .landing, ending: .cut)
        }
    }

    /// Takes the lane's query out of its queue or stops it; an answer that still comes is dropped.
    func takeQueryBack() {
        queryNumber += 1
        ticket?.cancel()
        ticket = nil
        isStreaming = false
    }

    /// The way to the databases that all gates of the event loop share.
    func queries(_ eventLoop: any EventLoop) -> LoopQueries {
        if let loopQueries { return loopQueries }
        let shared = services.queries[eventLoop]
        loopQueries = shared
        return shared
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if held.isEmpty, !mustHold(context) { read(part, context) } else { held.append(part) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        forwarded = false
        if bodyTimer == nil, case .exchanging(let exchange) = machine.state, !exchange.requestEnded {
            scheduleBodyTimeout(context)
        }
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        continueReading(context)
        context.fireChannelWritabilityChanged()
    }

    /// While requests wait that were sent ahead, no more is read: the client feels it.
    func read(context: ChannelHandlerContext) {
        if held.isEmpty { context.read() } else { holdsRead = true }
    }

    /// Whether what comes now has to wait: for the present answer, or for the client to fetch those before.
    private func mustHold(_ context: ChannelHandlerContext) -> Bool {
        machine.holdsInput || (machine.state == .idle && !context.channel.isWritable)
    }

    /// Goes on with the requests that were sent ahead, as far as they can be taken.
    func continueReading(_ context: ChannelHandlerContext) {
        while !mustHold(context), let part = held.popFirst() { read(part, context) }
        if forwarded {
            // Without this Hummingbird would not see what was just passed on until more comes.
            forwarded = false
            context.fireChannelReadComplete()
        }
        if held.isEmpty, holdsRead {
            holdsRead = false
            context.read()
        }
    }

    private func read(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        let action =
            switch part {
            case .head: machine.readHead()
            case .body(let buffer): machine.readBody(buffer.readableBytes, limit: services.maximumRequestBytes)
            case .end: machine.readEnd()
            }
        if case .end = part { cancelBodyTimeout() }
        switch action {
        case .decide: if case .head(let head) = part { decide(head, context) }
        case .forward: forward(part, context)
        case .forwardAndContinue:
            forward(part, context)
            continueReading(context)
        case .answer: answer(context)
        case .refuseTooLarge: refuse(context, .requestTooLarge(limit: services.maximumRequestBytes))
        case .collect: if case .body(let buffer) = part { collect(buffer) }
        case .discard: break
        }
    }

    func forward(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        forwarded = true
        context.fireChannelRead(wrapInboundOut(part))
    }
}
