import NIOCore
import NIOHTTP1

/// Puts a ``ConnectionGate`` where a connection's requests first are requests, and goes away.
///
/// Hummingbird lets handlers in behind its conversion to its own types. The gate stands before it: it needs none of
/// that for what it answers itself, and sees HTTP's version, which the conversion drops.
final class GateInstaller: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private let services: ConnectionServices

    init(_ services: ConnectionServices) {
        self.services = services
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        do {
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            let encoder = try pipeline.context(handlerType: HTTPResponseEncoder.self)
            try pipeline.addHandler(ConnectionGate(services, encoder: encoder), position: .after(decoder))
            pipeline.removeHandler(self, promise: nil)
        } catch {
            // Without the gate there are no limits: better no connection.
            context.close(promise: nil)
        }
    }
}
