import Foundation
import HydrogenTesting
import Synchronization
import Testing

@testable import DatabaseSubsystem

/// What holds for feeds that are read from a table of events, beside what holds for all.
@Suite("Following changes in a table of events", .timeLimit(.minutes(2)))
struct EventTableSessionTests {
    private typealias Ground = FeedSessionTests.Ground

    private static let kinds = ["mysql", "db2"].filter { kind in
        kind == "mysql" ? MySQLServer.url != nil : CLISource.there.contains(.db2)
    }

    @Test("a table of events that takes no row is refused before a trigger could fail the writers", arguments: kinds)
    func noEvents(kind: String) throws {
        let ground = try Ground(kind)
        try ground.writer.run("CREATE TABLE hydrogen_events (id BIGINT NOT NULL PRIMARY KEY, other VARCHAR(10))")
        let session = try ground.session()
        let error = #expect(throws: DatabaseError.self) { try session.watch("items") }
        #expect(error?.isRetryable == false)
        try ground.writer.run("INSERT INTO items VALUES (1, 'a')")
        session.close()
    }

    @Test("a transaction that holds a table is not waited for long, and leaves the feed as it was", MySQLServer.isThere)
    func heldTable() throws {
        let ground = try Ground("mysql")
        let session = try ground.session()
        try ground.writer.begin(nil)
        try ground.writer.run("INSERT INTO items VALUES (1, 'a')")
        #expect(throws: DatabaseError.self) { try session.watch("items") }
        try ground.writer.commit()
        _ = try session.watch("items")
        var place = FeedPlace()
        _ = try session.read(from: &place)
        _ = try session.report(place, as: "one")
        try ground.writer.begin(nil)
        try ground.writer.run("INSERT INTO items VALUES (2, 'a')")
        let error = #expect(throws: DatabaseError.self) { try session.leave(as: "one") }
        #expect(error?.isRetryable == true)
        try ground.writer.commit()
        try ground.writer.run("INSERT INTO items VALUES (3, 'a')")
        _ = try session.watch("items")
        _ = try session.report(place, as: "two")
        #expect(try session.leave(as: "two"))
        session.close()
    }

    @Test("while one instance makes or removes, another one does not", MySQLServer.isThere)
    func turns() throws {
        let ground = try Ground("mysql")
        let session = try ground.session()
        func ask(_ sql: String) throws -> Int64? {
            let statement = EngineStatement(sql: sql, parameterOrder: [])
            return try ground.writer.rows(statement, [], limit: 1).first?.values.first?.wholeNumber
        }
        #expect(try ask("SELECT GET_LOCK(\(EventTableSQL.mySQLLock), 0)") == 1)
        let error = #expect(throws: DatabaseError.self) { try session.watch("items") }
        #expect(error?.code == .busy)
        #expect(try ask("SELECT COUNT(*) FROM information_schema.triggers WHERE trigger_schema = DATABASE()") == 0)
        #expect(try ask("SELECT RELEASE_LOCK(\(EventTableSQL.mySQLLock))") == 1)
        _ = try session.watch("items")
        #expect(try session.leave(as: "one"), "and the lock is free again")
        session.close()
    }

    @Test("instances that come and go at the same time never fail a writer", MySQLServer.isThere)
    func comingAndGoing() throws {
        let ground = try Ground("mysql")
        let engine = ground.engine
        let isOver = Atomic<Int>(0)
        let faults = Mutex<[DatabaseError]>([])
        DispatchQueue.concurrentPerform(iterations: 4) { number in
            do throws(DatabaseError) {
                guard number > 0 else {
                    let writer = try engine.connectForRehearsal()
                    defer { writer.close() }
                    while isOver.load(ordering: .acquiring) < 3 {
                        do throws(DatabaseError) {
                            try writer.run("UPDATE items SET text = 'b'")
                            try writer.run("INSERT INTO items VALUES (1, 'a') ON DUPLICATE KEY UPDATE text = 'c'")
                        } catch {
                            if error.code == .refused { faults.withLock { $0.append(error) } }
                        }
                    }
                    return
                }
                defer { isOver.add(1, ordering: .releasing) }
                for _ in 0..<6 {
                    let session = try engine.openFeed(as: "feed \(number)", abort: .never)
                    defer { session.close() }
                    do throws(DatabaseError) {
                        _ = try session.watch("items")
                        _ = try session.leave(as: "instance \(number)")
                    } catch {
                        // Another one was there at the same time.
                    }
                }
            } catch {
                faults.withLock { $0.append(error) }
            }
        }
        #expect(faults.withLock { $0 } == [])
    }

    @Test("a table that another database's feed watches is refused, and that feed is left alone", MySQLServer.isThere)
    func otherDatabase() throws {
        let (owner, other) = (try Ground("mysql"), try Ground("mysql"))
        var (first, place) = try owner.follower("one")
        let shown = try first.watch("items")
        let second = try other.session()
        let error = #expect(throws: DatabaseError.self) { try second.watch(shown) }
        #expect(error?.isRetryable == false)
        #expect(error?.message.contains("hydrogen_insert_items is taken") == true)
        #expect(try second.silence(of: shown) != nil)
        #expect(try second.leave(as: "other"))
        try owner.writer.run("INSERT INTO items VALUES (1, 'a')")
        #expect(try first.read(from: &place)?.count == 1)
        first.close()
        second.close()
    }

    @Test("a feed removes no triggers of a database whose name is alike", MySQLServer.isThere)
    func alikeNames() throws {
        let ground = try Ground("mysql")
        let (session, _) = try ground.follower("one")
        let name = try #require(try session.watch("items").split(separator: ".").first)
        let alike = name.replacing("t", with: "_", maxReplacements: 1)
        let sql = EventTableSQL.mySQL(database: String(alike))
        let rows = try ground.writer.rows(EngineStatement(sql: sql.allTriggers, parameterOrder: []), [], limit: 10)
        #expect(rows.isEmpty)
        let own = EventTableSQL.mySQL(database: String(name)).allTriggers
        #expect(try ground.writer.rows(EngineStatement(sql: own, parameterOrder: []), [], limit: 10).count == 3)
        session.close()
    }

    @Test("two schemas follow the same table, each by triggers of its own", CLISource.hasDB2)
    func otherSchema() throws {
        let (owner, other) = (try Ground("db2"), try Ground("db2"))
        var (first, place) = try owner.follower("one")
        let shown = try first.watch("items")
        let second = try other.session()
        #expect(try second.silence(of: shown) != nil, "triggers of the other schema are not its own")
        _ = try second.watch(shown)
        #expect(try second.silence(of: shown) == nil)
        var otherPlace = FeedPlace()
        _ = try second.read(from: &otherPlace)
        try owner.writer.run("INSERT INTO items VALUES (1, 'a')")
        #expect(try first.read(from: &place)?.count == 1)
        #expect(try second.read(from: &otherPlace)?.count == 1)
        #expect(try second.leave(as: "other"))
        try owner.writer.run("INSERT INTO items VALUES (2, 'a')")
        #expect(try first.read(from: &place)?.count == 1)
        first.close()
        second.close()
    }
}
