import DatabaseSubsystem
import Foundation
import HydrogenCore
import HydrogenTesting
import NIOCore
import Synchronization
import Testing

@testable import MessageQueueSubsystem

@Suite("The buffer of pushes", .timeLimit(.minutes(1)))
struct PushBufferTests {
    /// A database that does what a test wants.
    private final class Sink: PushSink {
        struct Content {
            var stored: [String] = []
            var batches: [Int] = []
            /// What every statement fails with.
            var outage: DatabaseError?
            /// The transactions that are refused.
            var refused: Set<String> = []
        }

        let content = Mutex(Content())

        var stored: [String] { content.withLock { $0.stored } }

        func deliver(_ items: [PushItem]) async throws(DatabaseError) {
            try content.withLock { content throws(DatabaseError) in
                if let outage = content.outage { throw outage }
                guard !items.contains(where: { content.refused.contains($0.transactionID) }) else {
                    throw DatabaseError(.refused, "no", sqlState: "22P02")
                }
                content.batches.append(items.count)
                content.stored += items.map(\.transactionID).filter { !content.stored.contains($0) }
            }
        }

        func probe() async throws(DatabaseError) {
            try content.withLock { content throws(DatabaseError) in if let outage = content.outage { throw outage } }
        }
    }

    private static let away = DatabaseError(.unavailable, "the database is away")

    private let directory = BufferDirectory()
    private let clock = ManualClock()
    private let sink = Sink()

    /// Performs `body` while the buffer delivers, and lands it.
    private func fly(_ body: (PushBuffer) async throws -> Void) async throws {
        let buffer = try await directory.buffer(clock: clock)
        buffer.databaseServes()
        try await withThrowingTaskGroup { group in
            group.addTask { await buffer.run(into: sink) { _ in } }
            do { try await body(buffer) } catch {
                await buffer.land(until: clock.now + .seconds(2))
                throw error
            }
            await buffer.land(until: clock.now + .seconds(2))
            try await group.waitForAll()
        }
    }

    private func passes(_ seconds: Int) { clock.advance(by: .seconds(seconds)) }

    @Test("with nothing in files pushes go to the database")
    func live() async throws {
        try await fly { buffer async throws in
            await eventually { buffer.isLive }
            #expect(try await buffer.keepIfNeeded(.of("1")) == nil)
        }
        #expect(directory.told == [.landed(messages: 0)])
        #expect(directory.segments == [])
    }

    @Test("a push is answered once it is kept, with what clients look for")
    func answer() async throws {
        let buffer = try await directory.buffer(clock: clock)
        let answer = try #require(try await buffer.keepIfNeeded(.of("1", "2", queue: "a\\\"b")))
        guard case .array(let items) = try QueueFlight.node(String(buffer: answer)).value else { return }
        #expect(items.map { $0.value["status"]?.value } == [.string("buffered"), .string("buffered")])
        #expect(items.map { $0.value["transaction_id"]?.value } == [.string("1"), .string("2")])
        #expect(items.map { $0.value["index"]?.value } == [.number("0"), .number("1")])
        #expect(items.first?.value["queue"]?.value == .string("a\"b"))
        #expect(buffer.status.messages == 2)
        // The process ends here: nothing more is asked of it.
        await buffer.files.close()
        try await fly { later in await eventually { later.isLive } }
        #expect(sink.stored == ["1", "2"])
    }

