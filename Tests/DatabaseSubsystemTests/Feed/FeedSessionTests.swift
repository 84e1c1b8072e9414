import HydrogenCore
import HydrogenTesting
import Testing

@testable import DatabaseSubsystem

/// The sessions of all engines, on real databases, by one table of behaviours.
@Suite("Following changes", .timeLimit(.minutes(2)))
struct FeedSessionTests {
    /// One database with a table, and connections to it.
    struct Ground {
        let engine: any DatabaseEngine
        let writer: any EngineConnection
        private let folder: TemporaryFolder?
        private let owner: PostgreSQLTestSession?
        private var database: MySQLTestSession?

        init(_ kind: String) throws {
            switch kind {
            case "postgresql":
                let owner = try PostgreSQLTestSession()
                try owner.connection.run("CREATE TABLE items (id bigint PRIMARY KEY, text text)")
                engine = PostgreSQLServer.engine(schema: owner.schema)
                writer = try engine.connectForRehearsal()
                self.owner = owner
                folder = nil
            case "mysql":
                let database = try MySQLTestSession(hasDatabase: true)
                var settings = MySQLServer.settings()
                settings.database = database.database ?? ""
                engine = MySQLServer.engine(settings)
                writer = database.connection
                try writer.run("CREATE TABLE items (id BIGINT PRIMARY KEY, text TEXT)")
                (owner, folder, self.database) = (nil, nil, database)
            case "db2":
                let folder = try TemporaryFolder()
                var settings = try CLISource.db2.settings(in: folder.path)
                settings.schema = "F\(UInt32.random(in: 0...UInt32.max))"
                let founder = try CLIEngine(
                    CLISource.db2.settings(in: folder.path),
                    place: "the tests' server",
                    statementCacheSize: 8
                ).connectForRehearsal()
                try founder.run("CREATE SCHEMA \(settings.schema ?? "")")
                founder.close()
                engine = CLIEngine(settings, place: "the tests' server", statementCacheSize: 8)
                writer = try engine.connectForRehearsal()
                try writer.run("CREATE TABLE items (id BIGINT NOT NULL PRIMARY KEY, text VARCHAR(100))")
                (owner, self.folder) = (nil, folder)
            default:
                let folder = try TemporaryFolder()
                engine = SQLiteEngine(
                    database: "\(folder.path)/feed.db",
                    resolve: { $0 },
                    busyTimeout: .seconds(5),
                    statementCacheSize: 8
                )
                let label = QueueLabel(database: "Test", number: 0, tags: .all)
                writer = try engine.connect(as: label, abort: .never)
                try writer.run("CREATE TABLE items (id INTEGER PRIMARY KEY, text TEXT)")
                self.folder = folder
                owner = nil
            }
        }

        func session() throws -> any FeedSession {
            try engine.openFeed(as: "DQM-Test-feed", abort: .never)
        }

        /// A session that stands at the present.
        func follower(_ instance: String) throws -> (any FeedSession, FeedPlace) {
            let session = try session()
            _ = try session.watch("items")
            var place = FeedPlace()
            #expect(try session.read(from: &place) == nil, "the first reading knows nothing")
            #expect(try !session.report(place, as: instance))
            return (session, place)
        }
    }

    private static let kinds = ["sqlite", "postgresql", "mysql", "db2"].filter { kind in
        switch kind {
        case "postgresql": PostgreSQLServer.url != nil
        case "mysql": MySQLServer.url != nil
        case "db2": CLISource.there.contains(.db2)
        default: true
        }
    }

