import HydrogenCore
import HydrogenTesting
import Testing

@testable import DatabaseSubsystem

/// Whole feeds, with their threads, on real databases.
@Suite("A change feed", .timeLimit(.minutes(2)))
struct ChangeFeedTests {
    private static let kinds = PostgreSQLServer.url == nil ? ["sqlite"] : ["sqlite", "postgresql"]

    /// A feed at work, and what it tells.
    private struct Flight {
        let ground: FeedSessionTests.Ground
        let epochs = TableEpochs()
        let log = CapturedLog()
        let feed: ChangeFeed

        init(_ ground: FeedSessionTests.Ground, database: String = "Test") throws {
            self.ground = ground
            feed = try ChangeFeed(
                FeedSettings(tables: ["items"], pollInterval: .milliseconds(10)),
                label: QueueLabel(database: database, number: 0, tags: TagSet(.lead)),
                engine: ground.engine,
                epochs: epochs
            )
            #expect(isBlind, "nothing is told before the feed lives")
            try feed.start(log.logger)
        }

        private var items: [TableEpochs.Epoch] { epochs.epochs(of: ["items"]) }
        var stamp: UInt64 { items.reduce(0) { $0 + $1.value } }
        var isBlind: Bool { items.contains { $0.isBlind } }

        func live() async {
            #expect(await log.entry { $0.message.contains("Change feed: live, tables: ") } != nil)
            #expect(!isBlind)
        }
    }

    @Test("what anybody commits is told, and the last instance leaves nothing behind", arguments: kinds)
    func told(kind: String) async throws {
        let ground = try FeedSessionTests.Ground(kind)
        let flights = [try Flight(ground), try Flight(ground)]
        for flight in flights { await flight.live() }
        for number in 0..<10 {
            let before = flights.map(\.stamp)
            try ground.writer.run("INSERT INTO items VALUES (\(number), 'a')")
            for (flight, stamp) in zip(flights, before) { await eventually { flight.stamp > stamp } }
        }
        #expect(await flights[0].feed.stop() == .kept)
        #expect(await flights[1].feed.stop() == .removed)
        #expect(throws: DatabaseError.self) { try ground.writer.run("SELECT count(*) FROM hydrogen_events") }
        try ground.writer.run("DELETE FROM items")
    }

    @Test("while the connection is lost nobody relies on it; then it catches up", PostgreSQLServer.isThere)
    func recovery() async throws {
        let ground = try FeedSessionTests.Ground("postgresql")
        // Other tests have feeds on the same server.
        let name = "DQM-Feed\(UInt32.random(in: 0...UInt32.max))-feed"
        let flight = try Flight(ground, database: String(name.dropFirst(4).dropLast(5)))
        await flight.live()
        for number in 1...5 {
            let (before, lines) = (flight.stamp, flight.log.entries.count)
            try ground.writer.begin(nil)
            try ground.writer.run("INSERT INTO items VALUES (\(number), 'a')")
            try ground.writer.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '\(name)'"
            )
            try ground.writer.commit()
            #expect(
                await flight.log.entry(from: lines) { $0.message.contains("live") } != nil,
                "loss \(number)"
            )
            #expect(flight.stamp > before && !flight.isBlind, "loss \(number)")
        }
        #expect(await flight.feed.stop() == .removed)
    }

    @Test("a table that is missing is told, the others are watched", arguments: kinds)
    func missing(kind: String) async throws {
        let ground = try FeedSessionTests.Ground(kind)
        let log = CapturedLog()
        let feed = try ChangeFeed(
            FeedSettings(tables: ["nothing", "items"], pollInterval: .milliseconds(10)),
            label: QueueLabel(database: "Test", number: 0, tags: TagSet(.lead)),
            engine: ground.engine,
            epochs: TableEpochs()
        )
        try feed.start(log.logger)
        #expect(await log.entry { $0.message.contains("nothing is not watched") } != nil)
        #expect(await log.entry { $0.message.contains("Change feed: live") } != nil)
        #expect(await feed.stop() == .removed)
    }

    @Test("one that never began has nothing to end")
    func idle() async throws {
        let ground = try FeedSessionTests.Ground("sqlite")
        let feed = try ChangeFeed(
            FeedSettings(tables: ["items"], pollInterval: .seconds(1)),
            label: QueueLabel(database: "Test", number: 0, tags: TagSet(.lead)),
            engine: ground.engine,
            epochs: TableEpochs()
        )
        #expect(await feed.stop() == .idle)
        try feed.start(CapturedLog().logger)
        #expect(await feed.stop() == .idle, "after the end nothing begins")
    }
}
