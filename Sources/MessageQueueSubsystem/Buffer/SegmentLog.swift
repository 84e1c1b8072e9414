import DequeModule
import Glibc

/// The segments of a buffer: records are added at the end, read from the front, and gone once they are delivered.
///
/// All of it blocks and belongs to one thread. A segment holds records as ``SegmentCodec`` has them; a launch never writes on in a
/// segment of an earlier one. How far records are delivered is written down lazily: what is delivered twice is stored once.
struct SegmentLog {
    /// A place between two records.
    struct Position: Hashable, Comparable {
        var segment: Int
        var offset: Int

        static func < (left: Position, right: Position) -> Bool {
            (left.segment, left.offset) < (right.segment, right.offset)
        }
    }

    /// A record that waits.
    struct Waiting {
        let body: [UInt8]
        let count: Int
    }

    /// What was read.
    struct Batch: Sendable {
        var items: [PushItem] = []
        /// Where it ends.
        var end: Position
        /// How many messages it has, those included that could not be read.
        var count = 0
    }

    private struct Segment {
        let number: Int
        /// How many bytes hold records; more may stand in the file behind them.
        var length: Int
        /// How many messages are not delivered.
        var messages: Int
        /// Whether something stands in it that is nowhere else, and is set aside with it.
        var hasUncopied = false

        var name: String { BufferFolder.segment(number) }
    }

    /// How many messages are not delivered.
    var messages: Int { segments.reduce(0) { $0 + $1.messages } }
    /// How many bytes the segments have on the disk.
    var bytes: Int { segments.reduce(0) { $0 + $1.length } }
    /// How many segments there are.
    var segmentCount: Int { segments.count }
    /// How many messages the database refused, of all launches whose file is there.
    private(set) var poisoned: Int
    /// How often damage was found since launch.
    private(set) var damages = 0
    /// Whether something was written that is not known to be on the disk.
    private(set) var isDirty = false

    private let folder: BufferFolder
    private let codec: BufferedPush
    private let lock: OwnedDescriptor
    private let disk: any BufferDisk
    private let limits: Limits
    private let notices: @Sendable (BufferNotice) -> Void
    private var segments = Deque<Segment>()
    /// The file of the last segment, while it is written.
    private var active: OwnedDescriptor?
    /// No segment gets the number of an earlier one, also where that could be neither used nor removed.
    private var lastNumber = 0
    private var position: Position
    private let positionFile: OwnedDescriptor

    /// What bounds a log.
    struct Limits: Hashable {
        /// The most bytes of all segments.
        var bytes: Int
        /// A segment of so many bytes is followed by another.
        var segmentBytes: Int
        /// Whether a record is on the disk when ``append(_:)`` returns.
        var syncsEveryAppend: Bool
    }

    // MARK: Opening

    /// Opens the buffer of a folder, and makes it when it is not there.
    ///
    /// - Throws: `held` when another process has it.
    init(
        _ folder: BufferFolder,
        codec: BufferedPush,
        limits: Limits,
        disk: any BufferDisk,
        notices: @escaping @Sendable (BufferNotice) -> Void
    ) throws(BufferFault) {
        let folder = BufferFolder(path: folder.path, disk: disk)
        try folder.make()
        self.folder = folder
        self.codec = codec
        self.limits = limits
        self.disk = disk
        self.notices = notices
        lock = try folder.takeLock()
        positionFile = try folder.open(BufferFolder.position, O_RDWR | O_CREAT)
        position = try Self.position(in: positionFile)
        poisoned = try PoisonFile(folder: folder, codec: codec).count()
        for number in try folder.segments() {
            lastNumber = number
            if number < position.segment {
                setAsideWhole(BufferFolder.segment(number)) { .late(segment: BufferFolder.segment(number), copy: $0) }
            } else {
                try recover(number)
            }
        }
        if segments.first.map({ $0.number > position.segment }) ?? false {
            position = Position(segment: segments[0].number, offset: 0)
        }
        try folder.sync()
        if messages > 0 { notices(.leftover(messages: messages)) }
    }

