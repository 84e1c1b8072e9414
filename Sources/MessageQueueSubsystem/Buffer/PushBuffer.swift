import DatabaseSubsystem
import HydrogenCore
import Logging
import NIOCore
import Synchronization

/// Keeps pushes in files while the database does not take them, and delivers them in order when it does.
///
/// ``BufferStateMachine`` decides where a push goes; ``BufferFiles`` writes and reads; ``run(into:)`` delivers.
final class PushBuffer: Sendable {
    private struct State {
        var machine: BufferStateMachine
        /// Opened when the machine may want something else.
        var news = Latch()
        /// What operators were told last of what stands in the way.
        var told: String?
    }

    let configuration: BufferConfiguration
    let clock: any MonotonicClock
    let files: BufferFiles
    private let codec: BufferedPush
    private let state: Mutex<State>
    private let notices: @Sendable (BufferNotice) -> Void
    /// Opened when nothing is being delivered any more; closed until then.
    private let delivery = Mutex<Latch?>(nil)

    /// Opens the files of the directory. What an earlier launch left in them waits until ``run(into:wake:)``.
    static func open(
        _ configuration: BufferConfiguration,
        directory: String,
        cipher: PayloadCipher? = nil,
        clock: any MonotonicClock,
        disk: any BufferDisk = SystemDisk(),
        notices: @escaping @Sendable (BufferNotice) -> Void
    ) async throws(BufferFault) -> PushBuffer {
        let codec = BufferedPush(cipher: cipher)
        let opened: Result<BufferFiles, BufferFault> = await withCheckedContinuation { continuation in
            // It may read a gigabyte: not on the threads that everybody shares.
            do throws(DatabaseError) {
                try WorkerThread.start(named: "push-buffer") {
                    continuation.resume(
                        returning: Result { () throws(BufferFault) in
                            try BufferFiles(
                                configuration,
                                directory: directory,
                                codec: codec,
                                disk: disk,
                                notices: notices
                            )
                        }
                    )
                }
            } catch {
                continuation.resume(returning: .failure(.failed(error.message)))
            }
        }
        return PushBuffer(configuration, try opened.get(), codec, clock: clock, notices: notices)
    }

    private init(
        _ configuration: BufferConfiguration,
        _ files: BufferFiles,
        _ codec: BufferedPush,
        clock: any MonotonicClock,
        notices: @escaping @Sendable (BufferNotice) -> Void
    ) {
        self.configuration = configuration
        self.clock = clock
        self.files = files
        self.codec = codec
        self.notices = notices
        state = Mutex(State(machine: BufferStateMachine(waiting: files.status.messages)))
    }

    // MARK: Pushes

    /// Whether pushes go to the database.
    var isLive: Bool { state.withLock { $0.machine.state == .live } }

    /// Keeps a push, if pushes are kept at present. Returns its answer; `nil` for one that goes to the database.
    func keepIfNeeded(_ request: PushRequest) async throws(QueueFault) -> ByteBuffer? {
        let count = request.items.count
        var patience = BufferStateMachine.Patience.fresh
        var deadline: ContinuousClock.Instant?
        while true {
            let (way, isHandover, news) = state.withLock { state in
                (state.machine.admit(count, patience), state.machine.state == .handingOver, state.news)
            }
            switch way {
            case .database: return nil
            case .file: return try await write(request)
            case .nowhere: throw QueueFault(BufferFault.closed)
            case .later:
                let now = clock.now
                let due = deadline ?? now + configuration.patience
                deadline = due
                await news.wait(until: min(due, now + (isHandover ? configuration.patience : Self.brake)), on: clock)
                // The latch does not hold a cancelled task, and nothing is counted yet.
                guard !Task.isCancelled else { throw .cancelled }
                patience = clock.now < due ? .waited : .exhausted
            }
        }
    }

    /// How long a push waits at most that goes behind what is being delivered: what is delivered is to be more than what comes.
    static let brake = Duration.milliseconds(100)

    /// Keeps a push that the database did not take, for a reason that speaks of the database alone.
    func keep(_ request: PushRequest, because error: DatabaseError) async throws(QueueFault) -> ByteBuffer {
        switch change({ $0.divert(request.items.count, because: error.message) }) {
        case .database, .later, .nowhere: throw .unavailable(error.message, retryAfter: error.retryAfter ?? .seconds(1))
        case .file: return try await write(request)
        }
    }

