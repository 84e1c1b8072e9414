import DatabaseSubsystem
import HydrogenCore
package import NIOCore
import Synchronization

/// The operations of the message queue, for whoever brings requests: HTTP, another subsystem.
///
/// Answers are JSON text as the API has it; a failure is a ``QueueFault``.
package final class MessageQueue: Sendable {
    /// What a pop has found.
    package enum Popped: Sendable, Hashable {
        /// The whole answer, with its messages.
        case messages(ByteBuffer)
        /// Nothing that this consumer may have now; why.
        case nothing(String)
    }

    private enum Phase: Sendable {
        /// The database or the schema is not ready; why. Goes to `open`, `landing`.
        case starting(String)
        /// Goes to `landing`.
        case open(QueueEngine)
        /// No more requests are taken. The last phase.
        case landing
    }

    private let phase = Mutex(Phase.starting("the message queue waits for its database"))
    let room = WaitingRoom()
    let settings = QueueSettings()
    /// Where pushes are kept that the database does not take; `nil` where they are refused.
    let buffer: PushBuffer?
    private let configuration: MessageQueueConfiguration
    let vault: PayloadVault
    let metrics: MessageQueueMetrics
    let depths = Mutex<[QueueDepth]>([])
    let clock: any MonotonicClock

    init(
        _ configuration: MessageQueueConfiguration,
        buffer: PushBuffer? = nil,
        metrics: MessageQueueMetrics,
        clock: any MonotonicClock
    ) {
        self.metrics = metrics
        self.configuration = configuration
        self.buffer = buffer
        vault = PayloadVault(configuration.cipher)
        self.clock = clock
    }

    // MARK: Operations

    /// Makes a queue, or gives it other options.
    package func configure(_ request: ConfigureRequest) async throws(QueueFault) -> ByteBuffer {
        guard !request.wantsEncryption || vault.cipher != nil else {
            throw .malformed("encryptionEnabled needs a key: MessageQueue.EncryptionKey of the server is not set")
        }
        // Before the statement: what is pushed from then on is not to go out in clear.
        if request.wantsEncryption { vault.learn([request.queue]) }
        defer { if !request.wantsEncryption { vault.forget(request.queue) } }
        return try await row(.configure, [request.queue, request.namespace, request.task, request.options])
    }

    /// Deletes a queue with everything in it.
    package func delete(queue: String) async throws(QueueFault) -> ByteBuffer {
        try await row(.delete, [queue])
    }

    /// Stores messages. Returns a JSON array with what became of each.
    package func push(_ request: PushRequest) async throws(QueueFault) -> ByteBuffer {
        guard !request.items.isEmpty else { return ByteBuffer(string: "[]") }
        return try await metrics.counting(.push) { () async throws(QueueFault) in try await storeOrKeep(request) }
    }

    private func storeOrKeep(_ request: PushRequest) async throws(QueueFault) -> ByteBuffer {
        if let kept = try await buffer?.keepIfNeeded(request) { return kept }
        if buffer == nil, let obstacle = obstacleToPushes { throw obstacle }
        let pushes = try openEngine().pushes
        do throws(DatabaseError) {
            let rows = PushRows(request.items, vault)
            let outcome = try await pushes.answer(to: rows)
            wake(for: rows.places)
            return outcome.text
        } catch {
            guard let buffer, PushFailure(error) == .outage else { throw QueueFault(error) }
            return try await buffer.keep(request, because: error)
        }
    }

    /// Wakes the pops that may find new messages, here and on other servers.
    func wake(for places: PushPlaces) {
        let partitions = Dictionary(grouping: places.all, by: \.queue).mapValues { Set($0.map(\.partition)) }
        for (queue, partitions) in partitions { room.wake(queue: queue, partitions: partitions) }
        tellOthers()
    }

    /// Hands out messages; when there are none, waits for them as long as the request says.
    package func pop(_ request: PopRequest) async throws(QueueFault) -> Popped {
        let outcome: (Popped) -> MessageQueueMetrics.Outcome = { if case .nothing = $0 { .empty } else { .done } }
        return try await metrics.counting(.pop, outcome: outcome) { () async throws(QueueFault) in
            try await take(request)
        }
    }

    private func take(_ request: PopRequest) async throws(QueueFault) -> Popped {
        let deadline = clock.now + min(request.patience, configuration.maximumTimeout)
        let place = WaitingRoom.Place(request)
        while true {
            let ticket = request.patience > .zero ? room.enter(place) : nil
            defer { if let ticket { room.leave(ticket) } }
            // After the place is taken: who switches it on wakes those who have one.
            if settings.isOn(.popMaintenance) { return .nothing("pop_maintenance") }
            let answer = try await popped(request)
            guard let why = Self.emptiness(of: answer) else {
                if Task.isCancelled { giveBack(request) }
                // Perhaps there is more than was asked for.
                room.wake(place)
                metrics.count(.popped, Self.messageCount(of: answer))
                return .messages(vault.opened(answer))
            }
            if why == "later" { continue }
            guard let ticket, await waits(for: ticket.news, until: deadline) else {
                // What it was woken for is for somebody else.
                if ticket?.news.isOpen == true { room.wake(place) }
                return .nothing(why)
            }
        }
    }

    /// Asks the database. What it gave all the same, when nobody knows whether it did, is given back.
    private func popped(_ request: PopRequest) async throws(QueueFault) -> ByteBuffer {
        let pops = try openEngine().pops
        do throws(DatabaseError) {
            return try await pops.answer(to: request)
        } catch {
            if error.isOutcomeUnknown { giveBack(request) }
            throw QueueFault(error)
        }
    }

    /// Gives back what a pop took, as its consumer is not there any more: at once, rather than when the lease is over.
    package func giveBack(_ request: PopRequest) {
        // With their delivery messages of such a request are done.
        guard !request.acknowledges else { return }
        let place = WaitingRoom.Place(request)
        // Nobody waits for it. Where it cannot be done, the lease ends by itself.
        guard let store = try? store() else { return }
        store.run(.release, [request.lease.description]) { [room] _ in room.wake(place) }
    }

    /// Acknowledges messages. Returns a JSON array with what became of each.
    package func acknowledge(_ request: [Acknowledgement]) async throws(QueueFault) -> ByteBuffer {
        guard !request.isEmpty else { return ByteBuffer(string: "[]") }
        let answer = try await metrics.counting(.ack) { () async throws(QueueFault) in
            let acks = try openEngine().acks
            do throws(DatabaseError) {
                return try await acks.answer(to: request)
            } catch {
                throw QueueFault(error)
            }
        }
        metrics.count(.acknowledged, request.count)
        // A partition that is free again may have more.
        for group in Set(request.map(\.group)) { room.wake(group: group) }
        return answer
    }

    /// Performs operations together. Returns a JSON array with what became of each message and acknowledgement.
    ///
    /// - Throws: `rolledBack` when one of them cannot be done: then none was.
    package func perform(_ request: TransactionRequest) async throws(QueueFault) -> ByteBuffer {
        try await metrics.counting(.transaction) { () async throws(QueueFault) in try await transact(request) }
    }

    private func transact(_ request: TransactionRequest) async throws(QueueFault) -> ByteBuffer {
        if !request.pushes.isEmpty, let obstacle = obstacleToPushes { throw obstacle }
        let store = try store()
        let rows: [ByteBuffer]
        do throws(DatabaseError) {
            rows = try await store.repeating { () async throws(DatabaseError) in
                try await store.rows(.transact, store.values(of: request))
            }
        } catch {
            if error.sqlState == Self.rolledBack { throw .rolledBack(error.detail ?? error.message) }
            throw QueueFault(error)
        }
        if !request.pushes.isEmpty { wake(for: PushPlaces(request.pushes.map(\.item))) }
        for group in Set(request.acknowledgements.map(\.item.group)) { room.wake(group: group) }
        metrics.count(.pushed, request.pushes.count)
        metrics.count(.acknowledged, request.acknowledgements.count)
        return rows.first ?? ByteBuffer()
    }

    /// What the functions of the schema raise.
    private static let rolledBack = "HQ001"

    /// A lease that was kept.
    package struct KeptLease: Sendable, Hashable {
        /// When it ends, as ISO 8601 has it.
        package let end: String
        /// How many partitions are held under it.
        package let partitions: Int
    }

    /// Keeps a lease for so many seconds from now, or longer.
    ///
    /// - Throws: `notFound` for a lease that is not held.
    package func extend(_ lease: QueueUUID, seconds: Int) async throws(QueueFault) -> KeptLease {
        let row = try await row(.extend, [lease.description, "\(seconds)"])
        let kept = try? JSONParser.own.parse(row.readableBytesView).value
        guard case .string(let end)? = kept?["expiresAt"]?.value, case .number(let count)? = kept?["renewed"]?.value
        else {
            throw .notFound("Lease not found or expired")
        }
        return KeptLease(end: end, partitions: Int(count) ?? 1)
    }

    /// The pops that wait.
    package var waitingCount: Int { room.count }

    /// Why the queue does not work at present; `nil` when it does.
    package var absence: String? {
        switch phase.withLock({ $0 }) {
        case .starting(let why): why
        case .open: nil
        case .landing: "the server is landing"
        }
    }

    /// Whether a pop that found nothing is to look again: there may be news, and there is time.
    private func waits(for news: Latch, until deadline: ContinuousClock.Instant) async -> Bool {
        await news.wait(until: deadline, on: clock)
        return news.isOpen && !Task.isCancelled && clock.now < deadline
    }

    /// Why an answer of `pop` has no messages; `nil` when it has some.
    private static func emptiness(of answer: ByteBuffer) -> String? {
        let prefix = #"{"empty":""#
        guard answer.readableBytesView.starts(with: prefix.utf8) else { return nil }
        return String(decoding: answer.readableBytesView.dropFirst(prefix.utf8.count).dropLast(2), as: UTF8.self)
    }

    /// How many messages an answer of `pop` has: its end says so.
    private static func messageCount(of answer: ByteBuffer) -> Int {
        let end = answer.readableBytesView.suffix(60)
        guard let mark = end.firstRange(of: Array("\"messageCount\":".utf8)) else { return 0 }
        let digits = end[mark.upperBound...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return Int(String(decoding: digits, as: UTF8.self)) ?? 0
    }

    // MARK: Statements

    /// `nil` before the queue is open, and from its landing on.
    var engine: QueueEngine? {
        if case .open(let engine) = phase.withLock({ $0 }) { engine } else { nil }
    }

    private func openEngine() throws(QueueFault) -> QueueEngine {
        switch phase.withLock({ $0 }) {
        case .starting(let why): throw .unavailable(why, retryAfter: .seconds(1))
        case .open(let engine): return engine
        case .landing: throw .unavailable("the server is landing; send the request to another", retryAfter: .seconds(1))
        }
    }

    /// Where statements go.
    func store() throws(QueueFault) -> QueueStore { try openEngine().store }

    func row(_ statement: QueueStatement, _ values: [String]) async throws(QueueFault) -> ByteBuffer {
        let store = try store()
        do throws(DatabaseError) {
            let rows = try await store.rows(statement, values)
            return rows.first ?? ByteBuffer()
        } catch {
            throw QueueFault(error)
        }
    }

    // MARK: Life

    /// Takes requests from now on.
    func open(_ store: QueueStore) async throws(DatabaseError) {
        try await settings.renew(from: store)
        applySettings()
        vault.learn(
            try await store.rows(.secret, []).compactMap { row in
                guard case .string(let name)? = (try? JSONParser.own.parse(row.readableBytesView))?.value
                else {
                    return nil
                }
                return name
            }
        )
        let engine = QueueEngine(store, room, buffer, concurrency: configuration.maximumConcurrency, clock)
        phase.withLock { phase in
            if case .starting = phase { phase = .open(engine) }
        }
        buffer?.databaseServes()
    }

    /// Says why requests cannot be taken yet.
    func explain(_ why: String) {
        phase.withLock { phase in
            if case .starting = phase { phase = .starting(why) }
        }
    }

    /// Answers the pops that wait, and lets nobody wait any more: the first step of a landing.
    package func dismissWaiting() { room.close() }

    /// Takes no more requests.
    func close() {
        phase.withLock { $0 = .landing }
        room.close()
    }
}
