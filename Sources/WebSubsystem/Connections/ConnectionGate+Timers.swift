import NIOCore

extension ConnectionGate {
    /// Bounds the time from a request's head to its end.
    func scheduleBodyTimeout(_ context: ChannelHandlerContext) {
        let gate = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let limit = services.requestTimeout
        bodyTimer = context.eventLoop.scheduleTask(in: limit) {
            let (gate, context) = gate.value
            gate.bodyTimer = nil
            let seconds = limit.nanoseconds / 1_000_000_000
            gate.refuse(context, WebError(.requestTooSlow, "the body did not arrive within \(seconds) s"))
        }
    }

    /// The request has been read to its end, or is no more.
    func cancelBodyTimeout() {
        bodyTimer?.cancel()
        bodyTimer = nil
    }

    /// Closes connections on which nothing happens.
    ///
    /// The timer is not moved by requests: it looks again when it was too early.
    func scheduleIdleCheck(_ context: ChannelHandlerContext, in time: TimeAmount) {
        let gate = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        idleTimer = context.eventLoop.scheduleTask(in: time) {
            let (gate, context) = gate.value
            gate.checkIdle(context)
        }
    }

    private func checkIdle(_ context: ChannelHandlerContext) {
        let rest = lastActivity + ConnectionServices.idleTimeout - context.eventLoop.now
        if machine.state != .idle || isSending(context) {
            scheduleIdleCheck(context, in: ConnectionServices.idleTimeout)
        } else if rest > .zero {
            scheduleIdleCheck(context, in: rest)
        } else {
            machine.close()
            context.close(promise: nil)
        }
    }

    /// Whether a long response is still going out: some of it left since the last look.
    private func isSending(_ context: ChannelHandlerContext) -> Bool {
        let unsent = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        defer { unsentBytes = unsent }
        return unsent > 0 && unsent != unsentBytes
    }

    /// Discards the rest of a refused request, for a while: a client that is reset while it sends may never read the
    /// response.
    func linger(_ context: ChannelHandlerContext) {
        context.close(mode: .output, promise: nil)
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.value.eventLoop.scheduleTask(in: ConnectionServices.lingerTime) {
            context.value.close(promise: nil)
        }
    }
}
