import NIOCore
import NIOPosix

/// One raw connection to a server, for one task: what is sent is exactly what a test says.
final class Wire {
    /// What came back.
    struct Response: Sendable {
        let status: Int
        /// By lower-case name.
        let headers: [String: String]
        let body: String
        /// Of a body in chunks, by lower-case name.
        var trailers: [String: String] = [:]
    }

    struct Ended: Error {}

    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var received = ByteBuffer()

    private init(
        inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        self.inbound = inbound
        self.outbound = outbound
    }

    /// Connects, performs `body`, and closes.
    static func open<Value>(port: Int, _ body: (Wire) async throws -> Value) async throws -> Value {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await body(Wire(inbound: inbound.makeAsyncIterator(), outbound: outbound))
        }
    }

    /// Sends text as it is.
    func send(_ text: String) async throws {
        try await outbound.write(ByteBuffer(string: text))
    }

    /// Sends a request.
    func send(_ method: String, _ target: String, headers: [(String, String)] = [], body: String? = nil) async throws {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: test\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if let body { head += "Content-Length: \(body.utf8.count)\r\n" }
        try await send(head + "\r\n" + (body ?? ""))
    }

    /// Sends a request and reads its response.
    func request(
        _ method: String,
        _ target: String,
        headers: [(String, String)] = [],
        body: String? = nil
    ) async throws -> Response {
        try await send(method, target, headers: headers, body: body)
        return try await response(hasBody: method != "HEAD")
    }

    /// Reads one response.
    ///
    /// - Throws: ``Ended`` when the server closes before its end.
    func response(hasBody: Bool = true) async throws -> Response {
        var head = ""
        while !head.hasSuffix("\r\n\r\n") { head += try await line() }
        let lines = head.split(separator: "\r\n")
        let status = Int(lines.first?.split(separator: " ").dropFirst().first ?? "") ?? 0
        let headers = Self.fields(lines.dropFirst())
        if hasBody, headers["transfer-encoding"] == "chunked" {
            let body = try await chunks()
            return Response(status: status, headers: headers, body: body, trailers: try await trailers())
        }
        let length = hasBody && status >= 200 ? Int(headers["content-length"] ?? "0") ?? 0 : 0
        while received.readableBytes < length { try await readMore() }
        return Response(status: status, headers: headers, body: received.readString(length: length) ?? "")
    }

    private static func fields(_ lines: some Sequence<Substring>) -> [String: String] {
        Dictionary(
            lines.compactMap { line -> (String, String)? in
                let parts = line.split(separator: ":", maxSplits: 1)
                guard parts.count == 2 else { return nil }
                return (parts[0].lowercased(), String(parts[1].drop { $0 == " " }))
            },
            uniquingKeysWith: { first, second in "\(first), \(second)" }
        )
    }

    private func trailers() async throws -> [String: String] {
        var lines: [Substring] = []
        while let line = try await line().split(separator: "\r\n").first { lines.append(line) }
        return Self.fields(lines)
    }

    /// Reads a body in chunks. Source: RFC 9112, section 7.1.
    ///
    /// - Throws: ``Ended`` when the server closes before the last, empty chunk.
    private func chunks() async throws -> String {
        var body = ""
        while true {
            let length = Int(try await line().dropLast(), radix: 16) ?? 0
            guard length > 0 else { return body }
            while received.readableBytes < length + 2 { try await readMore() }
            body += received.readString(length: length) ?? ""
            received.moveReaderIndex(forwardBy: 2)
        }
    }

    /// Returns what still comes until the server closes.
    func rest() async -> String {
        while (try? await readMore()) != nil {}
        return received.readString(length: received.readableBytes) ?? ""
    }

    /// Reads until one of some texts has come, and gives what came so far; nothing of it is taken.
    func part(until texts: String...) async throws -> String {
        while true {
            let text = String(buffer: received)
            if texts.contains(where: text.contains) { return text }
            try await readMore()
        }
    }

    private func line() async throws -> String {
        while true {
            let view = received.readableBytesView
            if let end = view.firstIndex(of: UInt8(ascii: "\n")) {
                return received.readString(length: end - view.startIndex + 1) ?? ""
            }
            try await readMore()
        }
    }

    private func readMore() async throws {
        guard var part = try await inbound.next() else { throw Ended() }
        received.writeBuffer(&part)
    }
}
