import NIOCore

/// A request to the query endpoint as it came, of no HTTP library.
struct QueryRequest: Sendable {
    /// How it was asked.
    enum Method: Sendable, Hashable {
        /// GET, or HEAD: must not change anything.
        case reading
        /// POST: may write, and may bring a body.
        case writing
    }

    let method: Method
    let target: RequestTarget
    /// The header `Content-Type`.
    var contentType: String?
    /// The header `Content-Encoding`.
    var contentEncoding: String?
    /// The header `Cache-Control`.
    var cacheControl: String?
    /// The header `If-None-Match`.
    var ifNoneMatch: String?
    /// What the caller shows.
    var credentials = Credentials.none
    /// The header `Accept`.
    var accept: String?
    /// The body; looked at for ``Method/writing`` only.
    var body = ByteBuffer()
}

extension QueryRequest {
    /// A request whose body, if it has one, is still to come.
    init(method: Method, target: RequestTarget, headers: RequestHeaders) {
        self.init(method: method, target: target)
        cacheControl = headers.cacheControl
        credentials = headers.credentials
        accept = headers.accept
        switch method {
        case .reading: ifNoneMatch = headers.ifNoneMatch
        case .writing:
            contentType = headers.contentType
            contentEncoding = headers.contentEncoding
        }
    }
}
