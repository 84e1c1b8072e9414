import DatabaseSubsystem
import HydrogenCore
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import WebSubsystem

/// The timers and the back-pressure of a connection, on an event loop whose time a test advances.
@Suite("One connection")
struct ConnectionGateTimeTests {
    private let channel: EmbeddedChannel
    private let connections = Connections()

    init() throws {
        let metrics = MetricsRegistry()
        let document = try ConfigurationDocument(
            parsing: Array("{}".utf8),
            file: "test.json",
            files: .builtIn([:]),
            environment: [:]
        )
        let databases = DatabaseSubsystem(
            try document.decode(section: "Databases", DatabasesConfiguration.init).value,
            metrics: metrics
        )
        let services = ConnectionServices(
            routes: RouteTable(Endpoint.all(prefix: "/api", messageQueue: nil)),
            parser: .withoutAuthentication(databases),
            identity: RequestIdentity(),
            telemetry: RequestTelemetry(
                metrics: RequestMetrics(factory: metrics),
                logger: Logger(label: "test")
            ),
            queryTemplate: Route.query.template(prefix: "/api"),
            healthPath: "/api/system/health",
            health: { Answer(json: "{}") },
            connections: connections,
            clock: ContinuousClock(),
            maximumRequestBytes: 1024,
            refusesOtherSites: false,
            requestTimeout: .seconds(30)
        )
        channel = EmbeddedChannel(handler: ConnectionGate(services))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    private func receive(_ parts: HTTPServerRequestPart...) throws {
        for part in parts { try channel.writeInbound(part) }
    }

    private static let query = HTTPServerRequestPart.head(
        HTTPRequestHead(version: .http1_1, method: .GET, uri: "/api/query/Nope/1/fast", headers: ["Host": "x"])
    )

    @Test("a connection without a request closes after 75 seconds")
    func idle() {
        channel.embeddedEventLoop.advanceTime(by: .seconds(74))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test("a request begins the time anew")
    func renewed() throws {
        channel.embeddedEventLoop.advanceTime(by: .seconds(60))
        try receive(Self.query, .end(nil))
        channel.embeddedEventLoop.advanceTime(by: .seconds(74))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
        _ = try channel.finish(acceptAlreadyClosed: true)
    }

    @Test("a request that is being answered keeps its connection")
    func busy() throws {
        try receive(
            .head(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/slow", headers: ["Host": "x"])),
            .end(nil)
        )
        channel.embeddedEventLoop.advanceTime(by: .seconds(600))
        #expect(channel.isActive)
        #expect(connections.active == 1)
        try channel.close().wait()
        #expect(connections.active == 0)
        #expect(connections.client(of: channel).departure == .left)
        _ = try channel.finish(acceptAlreadyClosed: true)
    }

    @Test("a body that stops coming is given up after the request's time, one that ended is not")
    func slowBody() throws {
        var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/slow", headers: ["Host": "x"])
        head.headers.add(name: "Content-Length", value: "10")
        try receive(.head(head), .body(ByteBuffer(string: "x")))
        channel.embeddedEventLoop.advanceTime(by: .seconds(29))
        #expect(try channel.readOutbound(as: HTTPServerResponsePart.self) == nil)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        guard case .head(let response) = try channel.readOutbound(as: HTTPServerResponsePart.self) else {
            Issue.record("no response")
            return
        }
        #expect(response.status == .requestTimeout)
        #expect(response.headers["Connection"] == ["close"])
        channel.embeddedEventLoop.advanceTime(by: ConnectionServices.lingerTime)
        #expect(!channel.isActive)
        _ = try channel.finish(acceptAlreadyClosed: true)
    }

    @Test("a client that does not fetch its answers gets no more of them")
    func backPressure() throws {
        try receive(Self.query, .end(nil))
        #expect(try responses() == 1)
        channel.isWritable = false
        try receive(Self.query, .end(nil), Self.query, .end(nil))
        channel.embeddedEventLoop.run()
        #expect(try responses() == 0)
        channel.isWritable = true
        channel.pipeline.fireChannelWritabilityChanged()
        channel.embeddedEventLoop.run()
        #expect(try responses() == 2)
        _ = try channel.finish(acceptAlreadyClosed: true)
    }

    /// How many responses have been written since the last look.
    private func responses() throws -> Int {
        var count = 0
        while let part = try channel.readOutbound(as: HTTPServerResponsePart.self) {
            if case .end = part { count += 1 }
        }
        return count
    }
}