    @Test(
        "what failed is kept, what comes after it goes behind it, and after the outage all of it is delivered in order"
    )
    func outage() async throws {
        try await fly { buffer async throws in
            await eventually { buffer.isLive }
            sink.content.withLock { $0.outage = Self.away }
            _ = try await buffer.keep(.of("1"), because: Self.away)
            for number in 2...5 { #expect(try await buffer.keepIfNeeded(.of("\(number)")) != nil) }
            #expect(buffer.status.reason == "the database is away" && !buffer.status.isDatabaseHealthy)
            sink.content.withLock { $0.outage = nil }
            await eventually {
                passes(1)
                return buffer.isLive
            }
            #expect(try await buffer.keepIfNeeded(.of("6")) == nil)
        }
        #expect(sink.stored == (1...5).map(String.init))
        #expect(directory.told == [.begun("the database is away"), .over(messages: 5), .landed(messages: 0)])
    }

    @Test("the way back opens however many push without a pause, and none overtakes another")
    func busy() async throws {
        try await fly { buffer async throws in
            _ = try await buffer.keep(.of("first"), because: Self.away)
            sink.content.withLock { $0.outage = Self.away }
            let live = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
                for producer in 0..<16 {
                    group.addTask {
                        var number = 0
                        while try await buffer.keepIfNeeded(.of("\(producer).\(number)")) != nil { number += 1 }
                        return (producer, number)
                    }
                }
                await eventually { buffer.status.messages > 2000 }
                sink.content.withLock { $0.outage = nil }
                await eventually {
                    clock.advance(by: .milliseconds(100))
                    return buffer.isLive
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            for (producer, count) in live {
                let own = sink.stored.filter { $0.hasPrefix("\(producer).") }
                #expect(own == (0..<count).map { "\(producer).\($0)" })
            }
            #expect(buffer.status.messages == 0)
        }
    }

    @Test("a message that the database refuses is set aside, and holds nothing up")
    func poison() async throws {
        sink.content.withLock { $0.refused = ["3", "7"] }
        let first = try await directory.buffer(clock: clock)
        for number in 0..<10 { _ = try await first.keepIfNeeded(.of("\(number)")) }
        await first.files.close()
        try await fly { buffer async throws in
            await eventually { buffer.isLive }
            #expect(buffer.status.files.poisoned == 2)
        }
        #expect(sink.stored == ["0", "1", "2", "4", "5", "6", "8", "9"])
        let kept = String(decoding: directory.bytes(of: BufferFolder.poison), as: UTF8.self)
        #expect(kept.contains(#""transactionId":"3""#) && kept.contains(#""transactionId":"7""#))
    }

    @Test("what is no fault of the messages loses none of them, however long it lasts")
    func stuck() async throws {
        let denied = DatabaseError(.refused, "permission denied", sqlState: "42501")
        sink.content.withLock { $0.outage = denied }
        try await fly { buffer async throws in
            _ = try await buffer.keep(.of("1"), because: Self.away)
            for _ in 0..<20 {
                passes(5)
                await Task.yield()
            }
            #expect(buffer.status.messages == 1)
            sink.content.withLock { $0.outage = nil }
            await eventually {
                passes(5)
                return buffer.isLive
            }
        }
        #expect(sink.stored == ["1"])
    }

    @Test("in maintenance pushes are kept and nothing is delivered; after it everything is")
    func maintenance() async throws {
        try await fly { buffer async throws in
            await eventually { buffer.isLive }
            buffer.setMaintenance(true)
            for number in 1...3 { #expect(try await buffer.keepIfNeeded(.of("\(number)")) != nil) }
            passes(10)
            #expect(sink.stored == [] && buffer.status.messages == 3 && buffer.status.isDatabaseHealthy)
            buffer.setMaintenance(false)
            await eventually { buffer.isLive }
        }
        #expect(sink.stored == ["1", "2", "3"])
    }

    @Test("a landing leaves what waits for the next launch, and takes nothing more")
    func landing() async throws {
        sink.content.withLock { $0.outage = Self.away }
        var left: PushBuffer?
        try await fly { buffer async throws in
            left = buffer
            _ = try await buffer.keep(.of("1"), because: Self.away)
        }
        #expect(directory.told.last == .landed(messages: 1))
        await #expect(throws: QueueFault.self) { try await left?.keepIfNeeded(.of("2")) }
        sink.content.withLock { $0.outage = nil }
        try await fly { buffer in await eventually { buffer.isLive } }
        #expect(sink.stored == ["1"])
    }

    @Test(
        "many pushes at once are kept together, each answered once, at every durability",
        arguments: BufferConfiguration.Durability.allCases
    )
    func many(durability: BufferConfiguration.Durability) async throws {
        let buffer = try await directory.buffer(durability, clock: clock)
        try await withThrowingTaskGroup { group in
            for number in 0..<500 {
                group.addTask { try await buffer.keepIfNeeded(.of("\(number)")) }
            }
            for try await answer in group { #expect(answer != nil) }
        }
        await buffer.files.close()
        try await fly { later in await eventually { later.isLive } }
        #expect(Set(sink.stored) == Set((0..<500).map(String.init)))
    }

    @Test("a disk that fails is told to callers and operators, and to nobody any more once it does not")
    func disk() async throws {
        let disk = FaultyDisk()
        let buffer = try await directory.buffer(clock: clock, disk: disk)
        disk.syncs.withLock { $0 = [.error(EIO)] }
        await #expect(throws: QueueFault.self) { try await buffer.keepIfNeeded(.of("1")) }
        await eventually { buffer.status.failure?.contains("fdatasync") == true }
        #expect(try await buffer.keepIfNeeded(.of("2")) != nil)
        await eventually { buffer.status.failure == nil }
        await buffer.files.close()
        try await fly { later in await eventually { later.isLive } }
        #expect(sink.stored == ["2"])
    }

    @Test("a push whose caller has left waits no longer for the last messages, and is not kept")
    func cancelled() async throws {
        let buffer = try await directory.buffer(clock: clock)
        _ = try await buffer.keepIfNeeded(.of("1"))
        buffer.databaseServes()
        await withThrowingTaskGroup { group in
            group.addTask { try await buffer.keepIfNeeded(.of("2")) != nil }
            group.cancelAll()
            await #expect(throws: QueueFault.cancelled) { try await group.next() }
        }
        #expect(buffer.status.messages == 1)
        await buffer.files.close()
    }

    @Test(
        "a file is at most an eighth of what all may have, so that a full buffer has room again soon",
        arguments: [
            ("", 16 << 20), (#""MaxMegabytes": 1"#, 1 << 17), (#""MaxMegabytes": 8, "SegmentMegabytes": 2"#, 1 << 20),
        ]
    )
    func segmentSize(keys: String, expected: Int) throws {
        #expect(try BufferDirectory.configuration(keys).segmentBytes == expected)
    }
}
