import DatabaseSubsystem
import NIOCore
import NIOHTTP1

extension ConnectionGate {
    // MARK: The lane's responses

    func respond(_ context: ChannelHandlerContext, with error: WebError) {
        request?.error = error.code
        respond(context, with: Answer(error, requestID: request?.requestID ?? ""))
    }

    func respond(_ context: ChannelHandlerContext, with answer: Answer) {
        guard context.channel.isActive, let keepsAlive = machine.beginResponse() else { return }
        if keepsAlive, let encoder, let head = request?.head, head.version == .http1_1, answer.isPlain {
            return respondInOnePiece(answer, past: encoder, context)
        }
        write(answer, keepsAlive: keepsAlive, context)
        guard let next = machine.endResponse() else { return }
        finishRequest(.completed, status: answer.status)
        follow(next, context, end: writeEnd(context, next))
    }

    /// Sends the response to nearly every query, head and body in one buffer, past the encoder: it would write the same bytes from
    /// more allocations.
    private func respondInOnePiece(
        _ answer: Answer,
        past encoder: ChannelHandlerContext,
        _ context: ChannelHandlerContext
    ) {
        guard let next = machine.endResponse() else { return }
        let response = answer.inOnePiece(requestID: request?.requestID ?? "", date: services.date.text)
        finishRequest(.completed, status: answer.status)
        encoder.writeAndFlush(NIOAny(IOData.byteBuffer(response)), promise: nil)
        follow(next, context, end: nil)
    }

    /// Answers in the place of whoever should have, and ends the connection.
    func refuse(_ context: ChannelHandlerContext, _ error: WebError, ending: Connections.Ending = .completed) {
        if request == nil { request = unreadableRequest() }
        takeQueryBack()
        // A route that still reads the body must not take what it has for all of it.
        client.depart(.answered)
        let action = machine.refuse()
        guard let next = action, context.channel.isActive else {
            // A response that had begun is measured by its route, if it has one.
            let isRoute = request?.task == nil
            request?.error = error.code
            finishRequest(
                ending,
                status: action == nil ? (isRoute ? nil : error.code.status) : RequestMetrics.clientLeft
            )
            machine.close()
            return context.close(promise: nil)
        }
        request?.error = error.code
        let answer = Answer(error, requestID: request?.requestID ?? "")
        write(answer, keepsAlive: false, context)
        finishRequest(ending, status: answer.status)
        follow(next, context, end: writeEnd(context, next))
    }

    /// Stands for a request whose head could not be read.
    private func unreadableRequest() -> Request {
        Request(
            head: HTTPRequestHead(version: .http1_1, method: .RAW(value: "_OTHER"), uri: ""),
            began: services.clock.now,
            requestID: services.identity.id(offered: nil),
            isCounted: false
        )
    }

    private func write(_ answer: Answer, keepsAlive: Bool, _ context: ChannelHandlerContext) {
        writeHead(of: answer, keepsAlive: keepsAlive, context)
        guard request?.head.method != .HEAD else { return }
        for part in answer.body { context.write(wrapOutboundOut(.body(.byteBuffer(part))), promise: nil) }
    }

