import Foundation
import HydrogenCore
import Synchronization

@testable import MessageQueueSubsystem

/// A folder for the files of one test's buffer, removed with the value; and what is done with it by hand.
final class BufferDirectory: Sendable {
    let path = FileManager.default.temporaryDirectory.appending(path: "hydrogen-buffer-\(UUID().uuidString)").path
    let notices = Mutex<[BufferNotice]>([])

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    var folder: BufferFolder { BufferFolder(path: path) }

    /// What operators were told.
    var told: [BufferNotice] { notices.withLock { $0 } }

    /// The names of the entries.
    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

    /// The segments.
    var segments: [String] { names.filter { $0.hasSuffix(".log") && $0 != BufferFolder.poison } }

    func bytes(of name: String) -> [UInt8] {
        (try? Data(contentsOf: URL(filePath: "\(path)/\(name)"))).map(Array.init) ?? []
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
    }

    /// Opens it as a launch does.
    func log(
        bytes: Int = 1 << 20,
        segmentBytes: Int = 1 << 16,
        syncs: Bool = true,
        cipher: PayloadCipher? = nil,
        disk: any BufferDisk = SystemDisk()
    ) throws -> SegmentLog {
        try SegmentLog(
            folder,
            codec: BufferedPush(cipher: cipher),
            limits: SegmentLog.Limits(bytes: bytes, segmentBytes: segmentBytes, syncsEveryAppend: syncs),
            disk: disk
        ) { [self] notice in notices.withLock { $0.append(notice) } }
    }

    /// Opens a buffer as a launch does.
    func buffer(
        _ durability: BufferConfiguration.Durability = .always,
        clock: any MonotonicClock = ContinuousClock(),
        disk: any BufferDisk = SystemDisk()
    ) async throws -> PushBuffer {
        try await PushBuffer.open(
            Self.configuration(durability),
            directory: path,
            clock: clock,
            disk: disk
        ) { [self] notice in notices.withLock { $0.append(notice) } }
    }

    static func configuration(_ durability: BufferConfiguration.Durability) throws -> BufferConfiguration {
        try configuration(#""Durability": "\#(durability)""#)
    }

    static func configuration(_ keys: String) throws -> BufferConfiguration {
        let text = #"{ "MessageQueue": { "Buffer": { \#(keys) } } }"#
        let document = try QueueFlight.document(text)
        return try document.decode(section: "MessageQueue", MessageQueueConfiguration.init).value.buffer
    }
}

extension PushRequest {
    /// Messages of a queue `q`, each with its transaction id as payload.
    static func of(_ transactions: String..., queue: String = "q") throws -> PushRequest {
        let items = transactions.map {
            #"{"queue":"\#(queue)","transactionId":"\#($0)","payload":"\#($0)"}"#
        }
        return try PushRequest(try QueueFlight.node(#"{"items":[\#(items.joined(separator: ","))]}"#))
    }
}

extension SegmentLog.Waiting {
    init(_ request: PushRequest) {
        self.init(body: BufferedPush(cipher: nil).bytes(of: request), count: request.items.count)
    }
}

extension SegmentLog {
    /// Adds pushes of one message each, one write for all.
    mutating func add(_ transactions: String...) throws -> [BufferFault?] {
        append(try transactions.map { Waiting(try .of($0)) })
    }

    /// Reads and delivers everything. Returns the transaction ids.
    mutating func drain(most: Int = 1000, mostBytes: Int = 1 << 20) throws -> [String] {
        var transactions: [String] = []
        while let batch = try read(most: most, mostBytes: mostBytes) {
            transactions += batch.items.map(\.transactionID)
            try advance(to: batch.end, count: batch.count)
        }
        return transactions
    }
}

/// A disk that does what a test wants, call by call, and else what disks do.
final class FaultyDisk: BufferDisk {
    /// What the next calls do.
    enum Fault: Sendable {
        /// Write so many bytes only.
        case short(Int)
        /// Fail with this code.
        case error(Int32)
    }

    private let disk = SystemDisk()
    let writes = Mutex<[Fault]>([])
    let syncs = Mutex<[Fault]>([])
    let cuts = Mutex<[Fault]>([])
    let folderSyncs = Mutex<[Fault]>([])
    let removals = Mutex<[Fault]>([])
    /// How often a file was brought to the disk.
    let synced = Mutex(0)

    private static func next(_ faults: borrowing Mutex<[Fault]>) -> Fault? {
        faults.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }

    func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int {
        switch Self.next(writes) {
        case .short(let count): return disk.write(UnsafeRawBufferPointer(rebasing: bytes.prefix(count)), to: descriptor)
        case .error(let code): return fail(code)
        case nil: return disk.write(bytes, to: descriptor)
        }
    }

    func sync(_ descriptor: Int32) -> Int32 {
        synced.withLock { $0 += 1 }
        guard case .error(let code)? = Self.next(syncs) else { return disk.sync(descriptor) }
        return Int32(fail(code))
    }

    func truncate(_ descriptor: Int32, to length: Int) -> Int32 {
        guard case .error(let code)? = Self.next(cuts) else { return disk.truncate(descriptor, to: length) }
        return Int32(fail(code))
    }

    func syncFolder(_ descriptor: Int32) -> Int32 {
        guard case .error(let code)? = Self.next(folderSyncs) else { return disk.syncFolder(descriptor) }
        return Int32(fail(code))
    }

    func remove(_ path: String) -> Int32 {
        guard case .error(let code)? = Self.next(removals) else { return disk.remove(path) }
        return Int32(fail(code))
    }

    private func fail(_ code: Int32) -> Int {
        errno = code
        return -1
    }
}
