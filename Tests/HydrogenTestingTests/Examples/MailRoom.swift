import HydrogenCore
import Logging
import Synchronization

/// Takes letters and delivers them one after the other: a whole subsystem, small enough to read at one sitting.
final class MailRoom: Subsystem {
    /// Why a letter was not taken.
    enum Refusal: Error, Equatable {
        case closed
        case full(capacity: Int)
    }

    fileprivate struct State {
        var isOpen = false
        var capacity: Int
        /// The first is the one that is being delivered.
        var waiting: [String] = []
        var isDelivering = false
    }

    let name: SubsystemName = "MailRoom"
    let dependencies: [SubsystemName] = ["Database"]

    private let state: Mutex<State>
    private let deliver: @Sendable (String) async throws -> Void
    private let (bell, ringer) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    private let (emptied, emptiedSignal) = AsyncStream<Void>.makeStream()

    init(_ configuration: MailRoomConfiguration, deliver: @escaping @Sendable (String) async throws -> Void) {
        self.state = Mutex(State(capacity: configuration.capacity))
        self.deliver = deliver
    }

    /// Takes a letter for delivery.
    func post(_ letter: String) throws(Refusal) {
        let refusal = state.withLock { state -> Refusal? in
            guard state.isOpen else { return .closed }
            guard state.waiting.count < state.capacity else { return .full(capacity: state.capacity) }
            state.waiting.append(letter)
            return nil
        }
        if let refusal { throw refusal }
        ringer.yield()
    }
}

extension MailRoom {
    var readinessChecks: [ReadinessCheck] {
        [
            .single("capacity") { [self] in
                .go("Letters that may wait: \(state.withLock { $0.capacity })")
            }
        ]
    }

    func launch(_ context: LaunchContext) async throws {
        state.withLock { $0.isOpen = true }
        context.keepRunning("courier") { [self] in
            for await _ in bell { await deliverAll(context.logger) }
            emptiedSignal.finish()
        }
    }

    var startupFacts: [StartupFact] {
        [StartupFact("Mail room", "open, \(state.withLock { $0.capacity }) letters")]
    }
}

extension MailRoom {
    func land(_ context: LandingContext) async throws -> LandingTally {
        let atFirst = state.withLock { state in
            state.isOpen = false
            return state.waiting.count
        }
        // The courier still hears a bell that has rung, delivers everything, and signals. This loop ends then, or when
        // the task is cancelled because the time is up.
        ringer.yield()
        ringer.finish()
        for await _ in emptied {}
        return state.withLock { state in
            let left = state.waiting.count
            let cancelled = state.isDelivering ? 1 : 0
            state.waiting.removeAll()
            return LandingTally(drained: atFirst - left, rejected: left - cancelled, cancelled: cancelled)
        }
    }
}

extension MailRoom {
    func prepareReload(_ configuration: ConfigurationDocument) async throws -> Reload {
        let next = try configuration.decode(section: "MailRoom", MailRoomConfiguration.init).value
        let present = state.withLock { $0.capacity }
        guard next.capacity != present else { return .unchanged }
        return Reload(changes: ["Capacity: \(present) -> \(next.capacity)"]) { [self] in
            state.withLock { $0.capacity = next.capacity }
        }
    }
}

extension MailRoom {
    private func deliverAll(_ logger: Logger) async {
        while let letter = state.withLock({ $0.begin() }) {
            do {
                try await deliver(letter)
                state.withLock { $0.end() }
            } catch is CancellationError {
                return
            } catch {
                state.withLock { $0.end() }
                logger.info("A letter was lost", metadata: .fields([.error: "\(error)"]))
            }
        }
    }
}

extension MailRoom.State {
    fileprivate mutating func begin() -> String? {
        isDelivering = !waiting.isEmpty
        return waiting.first
    }

    fileprivate mutating func end() {
        isDelivering = false
        if !waiting.isEmpty { waiting.removeFirst() }
    }
}