    /// Finds the records of a segment of an earlier launch, and cuts off what was never written to its end.
    private mutating func recover(_ number: Int) throws(BufferFault) {
        var segment = Segment(number: number, length: 0, messages: 0)
        let file = try folder.open(segment.name, O_RDWR)
        let bytes = try file.read(try file.length(), at: 0)
        let finding = bytes.withUnsafeBytes { SegmentCodec.find(in: $0) }
        segment.length = finding.records.last?.range.upperBound ?? 0
        if segment.length < bytes.count {
            let rest = Array(bytes[segment.length...])
            let wasDelivered = number == position.segment && position.offset >= bytes.count
            if finding.torn == nil, !wasDelivered {
                segment.hasUncopied = !setAside(rest, of: segment, at: segment.length)
            } else if !rest.allSatisfy({ $0 == 0 }) {
                // A crash leaves such an end, and so does a fault of the disk: nobody can tell.
                segment.hasUncopied = !copy(rest, of: segment, at: segment.length)
            }
            // What has no copy stays: nothing is written behind it, and what is read ends before it.
            if !segment.hasUncopied {
                guard disk.truncate(file.number, to: segment.length) == 0, disk.sync(file.number) == 0 else {
                    throw .call("truncate", folder.path(of: segment.name))
                }
                if let torn = finding.torn { notices(.torn(segment: segment.name, bytes: torn.count)) }
            }
        }
        let first = number == position.segment ? position.offset : 0
        segment.messages = finding.records.reduce(0) { $0 + ($1.range.lowerBound < first ? 0 : $1.count) }
        // An earlier launch may have gone past damage that it could not copy.
        let isUncopied = finding.damaged.contains { damage in
            damage.lowerBound < first
                && access(folder.path(of: BufferFolder.damaged(segment.name, damage.lowerBound)), F_OK) != 0
        }
        if isUncopied { segment.hasUncopied = true }
        guard segment.length > 0 else {
            if !segment.hasUncopied { try folder.remove(segment.name) }
            return
        }
        segments.append(segment)
    }

    // MARK: Writing

    /// Adds records, all of them by one write.
    ///
    /// - Returns: For each what became of it: `nil` when it is kept.
    mutating func append(_ records: [Waiting]) -> [BufferFault?] {
        var bytes: [UInt8] = []
        var count = 0
        var faults: [BufferFault?] = []
        let room = limits.bytes - self.bytes
        for record in records {
            let size = record.body.count + SegmentCodec.headBytes
            guard record.body.count <= SegmentCodec.mostBytes, bytes.count + size <= room else {
                faults.append(.full("the buffer is full: \(limits.bytes >> 20) MiB wait in \(folder.path)"))
                continue
            }
            SegmentCodec.append(record.body, count: record.count, to: &bytes)
            count += record.count
            faults.append(nil)
        }
        guard count > 0 else { return faults }
        do throws(BufferFault) {
            try write(bytes, count: count)
            return faults
        } catch {
            return faults.map { $0 ?? error }
        }
    }

    private mutating func write(_ bytes: [UInt8], count: Int) throws(BufferFault) {
        let file = try writable()
        let last = segments.count - 1
        let length = segments[last].length
        let name = segments[last].name
        guard disk.writeAll(bytes, to: file.number) else {
            let fault = BufferFault.call("write", folder.path(of: name))
            // What is half written must not stand in the way of the next record.
            if disk.truncate(file.number, to: length) != 0 { giveUpActive() }
            throw fault
        }
        if limits.syncsEveryAppend { try sync(file, name, length) }
        isDirty = !limits.syncsEveryAppend
        segments[last].length += bytes.count
        segments[last].messages += count
    }

    /// Returns when everything that was written is on the disk.
    mutating func flush() throws(BufferFault) {
        guard isDirty else { return }
        isDirty = false
        if let active, let last = segments.last { try sync(active, last.name, last.length) }
        do throws(BufferFault) {
            try folder.sync()
        } catch {
            isDirty = true
            throw error
        }
    }

    /// The file is not written any more; what was written before is brought to the disk, as no later flush would look at it.
    private mutating func giveUpActive() {
        do throws(BufferFault) {
            try flush()
        } catch {
            notices(.failed(error.description))
        }
        active = nil
    }

