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

    /// The statements at work; there once the schema is.
    private struct Engine: Sendable {
        let store: QueueStore
        let pushes: RequestFuser<PushRequest>
        let pops: RequestFuser<PopRequest>
        let acks: RequestFuser<[Acknowledgement]>
    }

    private enum Phase: Sendable {
        /// The database or the schema is not ready; why. Goes to `open`, `landing`.
        case starting(String)
        /// Goes to `landing`.
        case open(Engine)
        /// No more requests are taken. The last phase.
        case landing
    }

    private let phase = Mutex(Phase.starting("the message queue waits for its database"))
    private let room = WaitingRoom()
    private let settings = QueueSettings()
    /// Where pushes are kept that the database does not take; `nil` where they are refused.
    let buffer: PushBuffer?
    private let configuration: MessageQueueConfiguration
    let vault: PayloadVault
    private let clock: any MonotonicClock

    init(_ configuration: MessageQueueConfiguration, buffer: PushBuffer? = nil, clock: any MonotonicClock) {
        self.configuration = configuration
        self.buffer = buffer
        vault = PayloadVault(configuration.encryptionKey.flatMap { PayloadCipher($0) })
        self.clock = clock
    }

    // MARK: Operations

    /// Makes a queue, or gives it other options.
    package func configure(_ request: ConfigureRequest) async throws(QueueFault) -> ByteBuffer {
        guard !request.wantsEncryption || vault.cipher != nil else {
            throw .malformed("encryptionEnabled needs a key: MessageQueue.EncryptionKey of the server is not set")
        }
        defer { vault.forget(request.queue) }
        return try await row(.configure, [request.queue, request.namespace, request.task, request.options])
    }

    /// Deletes a queue with everything in it.
    package func delete(queue: String) async throws(QueueFault) -> ByteBuffer {
        try await row(.delete, [queue])
    }

    /// Stores messages. Returns a JSON array with what became of each.
    package func push(_ request: PushRequest) async throws(QueueFault) -> ByteBuffer {
        guard !request.items.isEmpty else { return ByteBuffer(string: "[]") }
        if let kept = try await buffer?.keepIfNeeded(request) { return kept }
        if buffer == nil, let obstacle = obstacleToPushes { throw obstacle }
        let pushes = try engine().pushes
        do throws(DatabaseError) {
            let answer = try await pushes.answer(to: request)
            wake(for: request.items)
            return answer
        } catch {
            guard let buffer, PushFailure(error) == .outage else { throw QueueFault(error) }
            return try await buffer.keep(request, because: error)
        }
    }

    /// Wakes the pops that may find new messages.
    func wake(for items: [PushItem]) {
        let partitions = Dictionary(grouping: items, by: \.queue).mapValues { Set($0.map(\.partition)).count }
        for (queue, count) in partitions { room.wake(queue: queue, count: count) }
    }

    /// Hands out messages; when there are none, waits for them as long as the request says.
    package func pop(_ request: PopRequest) async throws(QueueFault) -> Popped {
        let deadline = clock.now + min(request.patience, configuration.maximumTimeout)
        let place = WaitingRoom.Place(queue: request.queue, group: request.group)
        while true {
            let ticket = request.patience > .zero ? room.enter(place) : nil
            defer { if let ticket { room.leave(ticket) } }
            // After the place is taken: who switches it on wakes those who have one.
            if settings.isOn(.popMaintenance) { return .nothing("pop_maintenance") }
            let answer = try await answer(to: request, by: { $0.pops })
            guard let why = Self.emptiness(of: answer) else {
                if Task.isCancelled, !request.acknowledges { await release(request.lease) }
                // Perhaps there is more than was asked for.
                room.wake(place)
                return .messages(vault.opened(answer))
            }
            guard let ticket, await waits(for: ticket.news, until: deadline) else { return .nothing(why) }
        }
    }

    /// Gives messages back whose consumer left before they were there.
    private func release(_ lease: QueueUUID) async {
        // Where it cannot be done, the lease ends by itself.
        _ = try? await row(.release, [lease.description])
    }

    /// Acknowledges messages. Returns a JSON array with what became of each.
    package func acknowledge(_ request: [Acknowledgement]) async throws(QueueFault) -> ByteBuffer {
        guard !request.isEmpty else { return ByteBuffer(string: "[]") }
        let answer = try await answer(to: request, by: { $0.acks })
        // A partition that is free again may have more.
        for group in Set(request.map(\.group)) { room.wake(group: group) }
        return answer
    }

    /// Performs operations together. Returns a JSON array with what became of each message and acknowledgement.
    ///
    /// - Throws: `rolledBack` when one of them cannot be done: then none was.
    package func perform(_ request: TransactionRequest) async throws(QueueFault) -> ByteBuffer {
        if !request.pushes.isEmpty, let obstacle = obstacleToPushes { throw obstacle }
        let store = try engine().store
        var attempts = 1
        while true {
            do throws(DatabaseError) {
                let rows = try await store.rows(.transact, store.values(of: request))
                for (_, item) in request.pushes { room.wake(queue: item.queue, count: 1) }
                for group in Set(request.acknowledgements.map(\.item.group)) { room.wake(group: group) }
                return rows.first ?? ByteBuffer()
            } catch {
                if error.sqlState == Self.rolledBack { throw .rolledBack(error.detail ?? error.message) }
                if store.learned(error) { continue }
                // Two transactions stood in each other's way; this one was undone.
                guard error.sqlState == Self.deadlock, attempts < Self.mostAttempts else { throw QueueFault(error) }
                attempts += 1
            }
        }
    }

    /// What the functions of the schema raise.
    private static let rolledBack = "HQ001"
    private static let deadlock = "40P01"
    private static let mostAttempts = 5

    /// Keeps a lease for so many seconds from now, or longer. Returns when it ends, as ISO 8601 has it.
    ///
    /// - Throws: `notFound` for a lease that is not held.
    package func extend(_ lease: QueueUUID, seconds: Int) async throws(QueueFault) -> String {
        let row = try await row(.extend, [ArrayLiteral([lease.description]).text, ArrayLiteral(["\(seconds)"]).text])
        let kept = try? JSONParser(options: .strict).parse(row.readableBytesView)
        guard case .string(let moment)? = kept?.value["expiresAt"]?.value else {
            throw .notFound("Lease not found or expired")
        }
        return moment
    }

    /// Whether something is switched on. Does not ask the database.
    func isOn(_ which: QueueSettings.Switch) -> Bool { settings.isOn(which) }

    /// Whether pops are answered as if there were nothing.
    package var isPopMaintenanceOn: Bool { settings.isOn(.popMaintenance) }

    /// Answers pops as if there were nothing, those that wait already too; or hands messages out again.
    package func turnPopMaintenance(on: Bool) async throws(QueueFault) {
        try await turn(.popMaintenance, on: on)
        room.wakeAll()
    }

    /// Switches something for all instances.
    func turn(_ which: QueueSettings.Switch, on: Bool) async throws(QueueFault) {
        let store = try engine().store
        do throws(DatabaseError) {
            try await settings.turn(which, on: on, in: store)
            applySettings()
        } catch {
            throw QueueFault(error)
        }
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
        await withTaskGroup { group in
            group.addTask { await news.wait() }
            group.addTask { [clock] in try? await clock.sleep(until: deadline, tolerance: nil) }
            await group.next()
            group.cancelAll()
        }
        return news.isOpen && !Task.isCancelled && clock.now < deadline
    }

    /// Why an answer of `pop` has no messages; `nil` when it has some.
    private static func emptiness(of answer: ByteBuffer) -> String? {
        let prefix = #"{"empty":""#
        guard answer.readableBytesView.starts(with: prefix.utf8) else { return nil }
        return String(decoding: answer.readableBytesView.dropFirst(prefix.utf8.count).dropLast(2), as: UTF8.self)
    }

    // MARK: Statements

    /// Where statements run; `nil` while none does.
    var store: QueueStore? { try? engine().store }

    private func engine() throws(QueueFault) -> Engine {
        switch phase.withLock({ $0 }) {
        case .starting(let why): throw .unavailable(why, retryAfter: .seconds(1))
        case .open(let engine): return engine
        case .landing: throw .unavailable("the server is landing; send the request to another", retryAfter: .seconds(1))
        }
    }

    private func answer<Request>(
        to request: Request,
        by fuser: (Engine) -> RequestFuser<Request>
    ) async throws(QueueFault) -> ByteBuffer {
        let fuser = fuser(try engine())
        do throws(DatabaseError) {
            return try await fuser.answer(to: request)
        } catch {
            throw QueueFault(error)
        }
    }

    private func row(_ statement: QueueStatement, _ values: [String]) async throws(QueueFault) -> ByteBuffer {
        let store = try engine().store
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
        let engine = Engine(
            store: store,
            pushes: fuser(mostWeight: 2000, { $0.items.count }) { [buffer] requests, completion in
                // What waited for its turn when the database went away need not try it.
                guard buffer?.isLive ?? true else { return completion(.failure(.away)) }
                store.push(
                    requests,
                    timeLimit: buffer?.configuration.patience ?? QueueStore.patience,
                    completion: completion
                )
            },
            pops: fuser(mostWeight: 5000, { $0.batch }) { store.run(.pop, QueueStore.values(of: $0), completion: $1) },
            acks: fuser(mostWeight: 2000, { $0.count }) { store.run(.ack, QueueStore.values(of: $0), completion: $1) }
        )
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

    /// Looks for those who wait whether there is something: what other instances stored, and what time has made due. Runs until
    /// cancelled; asks nothing while nobody waits.
    func lookForNews(every interval: Duration) async {
        while !Task.isCancelled {
            try? await clock.sleep(for: interval)
            let places = room.places
            guard !places.isEmpty, let engine = try? engine() else { continue }
            let rows = try? await engine.store.rows(
                .news,
                [ArrayLiteral(places.map(\.queue)).text, ArrayLiteral(places.map(\.group)).text]
            )
            for row in rows ?? [] {
                guard let number = Int(String(buffer: row)), places.indices.contains(number - 1) else { continue }
                room.wake(places[number - 1])
            }
        }
    }

    /// Follows what is switched elsewhere. Runs until cancelled; while the database is away, what it said last counts.
    func followSettings(every interval: Duration) async {
        while !Task.isCancelled {
            try? await clock.sleep(for: interval)
            guard let store = try? engine().store, let new = try? await settings.renew(from: store) else { continue }
            applySettings()
            if new.contains(.popMaintenance) { room.wakeAll() }
        }
    }

    private func fuser<Request>(
        mostWeight: Int,
        _ weight: @escaping @Sendable (Request) -> Int,
        run: @escaping RequestFuser<Request>.Run
    ) -> RequestFuser<Request> {
        let machine = FusingStateMachine(
            mostRequests: 500,
            mostWeight: mostWeight,
            limit: ConcurrencyLimit(maximum: configuration.maximumConcurrency),
            weight: weight
        )
        return RequestFuser(machine, clock: clock, run: run)
    }
}

extension DatabaseError {
    /// For a push that waited for its turn when the database went away.
    fileprivate static let away = DatabaseError(.unavailable, "the database is away", retryAfter: .seconds(1))
}

extension QueueFault {
    /// What a failure of the database means to a caller. What the database said of data is not shown.
    fileprivate init(_ error: DatabaseError) {
        if error.sqlState == QueueStore.wantsEncryption {
            self = .failed("the queue is encrypted, and MessageQueue.EncryptionKey of this server is not set")
            return
        }
        switch error.code {
        case .cancelled: self = .cancelled
        case .unavailable, .busy, .queueFull, .landing, .starting, .deadlineExceeded:
            self = .unavailable(error.message, retryAfter: error.retryAfter ?? .seconds(1))
        case .libraryMissing, .refused, .readOnly, .resultTooLarge, .outgrown, .migration: self = .failed(error.message)
        }
    }
}
