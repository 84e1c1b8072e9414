import DatabaseSubsystem
import HTTPTypes
import Hummingbird
import HydrogenCore
import MessageQueueSubsystem
import NIOCore

/// The endpoints of the message queue. Errors have the one member `error`, as its clients expect.
struct QueueController: Sendable {
    let subsystem: MessageQueueSubsystem
    let authenticator: Authenticator
    let policy: AccessPolicy
    let maximumRequestBytes: Int

    /// Whether pages of other origins may use it.
    var sharing: OriginSharing { OriginSharing(subsystem) }

    /// Reads bodies, nested as deep as may be; how long they are is looked at before.
    private static let parser: JSONParser = {
        var options = JSONParser.Options.strict
        options.maximumDepth = 512
        options.maximumBytes = 256 << 20
        return JSONParser(options: options)
    }()

    /// Answers a request.
    func answer(_ request: Request, to route: QueueRoute, _ context: WebContext) async throws -> Answer {
        try await answering {
            let caller = try admit(request, as: route.role)
            return try await perform(request, route, context, caller)
        }
    }

    /// Performs `body`, and gives what goes wrong in it the form that clients of the queue expect.
    func answering(_ body: () async throws -> Answer) async throws -> Answer {
        do {
            return try await body()
        } catch let fault as QueueFault {
            return Answer(fault)
        } catch let error as WebError {
            // Who asks was not proved, or may not do this.
            return Answer(ofMessageQueue: error, saying: error.title)
        }
    }

    private func perform(
        _ request: Request,
        _ route: QueueRoute,
        _ context: WebContext,
        _ caller: Caller
    ) async throws -> Answer {
        switch route {
        case .health: return health()
        case .configure: return Answer(try await queue().configure(ConfigureRequest(try await body(request))))
        case .push: return try await push(request, queue(), caller)
        case .popPartition, .popQueue, .popAnywhere: return try await pop(request, queue(), context)
        case .ack:
            let answer = try await queue().acknowledge([try Acknowledgement(try await body(request), group: nil)])
            return Answer(Self.answer(answer, toOneAcknowledgementOf: request.headers[.userAgent]))
        case .ackBatch: return Answer(try await queue().acknowledge(Acknowledgement.batch(try await body(request))))
        case .transaction: return try await transact(request, queue(), caller)
        case .extend: return try await extend(request, queue(), context)
        case .deleteQueue: return Answer(try await queue().delete(queue: try segment("queue", context)))
        case .popMaintenance: return try popMaintenance()
        case .turnPopMaintenance: return try await turnPopMaintenance(request)
        case .systemMetrics: return try systemMetrics()
        case .maintenance: return maintenance(try queue())
        case .switchMaintenance: return try await switchMaintenance(request, try queue())
        case .buffers:
            return Answer(
                json: try queue().bufferStatus?.json
                    ?? BufferStatus.jsonOfNone(isDatabaseHealthy: subsystem.absence == nil)
            )
        }
    }

    /// The operations, while the subsystem flies.
    func queue() throws(QueueFault) -> MessageQueue {
        guard let queue = subsystem.queue else {
            throw .unavailable(subsystem.absence ?? "the message queue is landing", retryAfter: .seconds(1))
        }
        return queue
    }

    /// Finds out who asks, and whether it may do so.
    @discardableResult
    func admit(_ request: Request, as role: QueueRole?) throws(WebError) -> Caller {
        let caller = try authenticator.caller(Credentials(request))
        if let role { try policy.admit(caller, toMessageQueueAs: role) }
        return caller
    }

    private func health() -> Answer {
        let absence = subsystem.absence
        let status = absence == nil ? "healthy" : "unhealthy"
        let database = absence == nil && subsystem.isDatabaseThere ? "connected" : "disconnected"
        let reason = absence.map { ",\"reason\":\($0.jsonQuoted)" } ?? ""
        let buffer = subsystem.queue?.bufferStatus.map { ",\"buffer\":\($0.healthJSON)" } ?? ""
        return Answer(
            status: absence == nil ? 200 : 503,
            json: """
                {"status":"\(status)","database":"\(database)","server":"hydrogen","worker_id":"hydrogen",\
                "version":"\(HydrogenVersion.current)"\(reason)\(buffer)}
                """
        )
    }