    @Test("every change comes once, with its keys, and nothing else", arguments: kinds)
    func changes(kind: String) throws {
        let ground = try Ground(kind)
        var (session, place) = try ground.follower("one")
        #expect(try session.read(from: &place) == [])
        let statements: [(String, TableChange.Operation, String)] = [
            ("INSERT INTO items VALUES (1, 'a')", .insert, #"[{"id":1}]"#),
            ("UPDATE items SET text = 'b' WHERE id = 1", .update, #"[{"id":1}]"#),
            ("DELETE FROM items WHERE id = 1", .delete, #"[{"id":1}]"#),
        ]
        for (sql, operation, keys) in statements {
            try ground.writer.run(sql)
            let changes = try #require(try session.read(from: &place))
            #expect(changes.map(\.operation) == [operation])
            // DB2's triggers are of statements, and see no rows.
            #expect(changes.first?.keys?.filter { $0 != " " } == (kind == "db2" ? nil : keys))
            #expect(changes.first?.table.lowercased().hasSuffix("items") == true)
            #expect(try session.read(from: &place) == [], "told once")
        }
        try ground.writer.run("UPDATE items SET text = 'c' WHERE id = 99")
        let told = try session.read(from: &place)
        #expect(told?.map(\.operation) == (kind == "db2" ? [.update] : []), "no row was changed")
        session.close()
    }

    @Test("what was changed while an instance was away is caught up with", arguments: kinds)
    func catchingUp(kind: String) throws {
        let ground = try Ground(kind)
        var (session, place) = try ground.follower("one")
        session.close()
        for number in 0..<5 { try ground.writer.run("INSERT INTO items VALUES (\(number), 'a')") }
        let second = try ground.session()
        #expect(try second.report(place, as: "one"))
        #expect(try second.read(from: &place)?.count == 5)
        second.close()
    }

    @Test("what all have read is removed, and an instance that was struck off knows it", arguments: kinds)
    func retention(kind: String) throws {
        let ground = try Ground(kind)
        var (one, placeOne) = try ground.follower("one")
        var (two, placeTwo) = try ground.follower("two")
        try ground.writer.run("INSERT INTO items VALUES (1, 'a')")
        #expect(try one.read(from: &placeOne)?.count == 1)
        _ = try one.report(placeOne, as: "one")
        #expect(try two.read(from: &placeTwo)?.count == 1, "one instance removes nothing that the other has not read")
        try ground.writer.run("DELETE FROM hydrogen_instances WHERE name = 'two'")
        #expect(try !two.report(placeTwo, as: "two"))
        one.close()
        two.close()
    }

    @Test("the last instance takes the triggers with it", arguments: kinds)
    func leaving(kind: String) throws {
        let ground = try Ground(kind)
        let (one, _) = try ground.follower("one")
        let (two, _) = try ground.follower("two")
        #expect(try !one.leave(as: "one"))
        try ground.writer.run("INSERT INTO items VALUES (1, 'a')")
        #expect(try two.leave(as: "two"))
        try ground.writer.run("INSERT INTO items VALUES (2, 'a')")
        #expect(throws: DatabaseError.self) { try ground.writer.run("SELECT count(*) FROM hydrogen_events") }
        one.close()
        two.close()
    }

    @Test("a table that is not there is refused by its name", arguments: kinds)
    func missing(kind: String) throws {
        let ground = try Ground(kind)
        let session = try ground.session()
        let error = #expect(throws: DatabaseError.self) { try session.watch("nothing") }
        #expect(error?.isRetryable == false)
        let words = "\(error?.message ?? "") \(error?.detail ?? "")"
        #expect(words.contains("nothing"))
        session.close()
    }

    @Test("a watched table proves that it tells its changes, and nothing is left of the proof", arguments: kinds)
    func selfTest(kind: String) throws {
        let ground = try Ground(kind)
        #expect(try ground.session().silence(of: "items") != nil, "nobody watches yet")
        var (session, place) = try ground.follower("one")
        #expect(try session.silence(of: "items") == nil)
        #expect(try session.provesWakeup(WakeupSignal(), atMost: .seconds(3600)))
        #expect(try session.read(from: &place) == [], "no event, and no row")
        #expect(try session.silence(of: "nothing") != nil)
        session.close()
    }

    // MARK: SQLite

    @Test("a trigger that was dropped, or that went with a renamed table, is noticed")
    func silentSQLite() throws {
        let ground = try Ground("sqlite")
        let (session, _) = try ground.follower("one")
        try ground.writer.run("DROP TRIGGER hydrogen_update_items")
        #expect(try session.silence(of: "items")?.contains("no trigger hydrogen_update_items;") == true)
        _ = try session.watch("items")
        #expect(try session.silence(of: "items") == nil, "made anew")
        try ground.writer.run("ALTER TABLE items RENAME TO old_items")
        try ground.writer.run("CREATE TABLE items (id INTEGER PRIMARY KEY)")
        _ = try session.watch("items")
        #expect(try session.silence(of: "items")?.contains("on another table is in the way") == true)
        session.close()
    }

    @Test("a table of events that takes no row is refused before a trigger could fail the writers")
    func noEvents() throws {
        let ground = try Ground("sqlite")
        try ground.writer.run("CREATE TABLE hydrogen_events (id INTEGER PRIMARY KEY AUTOINCREMENT, other TEXT)")
        let session = try ground.session()
        let error = #expect(throws: DatabaseError.self) { try session.watch("items") }
        #expect(error?.isRetryable == false)
        try ground.writer.run("INSERT INTO items VALUES (1, 'a')")
        session.close()
    }

    // MARK: PostgreSQL

    @Test("a trigger that is switched off is noticed", PostgreSQLServer.isThere)
    func silentPostgreSQL() throws {
        let ground = try Ground("postgresql")
        let (session, _) = try ground.follower("one")
        for trigger in ["hydrogen_insert", "hydrogen_truncate"] {
            try ground.writer.run("ALTER TABLE items DISABLE TRIGGER \(trigger)")
            _ = try session.watch("items")
            #expect(try session.silence(of: "items")?.contains("missing or switched off: \(trigger);") == true)
            try ground.writer.run("ALTER TABLE items ENABLE TRIGGER \(trigger)")
            #expect(try session.silence(of: "items") == nil)
        }
        session.close()
    }

    @Test("a session that hears no notification knows it, and still reads every change", PostgreSQLServer.isThere)
    func deaf() throws {
        let ground = try Ground("postgresql")
        let session = try DeafEngine(base: ground.engine).openFeed(as: "DQM-Test-feed", abort: .never)
        _ = try session.watch("items")
        var place = FeedPlace()
        _ = try session.read(from: &place)
        #expect(try !session.provesWakeup(WakeupSignal(), atMost: .milliseconds(20)))
        try ground.writer.run("INSERT INTO items VALUES (1, 'a')")
        #expect(try session.read(from: &place)?.count == 1)
        session.close()
    }

    /// SQLite has one writer at a time, and Derby's readers wait for writers.
    private static let concurrent = kinds.filter { $0 == "postgresql" || $0 == "mysql" }

    @Test("a transaction that commits late is caught, and holds nothing up", arguments: concurrent)
    func lateCommit(kind: String) throws {
        let ground = try Ground(kind)
        var (session, place) = try ground.follower("one")
        let slow = try ground.engine.connectForRehearsal()
        try slow.begin(nil)
        try slow.run("INSERT INTO items VALUES (1, 'slow')")
        for number in 2..<5 {
            try ground.writer.run("INSERT INTO items VALUES (\(number), 'quick')")
            let changes = try session.read(from: &place)
            #expect(changes?.map(\.keys) == ["[{\"id\": \(number)}]"])
        }
        try slow.commit()
        #expect(try session.read(from: &place)?.map(\.keys) == [#"[{"id": 1}]"#])
        #expect(try session.read(from: &place) == [])
        slow.close()
        session.close()
    }

    @Test("a commit wakes who waits; TRUNCATE is told", PostgreSQLServer.isThere)
    func wakeup() async throws {
        let ground = try Ground("postgresql")
        var (session, place) = try ground.follower("one")
        let signal = try WakeupSignal()
        try ground.writer.run("TRUNCATE items")
        // Without the wake-up this would take an hour.
        try session.wait(for: signal, atMost: .seconds(3600))
        #expect(try session.read(from: &place)?.map(\.operation) == [.truncate])
        session.close()
    }

    // MARK: Engines whose triggers do not see everything

    @Test("a foreign key that changes rows unseen is named, and so is TRUNCATE", MySQLServer.isThere)
    func blindSpotsOfMySQL() throws {
        let ground = try Ground("mysql")
        try ground.writer.run(
            """
            CREATE TABLE parts (id BIGINT PRIMARY KEY, item BIGINT,
                CONSTRAINT parts_item FOREIGN KEY (item) REFERENCES items (id) ON DELETE CASCADE)
            """
        )
        var (session, place) = try ground.follower("one")
        _ = try session.watch("parts")
        #expect(try session.blindSpots(of: "items") == ["TRUNCATE"])
        let ways = try session.blindSpots(of: "parts")
        #expect(
            ways.first?.hasPrefix("foreign key parts_item from items (ON DELETE CASCADE") == true && ways.count == 2
        )
        try ground.writer.run("INSERT INTO items VALUES (1, 'a')")
        try ground.writer.run("INSERT INTO parts VALUES (10, 1)")
        #expect(try session.read(from: &place)?.count == 2)
        try ground.writer.run("DELETE FROM items WHERE id = 1")
        #expect(
            try session.read(from: &place)?.map(\.operation) == [.delete],
            "of items alone: the reason for the warning"
        )
        try ground.writer.run("SET FOREIGN_KEY_CHECKS = 0")
        try ground.writer.run("TRUNCATE items")
        #expect(try session.read(from: &place) == [])
        session.close()
    }

    @Test("what a foreign key changes is told by Derby, what TRUNCATE does is not", CLISource.hasDB2)
    func blindSpotsOfDerby() throws {
        let ground = try Ground("db2")
        try ground.writer.run(
            """
            CREATE TABLE parts (id BIGINT NOT NULL PRIMARY KEY, item BIGINT REFERENCES items (id) ON DELETE CASCADE)
            """
        )
        var (session, place) = try ground.follower("one")
        _ = try session.watch("parts")
        #expect(try session.blindSpots(of: "parts") == ["TRUNCATE"])
        try ground.writer.run("INSERT INTO items VALUES (1, 'a')")
        try ground.writer.run("INSERT INTO parts VALUES (10, 1)")
        #expect(try session.read(from: &place)?.count == 2)
        try ground.writer.run("DELETE FROM items WHERE id = 1")
        let tables = try session.read(from: &place)?.map { $0.table.lowercased().split(separator: ".").last ?? "" }
        #expect(tables?.sorted() == ["items", "parts"])
        session.close()
    }
}
