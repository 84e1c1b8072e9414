import AsyncHTTPClient
import HydrogenCore
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// The HTTP client of one connection: what it sends, and the inbox that replies come to.
///
/// Neither redirections nor repetitions: what leads elsewhere could take the key there, and what is sent twice may be paid twice.
struct AIExchanges {
    let inbox: AIInbox

    let settings: AISettings
    private let client: HTTPClient
    private let headers: HTTPHeaders
    let endpoint: AIEndpoint

    /// How long an unused connection is kept.
    private static let idleTime = TimeAmount.seconds(30)
    /// The longest list of models that is taken, in bytes: nobody reads it.
    private static let longestList = 16 << 20

    init(_ settings: AISettings) throws(DatabaseError) {
        guard let endpoint = settings.endpoint else {
            throw DatabaseError(.unavailable, "no Endpoint is configured")
        }
        self.endpoint = endpoint
        self.settings = settings
        inbox = try AIInbox()
        var headers: HTTPHeaders = [
            "Content-Type": "application/json", "User-Agent": "hydrogen/\(HydrogenVersion.current)",
        ]
        if let key = settings.key { headers.add(name: "Authorization", value: "Bearer \(key.reveal())") }
        self.headers = headers
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = settings.connectTimeout.timeAmount
        configuration.connectionPool.idleTimeout = Self.idleTime
        configuration.connectionPool.retryConnectionEstablishment = false
        // One more for the sign of life.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = settings.concurrentRequests + 1
        if let path = settings.rootCertificate {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .file(path)
            configuration.tlsConfiguration = tls
        }
        client = HTTPClient(
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton),
            configuration: configuration
        )
    }

    /// Sends a request; its reply comes to the inbox.
    ///
    /// - Parameters:
    ///   - limit: The longest reply, in bytes.
    ///   - passesEvents: Whether a reply of events goes to the inbox as it comes.
    func post(
        _ body: String,
        to path: String,
        _ ticket: EndpointGate.Ticket,
        deadline: ContinuousClock.Instant,
        limit: Int,
        passesEvents: Bool
    ) throws(DatabaseError) -> HTTPClient.Task<Void> {
        try send(
            .POST,
            path,
            body: .string(body),
            AIExchange(ticket, inbox: inbox, limit: limit, passesEvents: passesEvents),
            deadline: deadline
        )
    }

    private func send(
        _ method: HTTPMethod,
        _ path: String,
        body: HTTPClient.Body?,
        _ exchange: AIExchange,
        deadline: ContinuousClock.Instant
    ) throws(DatabaseError) -> HTTPClient.Task<Void> {
        let request: HTTPClient.Request
        do {
            request = try HTTPClient.Request(url: endpoint.url(path), method: method, headers: headers, body: body)
        } catch {
            throw DatabaseError(.unavailable, "the endpoint cannot be asked; look at Endpoint", detail: "\(error)")
        }
        let left = ContinuousClock.now.duration(to: deadline)
        // The connection stops what is late by itself; this is for what it should not come to see.
        let limit = NIODeadline.now() + left.timeAmount + .seconds(5)
        return client.execute(request: request, delegate: exchange, deadline: limit)
    }

    /// Asks for the list of models. Blocks.
    ///
    /// - Throws: `unavailable` when no reply comes in time.
    func models(_ ticket: EndpointGate.Ticket, _ abort: AbortSignal) throws(DatabaseError) -> AIReply {
        let deadline = ContinuousClock.now + settings.connectTimeout
        let exchange = AIExchange(ticket, inbox: inbox, limit: Self.longestList, passesEvents: false)
        let task = try send(.GET, "models", body: nil, exchange, deadline: deadline)
        while true {
            let letters = inbox.take()
            // Pieces are late, of a reply that nobody waits for any more: the list comes whole.
            for letter in letters { letter.drop() }
            for letter in letters where letter.ticket == ticket {
                switch letter.content {
                case .piece: continue
                case .reply(let reply): return reply
                case .failure(let error, _): throw unreachable(because: error)
                }
            }
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero, !abort.isRaised else {
                task.cancel()
                throw abort.isRaised
                    ? DatabaseError(.landing, "the connection is no longer wanted")
                    : unreachable(because: HTTPClientError.connectTimeout)
            }
            inbox.bell.wait(atMost: min(left, AbortSignal.interval))
        }
    }

    /// Ends everything that is under way, and frees the connections. Blocks for a moment.
    func close() {
        // It fails only for a client that was shut down before.
        try? client.syncShutdown()
        inbox.close()
    }
}

extension Duration {
    /// The duration as NIO has it.
    fileprivate var timeAmount: TimeAmount {
        let (seconds, attoseconds) = components
        return .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