    // MARK: Data path

    private func push(_ request: Request, _ queue: MessageQueue, _ caller: Caller) async throws -> Answer {
        let buffer = try await request.body.collect(upTo: maximumRequestBytes)
        guard buffer.readableBytes > 0 else { throw QueueFault.malformed("Empty request body") }
        let push = try buffer.withUnsafeReadableBytes { bytes in
            try PushRequest(body: bytes.assumingMemoryBound(to: UInt8.self), producer: caller.subject)
        }
        return Answer(status: 201, try await queue.push(push))
    }

    /// Clients look at `success`, and at the status.
    private func transact(_ request: Request, _ queue: MessageQueue, _ caller: Caller) async throws -> Answer {
        let request = try TransactionRequest(try await body(request), producer: caller.subject)
        let head = "\"transactionId\":\"\(QueueUUID())\",\"results\":"
        do throws(QueueFault) {
            var answer = ByteBuffer(string: "{\"success\":true,\(head)")
            answer.writeImmutableBuffer(try await queue.perform(request))
            answer.writeString("}")
            return Answer(answer)
        } catch {
            guard case .rolledBack(let why) = error else { throw error }
            return Answer(status: 400, json: "{\"success\":false,\"error\":\(why.jsonQuoted),\(head)[]}")
        }
    }

    /// What became of one acknowledgement, from an array of one.
    ///
    /// Clients since version 1 take a success only from an array, and look for a refusal's `error` at the top of an object, as all do;
    /// Python's before version 0.12 takes an object only, and the later ones either.
    private static func answer(_ answer: ByteBuffer, toOneAcknowledgementOf client: String?) -> ByteBuffer {
        guard let object = answer.getSlice(at: answer.readerIndex + 1, length: answer.readableBytes - 2),
            let isTaken = try? Self.parser.parse(object.readableBytesView).value["success"]?.value
        else { return answer }
        return isTaken == .boolean(true) && client?.hasPrefix("python-httpx/") != true ? answer : object
    }

    private func pop(_ request: Request, _ queue: MessageQueue, _ context: WebContext) async throws -> Answer {
        let query = QueueQuery(RequestTarget(request.head.path ?? "/").query)
        let name = context.parameters["queue"] == nil ? nil : try segment("queue", context)
        var pop = PopRequest(
            queue: name,
            batch: query.integer("batch", 1...10_000) ?? subsystem.configuration.defaultBatch
        )
        pop.partition = context.parameters["partition"] == nil ? nil : try segment("partition", context)
        pop.namespace = query.text("namespace")
        pop.task = query.text("task")
        guard name != nil || pop.namespace != nil || pop.task != nil else {
            throw QueueFault.malformed("name a queue in the path, or a namespace or a task")
        }
        pop.group = query.text("consumerGroup") ?? PopRequest.queueMode
        pop.partitions = query.integer("partitions", 1...1000) ?? 1
        pop.acknowledges = query.flag("autoAck")
        pop.start = start(of: query)
        if query.flag("wait") {
            let longest = Int(subsystem.configuration.maximumTimeout.milliseconds)
            let asked = query.integer("timeout", 0...longest)
            pop.patience = asked.map { .milliseconds($0) } ?? subsystem.configuration.defaultTimeout
        }
        switch try await popped(pop, queue, context.client) {
        case .messages(let body): return Answer(body)
        case .nothing: return Answer(status: 204, ByteBuffer())
        }
    }

    /// Where a new group begins: at a moment, from now on, or with the oldest message.
    private func start(of query: QueueQuery) -> PopRequest.Start {
        switch (query.text("subscriptionFrom"), query.text("subscriptionMode")) {
        case ("now"?, _): return .now
        case (let moment?, _) where CivilText.isValid(moment, as: .timestamp): return .at(moment)
        case (_, "new"?), (_, "new-only"?): return .now
        case (_, nil) where subsystem.configuration.defaultSubscription == .new: return .now
        default: return .oldest
        }
    }

