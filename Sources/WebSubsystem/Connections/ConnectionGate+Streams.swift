import DatabaseSubsystem
import NIOCore
import NIOHTTP1

/// Responses that are sent while their rows are still read.
///
/// Such a response has no length: over HTTP/1.1 its chunks end with an empty one, and a response that was cut off has none. It is
/// 200, as its first rows came; an error after them is the last line of NDJSON, and can only cut other formats off.
extension ConnectionGate {
    /// A chunk of a large result has come.
    func streamed(
        _ chunk: ByteBuffer,
        of stream: ResultStream,
        for asker: LoopQueries.Asker,
        _ context: ChannelHandlerContext
    ) {
        let bytes = chunk.readableBytes
        guard asker.number == queryNumber, ticket != nil, context.channel.isActive,
            isStreaming || beginStream(asker.call, context)
        else { return stream.consumed(bytes) }
        let written = context.eventLoop.makePromise(of: Void.self)
        // A client that takes no more fails the promise when its connection ends.
        written.futureResult.whenComplete { _ in stream.consumed(bytes) }
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(chunk))), promise: written)
    }

    private func beginStream(_ call: QueryCall, _ context: ChannelHandlerContext) -> Bool {
        // Without chunks the end of the connection is the end of the response.
        let hasChunks = request?.head.version != .http1_0
        guard let keepsAlive = machine.beginResponse(closes: !hasChunks) else { return false }
        isStreaming = true
        let answer = Answer(streaming: call)
        writeHead(of: answer, keepsAlive: keepsAlive, context)
        writeParts(answer.body, context)
        return true
    }

    /// The last rows have come.
    func endStream(_ answer: QueryAnswer, to call: QueryCall, _ context: ChannelHandlerContext) {
        isStreaming = false
        guard context.channel.isActive, let next = machine.endResponse() else { return }
        writeParts(Answer.streamEnd(answer, to: call), context)
        finishRequest(.completed, status: 200)
        let trailers = Answer.trailers(of: answer, to: call)
        follow(next, context, end: writeEnd(context, next, trailers: trailers.isEmpty ? nil : HTTPHeaders(trailers)))
    }

    /// The rest of the rows will not come: the client reads why, or sees a response that does not end.
    func cutStream(_ error: WebError, to call: QueryCall, _ context: ChannelHandlerContext) {
        isStreaming = false
        request?.error = error.code
        let end = Answer.streamEnd(error, to: call, requestID: request?.requestID ?? "")
        if let end, context.channel.isActive, let next = machine.endResponse() {
            writeParts(end, context)
            finishRequest(.completed, status: error.code.status)
            return follow(next, context, end: writeEnd(context, next))
        }
        finishRequest(.completed, status: error.code.status)
        machine.close()
        context.close(promise: nil)
    }

    /// Writes parts of a body, but for empty ones: a chunk without bytes would end it.
    private func writeParts(_ parts: [ByteBuffer], _ context: ChannelHandlerContext) {
        for part in parts where part.readableBytes > 0 {
            context.write(wrapOutboundOut(.body(.byteBuffer(part))), promise: nil)
        }
    }
}