    private func write(_ request: PushRequest) async throws(QueueFault) -> ByteBuffer {
        let count = request.items.count
        let record = SegmentLog.Waiting(body: codec.bytes(of: request), count: count)
        let fault: BufferFault? = await withCheckedContinuation { continuation in
            files.append(record) { [self] fault in
                // Before anybody reads it, and before the caller knows.
                change { machine in
                    if fault == nil { machine.written(count) } else { machine.notWritten(count) }
                }
                continuation.resume(returning: fault)
            }
        }
        if let fault { throw QueueFault(fault) }
        return Self.answer(to: request)
    }

    /// One object for each message.
    private static func answer(to request: PushRequest) -> ByteBuffer {
        var answer = ByteBuffer(string: "[")
        for (index, item) in request.items.enumerated() {
            let queue = item.queue.jsonQuoted
            answer.writeString(
                """
                \(index > 0 ? "," : ""){"index":\(index),"status":"buffered","queue":\(queue),"queueName":\(queue),\
                "partition":\(item.partition.jsonQuoted),"transaction_id":\(item.transactionID.jsonQuoted)}
                """
            )
        }
        answer.writeString("]")
        return answer
    }

    // MARK: Operators

    /// An operator switches push maintenance on or off, here or elsewhere.
    func setMaintenance(_ isOn: Bool) { change { $0.setMaintenance(isOn) } }

    /// Where the buffer stands.
    var status: BufferStatus {
        let machine = state.withLock { $0.machine }
        return BufferStatus(state: machine.state, messages: machine.waiting, files: files.status)
    }

    // MARK: The machine

    /// Changes the machine, tells operators what that means, and wakes what delivers.
    @discardableResult
    func change<Value: Sendable>(_ body: (inout BufferStateMachine) -> Value) -> Value {
        let (value, news, notice) = state.withLock { state in
            let before = state.machine.state
            let (waitingBefore, deliveredBefore) = (state.machine.waiting, state.machine.delivered)
            let value = body(&state.machine)
            let after = state.machine.state
            guard
                after != before || state.machine.waiting > 0 && waitingBefore == 0
                    || state.machine.delivered != deliveredBefore
            else {
                return (value, Latch?.none, BufferNotice?.none)
            }
            let news = state.news
            state.news = Latch()
            return (value, news, Self.notice(of: before, after, &state))
        }
        if let notice { notices(notice) }
        news?.open()
        return value
    }

    private static func notice(
        of before: BufferStateMachine.State,
        _ after: BufferStateMachine.State,
        _ state: inout State
    ) -> BufferNotice? {
        switch (before, after) {
        case (.live, .live): return nil
        case (_, .live):
            let count = state.machine.takeDelivered()
            // At the launch of a server whose files are empty nothing has happened.
            guard state.told != nil || count > 0 else { return nil }
            state.told = nil
            return .over(messages: count)
        case (.draining, .buffering(let reason)) where state.told != reason.description,
            (.handingOver, .buffering(let reason)) where state.told != reason.description:
            state.told = reason.description
            return .stuck(reason.description)
        case (.live, .buffering(let reason)):
            state.told = reason.description
            return .begun(reason.description)
        // The first push after a launch may come before the database.
        case (.buffering, .buffering(let reason)) where state.told == nil && state.machine.waiting > 0:
            state.told = reason.description
            return .begun(reason.description)
        case (_, .buffering), (_, .draining), (_, .handingOver), (_, .landed): return nil
        }
    }

    /// What the machine wants, and what is opened when it may want something else.
    var plan: (step: BufferStateMachine.Step, news: Latch) { state.withLock { ($0.machine.step, $0.news) } }

    // MARK: The end

    /// What delivers has begun. Returns what it opens at its end.
    func beginDelivery() -> Latch {
        let latch = Latch()
        delivery.withLock { $0 = latch }
        return latch
    }

    /// Takes no more pushes, finishes what is written and what is delivered at this moment, and closes the files.
    ///
    /// - Parameter deadline: What is being delivered is waited for no longer; the next launch delivers it again, to no effect.
    func land(until deadline: ContinuousClock.Instant) async {
        change { $0.land() }
        if let delivered = delivery.withLock({ $0 }) {
            await delivered.wait(until: deadline, on: clock)
        }
        await files.close()
        notices(.landed(messages: files.status.messages))
    }
}

extension BufferStateMachine.Reason: CustomStringConvertible {
    var description: String {
        switch self {
        case .outage(let reason): reason
        case .maintenance: "push maintenance is on"
        }
    }
}

extension QueueFault {
    /// What a fault of the buffer means to a caller.
    fileprivate init(_ fault: BufferFault) {
        self = .unavailable("the push cannot be kept: \(fault)", retryAfter: .seconds(5))
    }
}
