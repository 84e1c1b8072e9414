import NIOCore

/// A whole response, of no HTTP library: both lanes of the server send it.
struct Answer: Sendable {
    /// What the body is.
    enum Content: String, Sendable {
        case json = "application/json"
        /// Source: https://github.com/ndjson/ndjson-spec
        case ndjson = "application/x-ndjson"
        /// Source: RFC 4180, section 3.
        case csv = "text/csv; charset=utf-8; header=present"
        /// Source: Prometheus, "Exposition formats", text format 0.0.4.
        case metrics = "text/plain; version=0.0.4; charset=utf-8"
    }

    /// The status code.
    var status: Int
    /// What the body is.
    var content: Content
    /// The body, in parts that are sent one after the other.
    var body: [ByteBuffer]
    /// Whether the body's length is known beforehand; otherwise ``body`` is only its first part.
    var hasLength = true
    /// The header `Cache-Control`.
    var cacheControl = "no-store"
    /// The header `X-Query-Table`: the version of the query table that was looked into, if one was.
    var tableVersion: String?
    /// The headers beyond those that every response has.
    var headers: [(String, String)] = []

    /// A response with a body of one part.
    init(status: Int = 200, content: Content = .json, _ body: ByteBuffer) {
        self.status = status
        self.content = content
        self.body = [body]
    }

    /// A response whose body is JSON text.
    init(status: Int = 200, json: String) {
        self.init(status: status, ByteBuffer(string: json))
    }

    /// The length of the whole body, in bytes.
    var length: Int {
        body.reduce(0) { $0 + $1.readableBytes }
    }

    /// Whether the response is a success of one part.
    var isPlain: Bool { status == 200 && hasLength && body.count == 1 }

    /// A plain response as it goes over a kept connection of HTTP/1.1 (RFC 9112, section 2.1), with the headers of
    /// ``allHeaders(requestID:)``.
    func inOnePiece(requestID: String, date: String) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(body[0].readableBytes + 320)
        buffer.writeStaticString("HTTP/1.1 200 OK\r\nContent-Type: ")
        buffer.writeString(content.rawValue)
        buffer.writeStaticString("\r\nCache-Control: ")
        buffer.writeString(cacheControl)
        buffer.writeStaticString("\r\nServer: hydrogen\r\nX-Request-ID: ")
        buffer.writeString(requestID)
        buffer.writeStaticString("\r\nContent-Length: ")
        buffer.writeString(String(body[0].readableBytes))
        buffer.writeStaticString("\r\nDate: ")
        buffer.writeString(date)
        if let tableVersion {
            buffer.writeStaticString("\r\nX-Query-Table: ")
            buffer.writeString(tableVersion)
        }
        for (name, value) in headers {
            buffer.writeStaticString("\r\n")
            buffer.writeString(name)
            buffer.writeStaticString(": ")
            buffer.writeString(value)
        }
        buffer.writeStaticString("\r\n\r\n")
        buffer.writeImmutableBuffer(body[0])
        return buffer
    }

    /// All headers but `Date`, which the server adds when it sends the response.
    func allHeaders(requestID: String) -> [(String, String)] {
        var all = [
            ("Content-Type", content.rawValue),
            ("Cache-Control", cacheControl),
            ("Server", "hydrogen"),
            ("X-Request-ID", requestID),
        ]
        // A 304 has no body, and its length would be that of the other response.
        if hasLength, status != 304 { all.append(("Content-Length", String(length))) }
        if let tableVersion { all.append(("X-Query-Table", tableVersion)) }
        all.append(contentsOf: headers)
        return all
    }
}