    /// After an error of fdatasync(2) nobody knows what of the file is on the disk, and a second call may say that all is well: the
    /// file is not written any more. Source: PostgreSQL wiki, "Fsync Errors".
    private mutating func sync(_ file: OwnedDescriptor, _ name: String, _ length: Int) throws(BufferFault) {
        guard disk.sync(file.number) != 0 else { return }
        let fault = BufferFault.call("fdatasync", folder.path(of: name))
        active = nil
        // Nobody is told that the rest is kept. If this fails too, it may be delivered nevertheless, once.
        _ = disk.truncate(file.number, to: length)
        if length == 0, let last = segments.last, last.length == 0 {
            segments.removeLast()
            try? folder.remove(last.name)
        }
        throw fault
    }

    /// The file that is written: another one when there is none, or the last is long enough.
    private mutating func writable() throws(BufferFault) -> OwnedDescriptor {
        if let active, let last = segments.last, last.length < limits.segmentBytes { return active }
        if active != nil { try flush() }
        lastNumber = max(lastNumber, position.segment) + 1
        let segment = Segment(number: lastNumber, length: 0, messages: 0)
        let file = try folder.open(segment.name, O_WRONLY | O_CREAT | O_EXCL | O_APPEND)
        if limits.syncsEveryAppend {
            do throws(BufferFault) {
                try folder.sync()
            } catch {
                try? folder.remove(segment.name)
                throw error
            }
        }
        segments.append(segment)
        active = file
        return file
    }

    // MARK: Reading

    /// The oldest messages that are not delivered; `nil` when there are none.
    ///
    /// - Parameters:
    ///   - most: No more messages than this, unless one request alone has more.
    ///   - mostBytes: The same for bytes.
    mutating func read(most: Int, mostBytes: Int) throws(BufferFault) -> Batch? {
        while let segment = segments.first {
            let start = segment.number == position.segment ? position.offset : 0
            if start < segment.length {
                let batch = try read(segment, from: start, most: most, mostBytes: mostBytes)
                if !batch.items.isEmpty { return batch }
                // Nothing but damage: go past it.
                try advance(to: batch.end, count: batch.count)
            } else {
                guard segments.count > 1 else { return nil }
                try advance(to: Position(segment: segments[1].number, offset: 0), count: 0)
            }
        }
        return nil
    }

    private mutating func read(
        _ segment: Segment,
        from start: Int,
        most: Int,
        mostBytes: Int
    ) throws(BufferFault) -> Batch {
        let file = try folder.open(segment.name, O_RDONLY)
        var bytes = try file.read(min(max(mostBytes, SegmentCodec.headBytes), segment.length - start), at: start)
        if let size = bytes.withUnsafeBytes({ SegmentCodec.size(at: 0, in: $0) }), size > bytes.count {
            bytes = try file.read(min(size, segment.length - start), at: start)
        }
        var batch = Batch(end: Position(segment: segment.number, offset: start))
        var place = 0
        while let record = bytes.withUnsafeBytes({ SegmentCodec.record(at: place, in: $0) }) {
            guard batch.items.isEmpty || batch.count + record.count <= most else { break }
            if let items = try items(of: bytes[record.body]) {
                batch.items += items
            } else {
                passOver(Array(bytes[record.range]), of: segment, at: start + place)
            }
            batch.count += record.count
            place = record.range.upperBound
            batch.end.offset = start + place
        }
        if place == 0 {
            batch.end.offset = try passDamage(in: segment, file, from: start)
        }
        return batch
    }

    private func items(of body: ArraySlice<UInt8>) throws(BufferFault) -> [PushItem]? {
        do throws(PayloadCipher.Unreadable) {
            return try codec.items(of: body)
        } catch {
            throw .failed("what waits in \(folder.path) was encrypted with another key than MessageQueue.EncryptionKey")
        }
    }

    /// Sets aside what stands where a record should, up to the next one. Returns where that is.
    private mutating func passDamage(
        in segment: Segment,
        _ file: OwnedDescriptor,
        from start: Int
    ) throws(BufferFault) -> Int {
        let rest = try file.read(segment.length - start, at: start)
        let next = rest.withUnsafeBytes { SegmentCodec.find(in: $0) }.records.first?.range.lowerBound ?? rest.count
        passOver(Array(rest[..<next]), of: segment, at: start)
        // A file that was cut behind our back is at its end.
        return rest.isEmpty || next == rest.count ? segment.length : start + next
    }

