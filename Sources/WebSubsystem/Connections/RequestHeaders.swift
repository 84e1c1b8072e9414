import NIOHTTP1

/// The headers of a request that decide who answers it, gathered in one pass.
struct RequestHeaders: Sendable, Hashable {
    /// `Content-Length`; `nil` without one.
    private(set) var contentLength: Int?
    /// How many `Host` there are.
    private(set) var hosts = 0
    /// Whether the body is coded in a way other than in chunks.
    private(set) var hasOtherCoding = false
    /// Whether the body's length is not known beforehand.
    private(set) var isChunked = false
    /// Whether the client waits for `100 Continue` before it sends the body.
    private(set) var expectsContinue = false
    /// Whether the client offers another protocol.
    private(set) var offersUpgrade = false
    /// `Content-Type`.
    private(set) var contentType: String?
    /// `Content-Encoding`.
    private(set) var contentEncoding: String?
    /// `Cache-Control`.
    private(set) var cacheControl: String?
    /// `If-None-Match`.
    private(set) var ifNoneMatch: String?
    /// `Accept`.
    private(set) var accept: String?
    /// Whether a page of another site has sent the request, as its browser says (W3C, Fetch Metadata Request Headers, 2.4).
    private(set) var isCrossSite = false
    /// `X-Request-ID`.
    private(set) var requestID: String?
    /// `Authorization`.
    private var authorization: String?
    /// `X-API-Key`.
    private var apiKey: String?

    init(_ headers: HTTPHeaders) {
        for (name, value) in headers {
            switch name.utf8.count {
            case 4 where name.isEqual("host"): hosts += 1
            case 6 where name.isEqual("expect"): expectsContinue = value.isEqual("100-continue")
            case 6 where name.isEqual("accept"): accept.add(value)
            case 7 where name.isEqual("upgrade"): offersUpgrade = true
            case 9 where name.isEqual("x-api-key"): apiKey.add(value)
            case 13 where name.isEqual("authorization"): authorization.add(value)
            case 12 where name.isEqual("x-request-id"): requestID = value
            case 12 where name.isEqual("content-type"): contentType = value
            case 13 where name.isEqual("cache-control"): cacheControl.add(value)
            case 13 where name.isEqual("if-none-match"): ifNoneMatch.add(value)
            case 14 where name.isEqual("sec-fetch-site"): isCrossSite = isCrossSite || value.isEqual("cross-site")
            case 14 where name.isEqual("content-length"): contentLength = Int(value)
            case 16 where name.isEqual("content-encoding"): contentEncoding = value
            case 17 where name.isEqual("transfer-encoding"):
                hasOtherCoding = hasOtherCoding || isChunked || !value.isEqual("chunked")
                isChunked = true
            default: break
            }
        }
    }

    /// What the caller shows.
    var credentials: Credentials {
        if authorization == nil, apiKey == nil { return .none }
        return Credentials(authorization: authorization, key: apiKey)
    }

    /// Whether the request has a body.
    var hasBody: Bool { isChunked || (contentLength ?? 0) != 0 }
}

extension String? {
    /// Adds another value of the same header: together they are one list.
    ///
    /// Source: RFC 9110, section 5.3.
    fileprivate mutating func add(_ value: String) {
        self = map { "\($0),\(value)" } ?? value
    }
}

extension String {
    /// Whether the text equals one of lower-case ASCII, letter case aside.
    fileprivate func isEqual(_ lowerCase: StaticString) -> Bool {
        utf8.count == lowerCase.utf8CodeUnitCount
            && zip(utf8, UnsafeBufferPointer(start: lowerCase.utf8Start, count: lowerCase.utf8CodeUnitCount))
                .allSatisfy { byte, lower in
                    byte == lower || (byte | 0x20 == lower && byte &- UInt8(ascii: "A") < 26)
                }
    }
}
