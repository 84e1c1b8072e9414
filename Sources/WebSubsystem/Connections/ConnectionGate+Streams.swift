import DatabaseSubsystem
import NIOCore
import NIOHTTP1

/// Responses that are sent while their rows are still read.
///
/// Such a response has no length: over HTTP/1.1 its chunks end with an empty one, and a response that was cut off has none. It is
/// 200, as its first rows came; an error after them can only cut it off.
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
        for part in answer.body { context.write(wrapOutboundOut(.body(.byteBuffer(part))), promise: nil) }
        return true
    }

    /// The last rows have come.
    func endStream(_ answer: QueryAnswer, to call: QueryCall, _ context: ChannelHandlerContext) {
        isStreaming = false
        guard context.channel.isActive, let next = machine.endResponse() else { return }
        for part in Answer.streamEnd(answer, to: call) {
            context.write(wrapOutboundOut(.body(.byteBuffer(part))), promise: nil)
        }
        finishRequest(.completed, status: 200)
        follow(next, context, end: writeEnd(context, next))
    }

    /// The rest of the rows will not come: the client sees a response that does not end.
    func cutStream(_ error: WebError, _ context: ChannelHandlerContext) {
        isStreaming = false
        request?.error = error.code
        finishRequest(.completed, status: error.code.status)
        machine.close()
        context.close(promise: nil)
    }
}
