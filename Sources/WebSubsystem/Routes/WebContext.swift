import Hummingbird
import NIOCore

/// What a route knows of its request beside the request itself.
struct WebContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The connection that the request came on.
    let channel: any Channel
    /// The request's id; set by ``RequestEnvelope``.
    var requestID = ""
    /// Whether the client is still there; set by ``RequestEnvelope``.
    var client = ClientPresence()

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}