    func writeHead(of answer: Answer, keepsAlive: Bool, _ context: ChannelHandlerContext) {
        var headers = HTTPHeaders(answer.allHeaders(requestID: request?.requestID ?? ""))
        headers.add(name: "Date", value: services.date.text)
        setConnection(&headers, keepsAlive: keepsAlive)
        let status = HTTPResponseStatus(statusCode: answer.status)
        // Chunks are not of HTTP/1.0.
        let version = answer.hasLength ? .http1_1 : request?.head.version ?? .http1_1
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: version, status: status, headers: headers))),
            promise: nil
        )
    }

    /// Writes the end of a response.
    ///
    /// Who closes must wait for it: closing drops what is not yet sent.
    func writeEnd(
        _ context: ChannelHandlerContext,
        _ next: ConnectionStateMachine.NextAction,
        trailers: HTTPHeaders? = nil
    ) -> EventLoopFuture<Void>? {
        switch next {
        case .readOn, .proceed:
            context.writeAndFlush(wrapOutboundOut(.end(trailers)), promise: nil)
            return nil
        case .close, .linger:
            return context.writeAndFlush(wrapOutboundOut(.end(trailers)))
        }
    }

    private func setConnection(_ headers: inout HTTPHeaders, keepsAlive: Bool) {
        if !keepsAlive {
            headers.replaceOrAdd(name: "Connection", value: "close")
        } else if request?.head.version == .http1_0 {
            headers.replaceOrAdd(name: "Connection", value: "keep-alive")
        }
    }

    // MARK: Hummingbird's responses

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head): writeHead(head, context, promise)
        case .body(let body):
            guard machine.mayWriteBody else { return drop(promise) }
            context.write(wrapOutboundOut(.body(body)), promise: promise)
        case .end(let trailers):
            guard let next = machine.endResponse() else { return drop(promise) }
            // The routes measure for themselves.
            finishRequest(.completed, status: nil)
            writeEnd(trailers, next, context, promise)
        }
    }

    private func writeHead(
        _ head: HTTPResponseHead,
        _ context: ChannelHandlerContext,
        _ promise: EventLoopPromise<Void>?
    ) {
        guard !(100..<200).contains(head.status.code) else {
            return context.write(wrapOutboundOut(.head(head)), promise: promise)
        }
        var head = head
        let closes = head.headers[canonicalForm: "connection"].contains { $0.lowercased() == "close" }
        guard let keepsAlive = machine.beginResponse(closes: closes) else { return drop(promise) }
        setConnection(&head.headers, keepsAlive: keepsAlive)
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }

    private func writeEnd(
        _ trailers: HTTPHeaders?,
        _ next: ConnectionStateMachine.NextAction,
        _ context: ChannelHandlerContext,
        _ promise: EventLoopPromise<Void>?
    ) {
        switch next {
        case .readOn, .proceed:
            context.write(wrapOutboundOut(.end(trailers)), promise: promise)
            follow(next, context, end: nil)
        case .close, .linger:
            let written = promise ?? context.eventLoop.makePromise()
            context.write(wrapOutboundOut(.end(trailers)), promise: written)
            follow(next, context, end: written.futureResult)
        }
    }

    /// A response that comes too late: Hummingbird must not take its loss for a broken connection, which it would cut
    /// off.
    private func drop(_ promise: EventLoopPromise<Void>?) {
        promise?.succeed()
    }

    // MARK: After a response

    func follow(
        _ next: ConnectionStateMachine.NextAction,
        _ context: ChannelHandlerContext,
        end: EventLoopFuture<Void>?
    ) {
        lastActivity = context.eventLoop.now
        let gate = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        switch next {
        case .readOn:
            break
        case .proceed:
            guard !held.isEmpty || holdsRead else { return }
            // The response's end is on its way down the pipeline: the next request must not overtake it.
            context.eventLoop.execute {
                let (gate, context) = gate.value
                gate.continueReading(context)
            }
        case .close:
            end?.whenComplete { _ in gate.value.1.close(promise: nil) }
        case .linger:
            end?.whenComplete { _ in
                let (gate, context) = gate.value
                gate.linger(context)
            }
        }
    }

    /// The request has been answered, or never will be; `status` is `nil` when somebody else measures it.
    func finishRequest(_ ending: Connections.Ending, status: Int?) {
        guard let request else { return }
        self.request = nil
        client.forget()
        cancelBodyTimeout()
        if request.isCounted { services.connections.requestEnded(ending) }
        guard let status else { return }
        services.telemetry.record(
            RequestRecord(
                route: request.route ?? services.routes.match(RequestTarget(request.head.uri))?.template,
                method: request.head.method.rawValue,
                status: status,
                elapsed: request.began.duration(to: services.clock.now),
                requestID: request.requestID,
                error: request.error
            )
        )
    }
}
