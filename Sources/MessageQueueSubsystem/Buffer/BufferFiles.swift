import DatabaseSubsystem
import DequeModule
import HydrogenCore
import Synchronization

/// The files of the buffer, on a thread of their own: nothing else waits for a disk.
///
/// Whatever waits to be written when the thread has finished something is written together, by one write and one wait for the disk,
/// and then everybody is told. Answers come on the thread, in the order in which things were done.
final class BufferFiles: Sendable {
    /// What stands in the files.
    struct Status: Sendable, Hashable {
        /// Messages that are not delivered.
        var messages = 0
        var bytes = 0
        var segments = 0
        /// Messages that the database refused.
        var poisoned = 0
        /// How often damage was found since launch.
        var damages = 0
        /// Why files cannot be written, since the last attempt; `nil` when they can.
        var failure: String?
    }

    private enum Job {
        case append(SegmentLog.Waiting, @Sendable (BufferFault?) -> Void)
        /// Anything else that is done with the files.
        case work(@Sendable (inout SegmentLog) -> Void)
        case close
    }

    private struct State {
        var jobs = Deque<Job>()
        var isClosed = false
        var status = Status()
    }

    /// The log, which the thread alone looks at.
    ///
    /// Unsafe 1: made before the thread starts, touched by no other after.
    private final class Desk: @unchecked Sendable {
        var log: SegmentLog

        init(_ log: SegmentLog) {
            self.log = log
        }
    }

    private let state = Mutex(State())
    private let wakeup: WakeupSignal
    private let ended = Latch()
    private let flushInterval: Duration?
    private let notices: @Sendable (BufferNotice) -> Void

    /// Opens the files and starts the thread. Blocks.
    ///
    /// - Parameter flushInterval: How often what was written is brought to the disk; `nil` where nobody waits for that.
    init(
        _ configuration: BufferConfiguration,
        directory: String,
        codec: BufferedPush,
        disk: any BufferDisk = SystemDisk(),
        notices: @escaping @Sendable (BufferNotice) -> Void
    ) throws(BufferFault) {
        flushInterval = configuration.durability == .interval ? configuration.flushInterval : nil
        self.notices = notices
        let limits = SegmentLog.Limits(
            bytes: configuration.maximumBytes,
            segmentBytes: configuration.segmentBytes,
            syncsEveryAppend: configuration.durability == .always
        )
        let folder = BufferFolder(path: directory)
        let log = try SegmentLog(folder, codec: codec, limits: limits, disk: disk, notices: notices)
        let desk = Desk(log)
        do throws(DatabaseError) {
            wakeup = try WakeupSignal()
            try WorkerThread.start(named: "push-buffer", ended: ended) { [self] in work(desk) }
        } catch {
            throw .failed(error.message)
        }
        publish(log)
    }

    /// What stood in the files when something was done last.
    var status: Status { state.withLock { $0.status } }

    // MARK: What is asked of it

    /// Keeps a record.
    ///
    /// - Parameter completion: Called on the thread, once: with `nil` when the record is kept as safely as was asked for.
    func append(_ record: SegmentLog.Waiting, completion: @escaping @Sendable (BufferFault?) -> Void) {
        if !submit(.append(record, completion)) { completion(.closed) }
    }

    /// Does something with the files.
    ///
    /// - Parameter then: Called on the thread when it is done, before anything else is.
    func perform<Value: Sendable>(
        _ body: @escaping @Sendable (inout SegmentLog) throws(BufferFault) -> Value,
        then: @escaping @Sendable (Value) -> Void = { _ in }
    ) async throws(BufferFault) -> Value {
        let result: Result<Value, BufferFault> = await withCheckedContinuation { continuation in
            let isTaken = submit(
                .work { log in
                    let result = Result { () throws(BufferFault) in try body(&log) }
                    if case .success(let value) = result { then(value) }
                    continuation.resume(returning: result)
                }
            )
            if !isTaken { continuation.resume(returning: .failure(.closed)) }
        }
        return try result.get()
    }

    /// Finishes what is asked for already, brings it to the disk, and closes the files.
    func close() async {
        let isFirst = state.withLock { state in
            guard !state.isClosed else { return false }
            state.isClosed = true
            state.jobs.append(.close)
            return true
        }
        if isFirst { wakeup.raise() }
        await ended.waitThroughCancellation()
    }

    private func submit(_ job: Job) -> Bool {
        let isTaken = state.withLock { state in
            if !state.isClosed { state.jobs.append(job) }
            return !state.isClosed
        }
        if isTaken { wakeup.raise() }
        return isTaken
    }

    // MARK: The thread

    private func work(_ desk: Desk) {
        var flushDue: ContinuousClock.Instant?
        while true {
            var jobs = state.withLock { state in
                defer { state.jobs = [] }
                return state.jobs
            }
            while let job = jobs.popFirst() {
                switch job {
                case .append(let record, let completion):
                    append(record, completion, &jobs, to: &desk.log)
                case .work(let body): body(&desk.log)
                case .close:
                    flush(&desk.log)
                    return publish(desk.log)
                }
            }
            publish(desk.log)
            flushDue = desk.log.isDirty ? flushDue ?? flushInterval.map { ContinuousClock.now + $0 } : nil
            if let due = flushDue, due <= .now {
                flush(&desk.log)
                flushDue = nil
            }
            if let flushDue {
                wakeup.wait(atMost: ContinuousClock.now.duration(to: flushDue))
            } else {
                wakeup.waitUntilRaised()
            }
        }
    }

    /// Writes a record, and those that stand right behind it.
    private func append(
        _ first: SegmentLog.Waiting,
        _ completion: @escaping @Sendable (BufferFault?) -> Void,
        _ jobs: inout Deque<Job>,
        to log: inout SegmentLog
    ) {
        var records = [first]
        var completions = [completion]
        while case .append(let record, let completion)? = jobs.first {
            jobs.removeFirst()
            records.append(record)
            completions.append(completion)
        }
        let faults = log.append(records)
        note(faults.first { $0 != nil } ?? nil)
        for (completion, fault) in zip(completions, faults) { completion(fault) }
    }

    private func flush(_ log: inout SegmentLog) {
        do throws(BufferFault) {
            try log.flush()
        } catch {
            note(error)
        }
    }

    /// Remembers why files could not be written, and tells it the first time.
    private func note(_ fault: BufferFault?) {
        let isNew = state.withLock { state in
            defer { state.status.failure = fault?.description }
            return fault != nil && state.status.failure == nil
        }
        if isNew, let fault { notices(.failed(fault.description)) }
    }

    private func publish(_ log: SegmentLog) {
        state.withLock { state in
            state.status.messages = log.messages
            state.status.bytes = log.bytes
            state.status.segments = log.segmentCount
            state.status.poisoned = log.poisoned
            state.status.damages = log.damages
        }
    }
}