    /// Pops, and stops waiting when the client leaves: what it did not get is given back.
    private func popped(
        _ request: PopRequest,
        _ queue: MessageQueue,
        _ client: ClientPresence
    ) async throws -> MessageQueue.Popped {
        let left = Latch()
        client.whenGone { left.open() }
        defer { client.forget() }
        let popped: MessageQueue.Popped? = try await withThrowingTaskGroup(of: MessageQueue.Popped?.self) { group in
            group.addTask { try await queue.pop(request) }
            group.addTask {
                await left.wait()
                return nil
            }
            defer { group.cancelAll() }
            if let first = try await group.next(), let popped = first { return popped }
            // The client left. Its messages may be on their way all the same.
            group.cancelAll()
            return try await group.next() ?? nil
        }
        guard let popped else { throw QueueFault.cancelled }
        if client.departure != nil {
            queue.giveBack(request)
            throw QueueFault.cancelled
        }
        return popped
    }

    private func extend(_ request: Request, _ queue: MessageQueue, _ context: WebContext) async throws -> Answer {
        let text = try segment("lease", context)
        guard let lease = QueueUUID(text) else { throw QueueFault.malformed("the lease in the path must be a UUID") }
        // Clients send {}, [], or nothing at all.
        let body = try? await body(request)
        let seconds = try body?.integer("seconds", 1...86_400) ?? 60
        let kept = try await queue.extend(lease, seconds: seconds)
        return Answer(
            json: """
                {"leaseId":"\(lease)","success":true,"extended":true,"seconds":\(seconds),"renewed":\(kept.partitions),\
                "newExpiresAt":"\(kept.end)","expiresAt":"\(kept.end)"}
                """
        )
    }

    // MARK: The buffer of pushes

    private func maintenance(_ queue: MessageQueue, message: String? = nil) -> Answer {
        let members =
            queue.bufferStatus?.maintenanceMembers
            ?? BufferStatus.maintenanceMembersOfNone(isDatabaseHealthy: subsystem.absence == nil)
        let message = message.map { ",\"message\":\($0.jsonQuoted)" } ?? ""
        return Answer(json: "{\"maintenanceMode\":\(queue.isPushMaintenanceOn),\(members)\(message)}")
    }

    private func switchMaintenance(_ request: Request, _ queue: MessageQueue) async throws -> Answer {
        guard case .boolean(let isOn)? = try await body(request).value["enabled"]?.value else {
            throw QueueFault.malformed("enabled (boolean) is required")
        }
        try await queue.turnPushMaintenance(on: isOn)
        return maintenance(
            queue,
            message: isOn
                ? "Push maintenance is on: pushes are kept in files"
                : "Push maintenance is off: what was kept is delivered"
        )
    }

    // MARK: Requests

    /// What stands in the place of a name in the path.
    func segment(_ name: String, _ context: WebContext) throws(QueueFault) -> String {
        guard let raw = context.parameters[Substring(name)],
            let text = PercentDecoding.text(raw.utf8.span, plusIsSpace: false)
        else {
            throw .malformed("the \(name) in the path is not percent-encoded UTF-8")
        }
        return text
    }

    /// The body as JSON.
    func body(_ request: Request) async throws -> JSONNode {
        guard let body = try await optionalBody(request) else { throw QueueFault.malformed("Empty request body") }
        return body
    }

    /// The body as JSON; `nil` when there is none.
    func optionalBody(_ request: Request) async throws -> JSONNode? {
        let buffer = try await request.body.collect(upTo: maximumRequestBytes)
        guard buffer.readableBytes > 0 else { return nil }
        do throws(JSONFault) {
            return try Self.parser.parse(buffer.readableBytesView)
        } catch {
            throw QueueFault.malformed("Invalid JSON: \(error)")
        }
    }
}

extension Caller {
    /// Whom the caller's token or key names; `nil` when it names nobody.
    fileprivate var subject: String? {
        if case .string(let subject)? = claims["sub"] { subject } else { nil }
    }
}

extension Answer {
    /// The answer to a request that the message queue did not fulfil.
    fileprivate init(_ fault: QueueFault) {
        let status =
            switch fault {
            case .malformed: 400
            case .notFound: 404
            case .rolledBack: 409
            case .unavailable: 503
            case .cancelled: 499
            case .failed: 500
            }
        self.init(status: status, json: "{\"error\":\(fault.description.jsonQuoted)}")
        if case .unavailable(_, let wait?) = fault {
            headers = [("Retry-After", String(wait.retryAfterSeconds))]
        }
    }
}
