import DatabaseSubsystem
import NIOCore
import NIOHTTP1

extension ConnectionGate {
    /// Decides who answers a request, or refuses it.
    func decide(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let headers = RequestHeaders(head.headers)
        let isTaken = services.connections.requestBegan()
        request = Request(
            head: head,
            began: services.clock.now,
            requestID: services.identity.id(offered: headers.requestID),
            isCounted: isTaken
        )
        guard isTaken, !machine.isQuiescing else { return refuse(context, .landing) }
        guard headers.contentLength ?? 0 <= services.maximumRequestBytes else {
            return refuse(context, .requestTooLarge(limit: services.maximumRequestBytes))
        }
        let isQuery = head.method == .GET && !headers.hasBody && isOwnPath(head.uri)
        // After an offer of another protocol NIO reads no more.
        let isLast = headers.offersUpgrade || head.method == .CONNECT
        machine.begin(isQuery ? .lane : .route, keepsAlive: head.isKeepAlive && !isLast)
        guard !isQuery else {
            request?.route = .query
            return
        }
        if headers.expectsContinue {
            context.writeAndFlush(
                wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))),
                promise: nil
            )
        }
        forward(.head(head), context)
    }

    private func isOwnPath(_ uri: String) -> Bool {
        uri.utf8.starts(with: services.parser.prefix.utf8)
    }

    /// Analyses the lane's request and hands its query in.
    func answer(_ context: ChannelHandlerContext) {
        guard let request else { return }
        let asked = QueryRequest(method: .reading, target: RequestTarget(request.head.uri))
        do throws(WebError) {
            submit(try services.parser.call(for: asked), context)
        } catch {
            respond(context, with: error)
        }
    }

    /// Hands the query in at the end of the event loop's turn: the queue's thread is woken once for all requests of the
    /// turn, and does not take the core from their reading.
    private func submit(_ call: QueryCall, _ context: ChannelHandlerContext) {
        queryNumber += 1
        let number = queryNumber
        let eventLoop = context.eventLoop
        let gate = NIOLoopBound((self, context), eventLoop: eventLoop)
        eventLoop.execute {
            guard gate.value.0.queryNumber == number else { return }
            gate.value.0.ticket = call.submit { result in
                // Also when already on the event loop: `ticket` must be set before the answer comes.
                eventLoop.execute {
                    let (gate, context) = gate.value
                    gate.answered(result, to: call, number: number, context)
                }
            }
        }
    }

    private func answered(
        _ result: Result<QueryAnswer, DatabaseError>,
        to call: QueryCall,
        number: Int,
        _ context: ChannelHandlerContext
    ) {
        guard number == queryNumber, ticket != nil else { return }
        ticket = nil
        switch result {
        case .success(let answer): respond(context, with: Answer(answer, to: call))
        case .failure(let error): respond(context, with: WebError(error))
        }
    }
}
