import DatabaseSubsystem
import HydrogenCore
import NIOCore
import NIOHTTP1

extension ConnectionGate {
    /// What the gate answers itself.
    enum LaneTask {
        /// A query, of one of its endpoints, with the template of its path: GET, or POST with a body.
        case query(QueryRequest, String)
        /// Whether the process lives.
        case health
    }

    /// The longest body that is analysed on the event loop, which serves others meanwhile; a longer one goes to the routes.
    private static let longestBody = 64 << 10

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
        if let fault = Self.fault(of: head, headers) { return refuse(context, WebError(.malformedRequest, fault)) }
        if head.method == .POST, headers.isCrossSite, services.refusesOtherSites { return refuse(context, .otherSite) }
        guard headers.contentLength ?? 0 <= services.maximumRequestBytes else {
            return refuse(context, .requestTooLarge(limit: services.maximumRequestBytes))
        }
        let task = laneTask(head, headers)
        // After an offer of another protocol NIO reads no more.
        let isLast = headers.offersUpgrade || head.method == .CONNECT
        machine.begin(task == nil ? .route : .lane, keepsAlive: head.isKeepAlive && !isLast)
        if headers.expectsContinue {
            context.writeAndFlush(
                wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))),
                promise: nil
            )
        }
        guard let task else { return forward(.head(head), context) }
        switch task {
        case .query(_, let route): request?.route = route
        case .health: request?.route = services.healthPath
        }
        request?.task = task
    }

    /// What makes a request ambiguous to others on its way. Source: RFC 9112, sections 3.2 and 6.1.
    private static func fault(of head: HTTPRequestHead, _ headers: RequestHeaders) -> String? {
        if headers.hasOtherCoding { return "the only transfer coding is chunked, once" }
        if headers.hosts > 1 || headers.hosts == 0 && head.version == .http1_1 {
            return "a request has one header Host, not \(headers.hosts)"
        }
        return nil
    }

    /// What the gate is to do itself with a request; `nil` for one of Hummingbird's.
    private func laneTask(_ head: HTTPRequestHead, _ headers: RequestHeaders) -> LaneTask? {
        let isQuery = head.uri.utf8.starts(with: services.parser.prefix.utf8)
        if isQuery, head.method == .GET, !headers.hasBody {
            let query = QueryRequest(method: .reading, target: RequestTarget(head.uri), headers: headers)
            return .query(query, services.queryTemplate)
        }
        let isShort = !headers.isChunked && headers.contentLength ?? 0 <= Self.longestBody
        let conduit = services.parser.conduit[head.uri] == nil ? nil : head.uri
        let route = isQuery ? services.queryTemplate : conduit
        if head.method == .POST, isShort, let route {
            return .query(QueryRequest(method: .writing, target: RequestTarget(head.uri), headers: headers), route)
        }
        return head.method == .GET && !headers.hasBody && head.uri == services.healthPath ? .health : nil
    }

    /// Keeps a part of the body of a request that the gate answers itself.
    func collect(_ part: ByteBuffer) {
        guard case .query(var asked, let route) = request?.task else { return }
        // Nobody else may hold the buffer, or it would be copied for every part.
        request?.task = nil
        var part = part
        if asked.body.readableBytes == 0 { asked.body = part } else { asked.body.writeBuffer(&part) }
        request?.task = .query(asked, route)
    }

    /// Answers the lane's request, which is complete.
    func answer(_ context: ChannelHandlerContext) {
        switch request?.task {
        case .health: respond(context, with: services.health())
        case .query(let asked, _):
            do throws(WebError) {
                submit(try services.parser.call(for: asked), context)
            } catch {
                respond(context, with: error)
            }
        case nil: break
        }
    }

    private func submit(_ call: QueryCall, _ context: ChannelHandlerContext) {
        queryNumber += 1
        isWriting = !call.query.isReadOnly
        let gate = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        // Without chunks there are no trailer fields, which tell of CSV whether it is complete.
        let takesPieces = call.format != .csv || request?.head.version == .http1_1
        queries(context.eventLoop).submit(
            LoopQueries.Asker(gate: gate, call: call, number: queryNumber, takesPieces: takesPieces)
        )
    }

    /// The answer of a query has come; one that nobody waits for any more is dropped.
    func answered(
        _ result: Result<QueryAnswer, DatabaseError>,
        for asker: LoopQueries.Asker,
        _ context: ChannelHandlerContext
    ) {
        guard asker.number == queryNumber, ticket != nil else { return }
        ticket = nil
        switch (result, isStreaming) {
        case (.success(let answer), false): respond(context, with: Answer(answer, to: asker.call))
        case (.failure(let error), false): respond(context, with: WebError(error, of: asker.call))
        case (.success(let answer), true): endStream(answer, to: asker.call, context)
        case (.failure(let error), true): cutStream(WebError(error, of: asker.call), to: asker.call, context)
        }
    }
}
