import Foundation
import HydrogenTesting
import Testing

@testable import MessageQueueSubsystem

/// The buffer beside a real PostgreSQL that goes away and comes back.
@Suite(
    "Pushes while the database is away",
    .enabled(if: OwnDatabase.isThere, "\(OwnDatabase.reason)"),
    .timeLimit(.minutes(2))
)
struct BufferFlightTests {
    private let directory = BufferDirectory()
    private var section: String { #""Buffer": { "Directory": "\#(directory.path)" }"# }

    /// Lets time pass until pushes go to the database again.
    private func awaitLive(_ flight: QueueFlight) async {
        await eventually {
            flight.clock.advance(by: .milliseconds(250))
            return flight.queue.bufferStatus?.stateName == "live"
        }
    }

    @Test("pushes before, in and after an outage are delivered in order, each once; a pop that waits gets them")
    func outage() async throws {
        let database = try OwnDatabase()
        try await QueueFlight.fly(section, on: database.connection) { flight async throws in
            #expect(try await flight.push("1") == ["queued"])
            try database.close()
            for number in 2...20 { #expect(try await flight.push("\(number)") == ["buffered"]) }
            #expect(try await flight.push("20") == ["buffered"], "a client that tries again")
            await #expect(throws: QueueFault.self) { try await flight.pop() }
            try database.reopen()
            await awaitLive(flight)
            #expect(try await flight.push("21", "3") == ["queued", "duplicate"])
            let delivery = try await flight.pop { $0.patience = .seconds(10) }
            #expect(delivery.transactions == (1...21).map(String.init))
        }
        #expect(directory.segments == [])
    }

    @Test("a push that the database does not answer is kept in time, and stored once")
    func silence() async throws {
        let database = try OwnDatabase()
        try await QueueFlight.fly(section, on: database.connection) { flight async throws in
            try await flight.push("1")
            let holder = Process()
            holder.executableURL = URL(
                filePath: try #require(ProcessInfo.processInfo.environment["HYDROGEN_PG_BIN"]) + "/psql"
            )
            holder.arguments = [
                "--quiet", "--no-psqlrc", "--command",
                "BEGIN; LOCK TABLE hydrogen_queue.messages; SELECT pg_sleep(100)",
                database.connection,
            ]
            try holder.run()
            let isHeld =
                "SELECT count(*) FROM pg_locks WHERE granted AND mode = 'AccessExclusiveLock' AND relation = 'hydrogen_queue.messages'::regclass"
            try await eventually { try OwnDatabase.ask(isHeld, in: database.connection) != "0" }
            async let second = flight.push("2")
            await eventually {
                flight.clock.advance(by: .milliseconds(250))
                return (flight.queue.bufferStatus?.messages ?? 0) > 0
            }
            #expect(try await second == ["buffered"])
            #expect(try await flight.push("3") == ["buffered"])
            try OwnDatabase.ask(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(100)%' AND datname = '\(database.name)'"
            )
            holder.waitUntilExit()
            await awaitLive(flight)
            #expect(try await flight.pop().transactions == ["1", "2", "3"])
        }
    }

    @Test("what was accepted is stored whatever room a queue has; in maintenance everything is kept")
    func maintenance() async throws {
        let database = try OwnDatabase()
        try await QueueFlight.fly(section, on: database.connection) { flight async throws in
            try await flight.configure(#"{"maxSize":2}"#)
            try await flight.queue.turnPushMaintenance(on: true)
            #expect(try await flight.push("1", "2", "3", "4") == Array(repeating: "buffered", count: 4))
            #expect(flight.queue.bufferStatus?.messages == 4)
            #expect(try await flight.pop().why != nil)
            try await flight.queue.turnPushMaintenance(on: false)
            await awaitLive(flight)
            #expect(try await flight.push("5") == ["failed"])
            #expect(try await flight.pop().transactions == ["1", "2", "3", "4"])
        }
    }

    @Test(
        "maintenance counts for all instances, and outlives a launch with what was kept; one without a buffer refuses"
    )
    func instances() async throws {
        let database = try OwnDatabase()
        let name = "q\(UInt64.random(in: 0...UInt64.max))"
        try await QueueFlight.fly(on: database.connection) { without async throws in
            await #expect(throws: QueueFault.self) { try await without.queue.turnPushMaintenance(on: true) }
            try await QueueFlight.fly(section, on: database.connection) { with async throws in
                try await with.queue.turnPushMaintenance(on: true)
                await eventually {
                    without.clock.advance(by: .seconds(1))
                    return without.queue.isPushMaintenanceOn
                }
                await #expect(throws: QueueFault.self) { try await without.push("1") }
                _ = try await with.queue.push(.of("1", "2", queue: name))
            }
        }
        try await QueueFlight.fly(section, on: database.connection) { later async throws in
            #expect(later.queue.isPushMaintenanceOn && later.queue.bufferStatus?.messages == 2)
            #expect(try await later.push("3") == ["buffered"])
            try await later.queue.turnPushMaintenance(on: false)
            await awaitLive(later)
            #expect(try await later.pop { $0.queue = name }.transactions == ["1", "2"])
            #expect(try await later.pop().transactions == ["3"])
        }
    }

    @Test("a message that the real database refuses is set aside, and its neighbours are stored")
    func poison() async throws {
        var log: SegmentLog? = try directory.log()
        for number in 1...9 {
            var request = try PushRequest.of("\(number)", "\(number)b", queue: "poison")
            // No request can have this; a file that somebody else has written may.
            if number == 5 { request.items[0].partition = "a\u{0}b" }
            #expect(log?.append([.init(request)]) == [nil])
        }
        log = nil
        let database = try OwnDatabase()
        try await QueueFlight.fly(section, on: database.connection) { flight async throws in
            await awaitLive(flight)
            let all = (1...9).flatMap { ["\($0)", "\($0)b"] }.filter { $0 != "5" }
            #expect(try await flight.pop { $0.queue = "poison" }.transactions == all)
        }
        let kept = String(decoding: directory.bytes(of: BufferFolder.poison), as: UTF8.self)
        #expect(kept.split(separator: "\n").count == 1 && kept.contains(#""transactionId":"5""#))
    }
}