    /// Sets aside what is damaged in the first segment, before it is gone past.
    private mutating func passOver(_ bytes: [UInt8], of segment: Segment, at place: Int) {
        if !setAside(bytes, of: segment, at: place) { segments[0].hasUncopied = true }
    }

    /// Returns whether there is a copy.
    private mutating func setAside(_ bytes: [UInt8], of segment: Segment, at place: Int) -> Bool {
        damages += 1
        guard copy(bytes, of: segment, at: place) else { return false }
        let copy = BufferFolder.damaged(segment.name, place)
        notices(.damaged(segment: segment.name, bytes: bytes.count, copy: copy))
        return true
    }

    /// Keeps bytes that are no record, for whoever wants to look at them. Returns whether that was done.
    private func copy(_ bytes: [UInt8], of segment: Segment, at place: Int) -> Bool {
        do throws(BufferFault) {
            try folder.keepDamaged(bytes, as: BufferFolder.damaged(segment.name, place))
            return true
        } catch {
            notices(.uncopied(segment: segment.name, bytes: bytes.count, reason: error.description))
            return false
        }
    }

    /// Sets a file aside as it is. Where that fails it stays where it is, for the next launch.
    private func setAsideWhole(_ name: String, _ notice: (_ copy: String) -> BufferNotice) {
        do throws(BufferFault) {
            notices(notice(try folder.moveToDamaged(name)))
        } catch {
            notices(.left(segment: name, reason: error.description))
        }
    }

    // MARK: Delivering

    /// Notes that everything before a place is delivered, and removes the segments that are: a buffer at rest has none.
    mutating func advance(to end: Position, count: Int) throws(BufferFault) {
        position = end
        if let first = segments.first, first.number == end.segment {
            segments[0].messages = max(0, first.messages - count)
        }
        let hadSegments = segments.count
        while let first = segments.first, isDelivered(first) {
            if segments.count == 1 {
                active = nil
                isDirty = false
            }
            segments.removeFirst()
            position = Position(segment: segments.first?.number ?? first.number + 1, offset: 0)
            if first.hasUncopied {
                setAsideWhole(first.name) { .setAside(segment: first.name, copy: $0) }
            } else {
                try folder.remove(first.name)
            }
        }
        // Else a crash of the machine could bring back files that the position says are delivered, which would look like a stranger's.
        if segments.count < hadSegments { try? folder.sync() }
        writePosition()
    }

    private func isDelivered(_ segment: Segment) -> Bool {
        segment.number < position.segment || segment.number == position.segment && segment.length <= position.offset
    }

    /// Keeps a message that the database refused, on the disk when this returns.
    mutating func poison(_ item: PushItem, _ reason: String) throws(BufferFault) {
        try PoisonFile(folder: folder, codec: codec).append(item, reason)
        poisoned += 1
        notices(.poison(queue: item.queue, transaction: item.transactionID, reason: reason))
    }

    // MARK: The position

    /// Written without waiting for the disk: from a position that is lost everything is delivered again, and stored once.
    private func writePosition() {
        let text = Self.text(of: position)
        _ = text.withUnsafeBytes { pwrite(positionFile.number, $0.baseAddress, $0.count, 0) }
    }

    /// Both numbers and their checksum, always of one length.
    private static func text(of position: Position) -> [UInt8] {
        let numbers = [position.segment, position.offset].map { padded($0) }.joined(separator: " ")
        let sum = Array(numbers.utf8).withUnsafeBytes { CRC32C.checksum($0) }
        return Array("\(numbers) \(padded(Int(sum)))\n".utf8)
    }

    private static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 19 - digits.count)) + digits
    }

    private static func position(in file: OwnedDescriptor) throws(BufferFault) -> Position {
        let bytes = try file.read(60, at: 0)
        let numbers = String(decoding: bytes, as: UTF8.self).split { !$0.isNumber }.compactMap { Int($0) }
        guard numbers.count == 3 else { return Position(segment: 0, offset: 0) }
        let position = Position(segment: numbers[0], offset: numbers[1])
        return text(of: position) == bytes ? position : Position(segment: 0, offset: 0)
    }
}
