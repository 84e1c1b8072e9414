import Foundation
import HydrogenCore
import Synchronization
import Testing

@testable import MessageQueueSubsystem

@Suite("The segments of a buffer")
struct SegmentLogTests {
    private let directory = BufferDirectory()

    @Test("what is kept is read again, in order and whole, also by the next launch")
    func reopened() throws {
        let body = #"""
            {"items":[{"queue":"a b\"\n","partition":"ü","transactionId":"1","traceId":"018f2c3a-7b1e-7c4d-9e2f-0123456789ab",
            "payload":{"a":[1,"\n\u0001",null,1e999]}},{"queue":"q"}]}
            """#
        let request = try PushRequest(try QueueFlight.node(body), producer: "me")
        var log: SegmentLog? = try directory.log()
        #expect(log?.append([.init(request)]) == [nil])
        #expect(log?.messages == 2)
        log = nil
        var next = try directory.log()
        #expect(next.messages == 2)
        #expect(directory.told == [.leftover(messages: 2)])
        let batch = try #require(try next.read(most: 1000, mostBytes: 1 << 20))
        #expect(batch.items == request.items)
        try next.advance(to: batch.end, count: batch.count)
        #expect(next.messages == 0 && next.bytes == 0 && directory.segments == [])
        #expect(try next.read(most: 1000, mostBytes: 1 << 20) == nil)
    }

    @Test(
        "a batch has as much as it may, and one request at least",
        arguments: [(2, 1 << 20, 2), (1000, 1, 1), (1, 1, 1)]
    )
    func batches(most: Int, mostBytes: Int, expected: Int) throws {
        var log = try directory.log()
        _ = try log.add("1", "2", "3")
        #expect(try log.read(most: most, mostBytes: mostBytes)?.items.count == expected)
        #expect(try log.drain(most: most, mostBytes: mostBytes) == ["1", "2", "3"])
    }

    @Test("segments follow each other, and go when they are delivered")
    func rotation() throws {
        var log = try directory.log(segmentBytes: 1)
        for number in 1...5 { #expect(try log.add("\(number)") == [nil]) }
        #expect(directory.segments.count == 5)
        let batch = try #require(try log.read(most: 1000, mostBytes: 1 << 20))
        try log.advance(to: batch.end, count: batch.count)
        #expect(directory.segments.count == 4 && log.messages == 4)
        #expect(try log.drain() == ["2", "3", "4", "5"])
        #expect(directory.segments == [] && log.bytes == 0)
        // What comes later is not taken for what was delivered.
        _ = try log.add("6")
        #expect(try log.drain() == ["6"])
    }

    @Test(
        "a launch goes on where the last one was, and from the beginning when that is not known",
        arguments: [false, true]
    )
    func position(isLost: Bool) throws {
        var log: SegmentLog? = try directory.log()
        _ = try log?.add("1", "2", "3")
        let batch = try #require(try log?.read(most: 1, mostBytes: 1 << 20))
        try log?.advance(to: batch.end, count: 1)
        log = nil
        if isLost {
            var bytes = directory.bytes(of: BufferFolder.position)
            bytes[30] ^= 1
            try directory.write(bytes, to: BufferFolder.position)
        }
        var next = try directory.log()
        #expect(next.messages == (isLost ? 3 : 2))
        #expect(try next.drain() == (isLost ? ["1", "2", "3"] : ["2", "3"]))
    }

    @Test("an unfinished write at the end is cut off, and told")
    func torn() throws {
        var log: SegmentLog? = try directory.log()
        _ = try log?.add("1", "2")
        log = nil
        let name = try #require(directory.segments.first)
        let bytes = directory.bytes(of: name)
        try directory.write(bytes.dropLast(3), to: name)
        let half = bytes.count / 2
        var next = try directory.log()
        #expect(directory.told == [.torn(segment: name, bytes: half - 3), .leftover(messages: 1)])
        #expect(directory.bytes(of: name).count == half)
        #expect(try next.add("3") == [nil])
        #expect(try next.drain() == ["1", "3"])
    }

    @Test("damage costs what it hit: that is set aside and told, and everything else is delivered")
    func damage() throws {
        var log: SegmentLog? = try directory.log()
        _ = try log?.add("1", "2", "3")
        log = nil
        let name = try #require(directory.segments.first)
        var bytes = directory.bytes(of: name)
        let size = bytes.count / 3
        bytes[size + 40] ^= 4
        try directory.write(bytes, to: name)
        var next = try directory.log()
        #expect(try next.drain() == ["1", "3"])
        let copy = "damaged/\(name).\(size)"
        #expect(directory.told.contains(.damaged(segment: name, bytes: size, copy: copy)))
        #expect(directory.bytes(of: copy) == Array(bytes[size..<2 * size]))
        #expect(next.messages == 0 && next.damages == 1 && directory.segments == [])
    }

    @Test("damage that comes after the launch is met in the same way")
    func rot() throws {
        var log = try directory.log()
        _ = try log.add("1", "2", "3")
        let name = try #require(directory.segments.first)
        let size = directory.bytes(of: name).count / 3
        let file = try #require(FileHandle(forUpdatingAtPath: "\(directory.path)/\(name)"))
        try file.seek(toOffset: UInt64(20))
        try file.write(contentsOf: Data("????".utf8))
        #expect(try log.drain() == ["2", "3"])
        #expect(directory.told == [.damaged(segment: name, bytes: size, copy: "damaged/\(name).0")])
        #expect(log.messages == 0)
    }

    @Test("a full buffer takes nothing that has no room, and room comes with delivery")
    func full() throws {
        var log = try directory.log(bytes: 400, segmentBytes: 1)
        let faults = try log.add("1", "2", "3", "4", "5", "6")
        let kept = faults.count { $0 == nil }
        #expect((1..<6).contains(kept))
        guard case .full(let why)? = faults.last else {
            Issue.record("the last one was kept")
            return
        }
        #expect(why.contains(directory.path))
        #expect(try log.drain().count == kept)
        #expect(try log.add("7") == [nil])
    }

    @Test("a folder belongs to one process")
    func held() throws {
        let log = try directory.log()
        #expect(directory.folder.obstacle?.contains("another process") == true)
        #expect(throws: BufferFault.self) { try directory.log() }
        _ = log
    }

    @Test("a folder that can be made is none to worry about; one that cannot says so")
    func obstacles() {
        #expect(BufferFolder(path: directory.path + "/a/b").obstacle == nil)
        #expect(BufferFolder(path: "/proc/a/b").obstacle?.contains("/proc") == true || getuid() == 0)
    }

    @Test("a message that the database refused is kept as a line of JSON, and counted by the next launch")
    func poison() throws {
        var log: SegmentLog? = try directory.log()
        let items = try PushRequest.of("1", "2").items
        for item in items { try log?.poison(item, "22P02: \"no\"") }
        log = nil
        let lines = String(decoding: directory.bytes(of: BufferFolder.poison), as: UTF8.self).split(separator: "\n")
        let first = try QueueFlight.node(String(lines[0])).value
        #expect(first["transactionId"]?.value == .string("1") && first["payload"]?.value == .string("1"))
        #expect(first["error"]?.value == .string("22P02: \"no\""))
        #expect(try directory.log().poisoned == 2)
    }

    @Test("with a key payloads lie encrypted, also those that the database refused; under another key they wait")
    func encrypted() throws {
        func cipher(_ digit: String) -> PayloadCipher? { PayloadCipher(Secret(String(repeating: digit, count: 64))) }
        let request = try PushRequest.of("confidential")
        var log: SegmentLog? = try directory.log(cipher: cipher("a"))
        let codec = BufferedPush(cipher: cipher("a"))
        #expect(log?.append([.init(body: codec.bytes(of: request), count: 1)]) == [nil])
        try log?.poison(request.items[0], "no")
        for name in directory.segments + [BufferFolder.poison] {
            #expect(!String(decoding: directory.bytes(of: name), as: UTF8.self).contains("\n\"confidential\""))
            #expect(!String(decoding: directory.bytes(of: name), as: UTF8.self).contains(#""payload":"confidential""#))
        }
        for other in [cipher("b"), nil] {
            log = nil
            log = try directory.log(cipher: other)
            #expect(throws: BufferFault.self) { try log?.drain() }
            #expect(log?.messages == 1)
        }
        log = nil
        var again = try directory.log(cipher: cipher("a"))
        let batch = try #require(try again.read(most: 1, mostBytes: 1))
        #expect(batch.items == request.items)
    }

    // MARK: Disks that fail

    @Test("a write that is taken in parts is whole")
    func short() throws {
        let disk = FaultyDisk()
        disk.writes.withLock { $0 = [.short(1), .error(EINTR), .short(30)] }
        var log = try directory.log(disk: disk)
        #expect(try log.add("1", "2") == [nil, nil])
        #expect(try log.drain() == ["1", "2"])
    }

    @Test(
        "a write that the disk refuses in the middle leaves nothing behind, and the next one succeeds",
        arguments: [(ENOSPC, true), (EIO, false)],
        [false, true]
    )
    func refused(refusal: (code: Int32, isFull: Bool), isCutRefused: Bool) throws {
        let disk = FaultyDisk()
        var log: SegmentLog? = try directory.log(disk: disk)
        _ = try log?.add("1")
        disk.writes.withLock { $0 = [.short(20), .error(refusal.code)] }
        if isCutRefused { disk.cuts.withLock { $0 = [.error(EIO)] } }
        let faults = try log?.add("2", "3") ?? []
        #expect(faults.count == 2 && !faults.contains(nil))
        if case .full? = faults[0] { #expect(refusal.isFull) } else { #expect(!refusal.isFull) }
        #expect(try log?.add("4") == [nil])
        log = nil
        var next = try directory.log()
        #expect(try next.drain() == ["1", "4"])
    }

    @Test("a file whose sync failed is not written again; who waited for it is told, and another file is")
    func sync() throws {
        let disk = FaultyDisk()
        var log = try directory.log(disk: disk)
        _ = try log.add("1")
        disk.syncs.withLock { $0 = [.error(EIO), .error(EIO)] }
        for number in ["2", "3"] { #expect(try log.add(number) != [nil]) }
        #expect(try log.add("4") == [nil])
        #expect(directory.segments.count == 2)
        #expect(log.messages == 2)
        #expect(try log.drain() == ["1", "4"])
    }

    @Test("a new file whose name does not come to the disk is given up, and the next push begins another")
    func folderSync() throws {
        let disk = FaultyDisk()
        var log = try directory.log(disk: disk)
        for removals in [[], [FaultyDisk.Fault.error(EIO)]] {
            disk.folderSyncs.withLock { $0 = [.error(EMFILE)] }
            disk.removals.withLock { $0 = removals }
            guard case .failed(let why)? = try log.add("1")[0] else {
                Issue.record("the push was kept")
                return
            }
            #expect(why.contains("fsync"))
        }
        #expect(directory.segments.count == 1, "the one that could not be removed")
        #expect(try log.add("2") == [nil])
        #expect(try log.drain() == ["2"])
    }

    @Test("a file whose sync failed and that cannot be removed stands in nobody's way, and the sync is what is told")
    func removal() throws {
        let disk = FaultyDisk()
        var log = try directory.log(disk: disk)
        disk.syncs.withLock { $0 = [.error(EIO)] }
        disk.removals.withLock { $0 = [.error(EIO)] }
        guard case .failed(let why)? = try log.add("1")[0] else {
            Issue.record("the push was kept")
            return
        }
        #expect(why.contains("fdatasync"))
        #expect(try log.add("2") == [nil])
        #expect(try log.drain() == ["2"])
    }

    @Test("what is damaged at the end of a file is not cut off before a copy of it is on the disk", arguments: [0, 1])
    func uncopied(kept: Int) throws {
        var log: SegmentLog? = try directory.log()
        for number in 0...kept { _ = try log?.add("\(number)") }
        log = nil
        let name = try #require(directory.segments.first)
        var bytes = directory.bytes(of: name)
        bytes[bytes.count - 5] ^= 4
        try directory.write(bytes, to: name)
        let disk = FaultyDisk()
        disk.writes.withLock { $0 = [.short(5), .error(ENOSPC)] }
        log = try directory.log(disk: disk)
        #expect(directory.bytes(of: name) == bytes)
        #expect(!directory.told.contains { if case .damaged = $0 { true } else { false } })
        #expect(directory.told.contains { "\($0)".contains("No space left on device") })
        #expect(try log?.drain() == (0..<kept).map(String.init))
        log = nil
        // With room on the disk the next launch does it, or the whole file was set aside when the rest of it was delivered.
        log = try directory.log()
        let copies = try FileManager.default.contentsOfDirectory(atPath: "\(directory.path)/damaged")
        let damage = bytes.suffix(bytes.count / (kept + 1))
        #expect(copies.contains { directory.bytes(of: "damaged/\($0)").suffix(damage.count) == damage })
        #expect(directory.segments == [])
    }

    @Test("a file with damage that could not be copied is itself set aside when it is delivered")
    func uncopiedRot() throws {
        let disk = FaultyDisk()
        var log = try directory.log(disk: disk)
        _ = try log.add("1", "2", "3")
        let name = try #require(directory.segments.first)
        let file = try #require(FileHandle(forUpdatingAtPath: "\(directory.path)/\(name)"))
        try file.seek(toOffset: UInt64(20))
        try file.write(contentsOf: Data("????".utf8))
        let bytes = directory.bytes(of: name)
        disk.writes.withLock { $0 = [.error(ENOSPC)] }
        #expect(try log.drain() == ["2", "3"])
        #expect(directory.segments == [] && log.bytes == 0)
        let copies = try FileManager.default.contentsOfDirectory(atPath: "\(directory.path)/damaged")
        #expect(copies.map { directory.bytes(of: "damaged/\($0)") } == [bytes])
    }

    @Test("a message that could not be set aside whole leaves nothing behind", arguments: [true, false])
    func poisonWithoutRoom(isWrite: Bool) throws {
        let disk = FaultyDisk()
        var log: SegmentLog? = try directory.log(disk: disk)
        let items = try PushRequest.of("1", "2").items
        try log?.poison(items[0], "no")
        let before = directory.bytes(of: BufferFolder.poison)
        for _ in 1...2 {
            if isWrite {
                disk.writes.withLock { $0 = [.short(10), .error(ENOSPC)] }
            } else {
                disk.folderSyncs.withLock { $0 = [.error(ENOSPC)] }
            }
            let fault = #expect(throws: BufferFault.self) { try log?.poison(items[1], "no") }
            if case .full? = fault {} else { Issue.record("told as \(String(describing: fault))") }
            #expect(directory.bytes(of: BufferFolder.poison) == before)
        }
        disk.writes.withLock { $0 = [.short(10)] }
        try log?.poison(items[1], "no")
        log = nil
        let lines = String(decoding: directory.bytes(of: BufferFolder.poison), as: UTF8.self).split(separator: "\n")
        #expect(
            try lines.map { try QueueFlight.node(String($0)).value["transactionId"]?.value } == [
                .string("1"), .string("2"),
            ]
        )
        #expect(try directory.log().poisoned == 2)
    }

    @Test("what was put into the folder behind what is delivered is set aside, not removed unread, and told")
    func late() throws {
        var log: SegmentLog? = try directory.log(segmentBytes: 1)
        for number in 1...4 { _ = try log?.add("\(number)") }
        let names = directory.segments
        let old = names.map { directory.bytes(of: $0) }
        let batch = try #require(try log?.read(most: 3, mostBytes: 1 << 20))
        try log?.advance(to: batch.end, count: batch.count)
        for _ in 2...3 {
            let batch = try #require(try log?.read(most: 1, mostBytes: 1))
            try log?.advance(to: batch.end, count: batch.count)
        }
        log = nil
        #expect(directory.segments == [names[3]])
        for _ in 1...2 {
            try directory.write(old[0], to: names[0])
            log = nil
            log = try directory.log(segmentBytes: 1)
        }
        let copies = try FileManager.default.contentsOfDirectory(atPath: "\(directory.path)/damaged").sorted()
        #expect(copies == ["\(names[0]).whole", "\(names[0]).whole.2"])
        for copy in copies {
            #expect(directory.bytes(of: "damaged/\(copy)") == old[0])
            #expect(directory.told.contains { "\($0)".contains("damaged/\(copy)") })
        }
        #expect(try log?.drain() == ["4"])
    }

    @Test("what was written before a write that failed is brought to the disk, though its file is not written any more")
    func unsynced() throws {
        let disk = FaultyDisk()
        var log = try directory.log(syncs: false, disk: disk)
        _ = try log.add("1")
        disk.writes.withLock { $0 = [.short(20), .error(ENOSPC)] }
        disk.cuts.withLock { $0 = [.error(EIO)] }
        #expect(try log.add("2") != [nil])
        try log.flush()
        #expect(disk.synced.withLock { $0 } == 1)
        #expect(try log.add("3") == [nil])
        try log.flush()
        #expect(disk.synced.withLock { $0 } == 2)
    }

    @Test("a flush that does not bring the names of files to the disk is done again")
    func flushedAgain() throws {
        let disk = FaultyDisk()
        var log = try directory.log(syncs: false, disk: disk)
        _ = try log.add("1")
        disk.folderSyncs.withLock { $0 = [.error(EMFILE)] }
        #expect(throws: BufferFault.self) { try log.flush() }
        #expect(log.isDirty)
        try log.flush()
        #expect(!log.isDirty)
    }
}
