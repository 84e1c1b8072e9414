import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// A connection of Hummingbird's with a ``ConnectionGate`` where its requests first are requests.
///
/// Hummingbird lets handlers in behind its conversion to its own types. The gate stands before it: it needs none of
/// that for what it answers itself, and sees HTTP's version, which the conversion drops.
struct GatedChannel: ServerChildChannel {
    private let base: HTTP1Channel
    private let services: ConnectionServices

    init(_ services: ConnectionServices, responder: @escaping HTTPChannelHandler.Responder) {
        self.base = HTTP1Channel(responder: responder)
        self.services = services
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        base.setup(channel: channel, logger: logger).flatMapThrowing { [services] value in
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            let encoder = try pipeline.context(handlerType: HTTPResponseEncoder.self)
            try pipeline.addHandler(ConnectionGate(services, encoder: encoder), position: .after(decoder))
            return value
        }
        .flatMapErrorThrowing { error in
            // Without the gate there are no limits: better no connection.
            channel.close(promise: nil)
            throw error
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await base.handle(value: value, logger: logger)
        // Not when the connection closes: a route that begins only then still asks for its client.
        services.connections.remove(value.channel)
    }
}
