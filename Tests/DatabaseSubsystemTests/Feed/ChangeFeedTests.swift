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

        init(
            _ ground: FeedSessionTests.Ground,
            database: String = "Test",
            tables: [String] = ["items"],
            engine: (any DatabaseEngine)? = nil
        ) throws {
            self.ground = ground
            feed = try ChangeFeed(
                FeedSettings(tables: tables, pollInterval: .milliseconds(10)),
                label: QueueLabel(database: database, number: 0, tags: TagSet(.lead)),
                engine: engine ?? ground.engine,
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

    @Test(
        "a table whose trigger would not fire is not watched, is told once, and is watched when it would",
        arguments: kinds
    )
    func silent(kind: String) async throws {
        let ground = try FeedSessionTests.Ground(kind)
        try ground.writer.run("CREATE TABLE others (id INTEGER PRIMARY KEY)")
        let (first, _) = try ground.follower("first")
        let mend: [String]
        switch kind {
        case "postgresql":
            try ground.writer.run("ALTER TABLE items DISABLE TRIGGER hydrogen_update")
            mend = ["ALTER TABLE items ENABLE TRIGGER hydrogen_update"]
        default:
            try ground.writer.run("ALTER TABLE items RENAME TO old_items")
            try ground.writer.run("CREATE TABLE items (id INTEGER PRIMARY KEY, text TEXT)")
            mend = ["DROP TABLE old_items"]
        }
        let flight = try Flight(ground, tables: ["items", "others"])
        #expect(await flight.log.entry { $0.message.contains("Change feed: live, tables: ") } != nil)
        #expect(flight.log.entries.filter { $0.message.contains("items is not watched: refused: ") }.count == 1)
        #expect(flight.isBlind && flight.epochs.epochs(of: ["others"]).allSatisfy { !$0.isBlind })
        for sql in mend { try ground.writer.run(sql) }
        if kind == "sqlite" {
            // Its schema is looked at with every reading.
            await eventually { !flight.isBlind }
            let stamp = flight.stamp
            try ground.writer.run("INSERT INTO items VALUES (1, 'a')")
            await eventually { flight.stamp > stamp }
        }
        #expect(await flight.feed.stop() == .kept, "the first is still listed")
        #expect(try first.leave(as: "first"))
        first.close()
    }

    @Test("triggers that are dropped behind the feed's back are made again, and what was kept before is void")
    func dropped() async throws {
        let ground = try FeedSessionTests.Ground("sqlite")
        let flight = try Flight(ground)
        await flight.live()
        let (stamp, lines) = (flight.stamp, flight.log.entries.count)
        try ground.writer.run("DROP TRIGGER hydrogen_insert_items")
        #expect(
            await flight.log.entry(from: lines) {
                $0.message.contains("Change feed: FAILED: unavailable: items: it has no trigger hydrogen_insert_items")
            } != nil
        )
        #expect(await flight.log.entry(from: lines) { $0.message.contains("Change feed: live") } != nil)
        #expect(flight.stamp > stamp && !flight.isBlind)
        let before = flight.stamp
        try ground.writer.run("INSERT INTO items VALUES (1, 'a')")
        await eventually { flight.stamp > before }
        #expect(await flight.feed.stop() == .removed)
    }

    @Test("one that hears no notifications says so, and is told every change by asking", PostgreSQLServer.isThere)
    func polled() async throws {
        let ground = try FeedSessionTests.Ground("postgresql")
        let flight = try Flight(ground, engine: DeafEngine(base: ground.engine))
        #expect(await flight.log.entry { $0.message.contains("changes are polled every 0.010s") } != nil)
        await flight.live()
        let stamp = flight.stamp
        try ground.writer.run("INSERT INTO items VALUES (1, 'a')")
        await eventually { flight.stamp > stamp }
        #expect(await flight.feed.stop() == .removed)
    }

    @Test("one that hears its own notification says nothing of polling", PostgreSQLServer.isThere)
    func notified() async throws {
        let flight = try Flight(FeedSessionTests.Ground("postgresql"))
        await flight.live()
        #expect(!flight.log.entries.contains { $0.message.contains("polled") })
        #expect(await flight.feed.stop() == .removed)
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
