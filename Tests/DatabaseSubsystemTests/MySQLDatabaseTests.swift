import HydrogenCore
import HydrogenTesting
import NIOCore
import Testing

@testable import DatabaseSubsystem

/// Whole flights of the subsystem with a real MariaDB.
@Suite("A MariaDB database in flight", MySQLServer.isThere, .timeLimit(.minutes(2)))
struct MySQLDatabaseTests {
    private let folder: TemporaryFolder
    /// Makes the database, and drops it in the end.
    private let owner: MySQLTestSession

    init() throws {
        folder = try TemporaryFolder()
        owner = try MySQLTestSession(hasDatabase: true)
        try folder.write(
            "CREATE TABLE items (id SERIAL PRIMARY KEY, a BIGINT NOT NULL); INSERT INTO items (a) VALUES (7);",
            to: "migrations/0001_items.sql"
        )
        try folder.write("-- id: 1\nSELECT a, \":no\\\" :name\" AS t FROM items # :nor here", to: "queries/1.sql")
        try folder.write("-- id: 2\nSELECT a FROM missing", to: "queries/2.sql")
    }

    private var connection: String {
        #"""
        { "Name": "Test", "Engine": "mysql", "ConnectionString": "\#(MySQLServer.url ?? "")",
          "Database": "\#(owner.database ?? "")", "Isolation": "read committed",
          "Queries": "\#(folder.path)/queries", "Migrations": "\#(folder.path)/migrations" }
        """#
    }

    @Test("it migrates, serves what can be prepared, and lands without a session left")
    func flight() async throws {
        let flight = try DatabaseFlight(connection)
        try await flight.fly { flying async throws in
            await flying.ready()
            #expect(try await flight.rows(1, of: "Test") == #"[{"a":7,"t":":no\" :name"}]"#)
            #expect(try await flight.rows(2, of: "Test").hasPrefix("No-Go"))
        }
    }

    @Test("preflight applies no migration, says so, and takes no query for a No-Go that may need one")
    func preflight() async throws {
        let flight = try DatabaseFlight(connection)
        let configuration = try flight.document.decode(section: "Databases", DatabasesConfiguration.init).value
        let before = await DatabasePreflight(configuration.connections[0], among: configuration.connections).findings()
        #expect(before.allSatisfy { $0.verdict == .go })
        #expect(before.contains { $0.text.contains("migrations to apply: 1, not rehearsed") })
        #expect(before.contains { $0.text.contains("0 of 2 queries prepared") })
        #expect(try owner.json("SHOW TABLES") == "[]")

        try await flight.fly { flying async throws in await flying.ready() }
        let after = await DatabasePreflight(configuration.connections[0], among: configuration.connections).findings()
        #expect(after.contains { $0.text.contains("migrations to apply: 0") && !$0.text.contains("rehearsed") })
        #expect(after.filter { $0.verdict == .partNoGo }.count == 1)
    }

    @Test("a migration that fails is not said to have been rolled back")
    func failingMigration() async throws {
        try folder.write("CREATE TABLE half (a INT); SELEC 1;", to: "migrations/0002_half.sql")
        let migrations = try MigrationFolder.load("\(folder.path)/migrations", files: .folder("/"), dialect: .mysql)
        do throws(DatabaseError) {
            _ = try MigrationRunner(owner.connection).apply(migrations)
            Issue.record("it was applied")
        } catch {
            #expect(error.code == .migration)
            #expect(error.message.contains("what its first statements did stays"))
        }
        #expect(try owner.json("SELECT COUNT(*) AS n FROM items") == #"[{"n":1}]"#)
        #expect(try owner.json("SELECT COUNT(*) AS n FROM half") == #"[{"n":0}]"#)
    }

    @Test("servers that launch at once take turns in migrating")
    func takingTurns() async throws {
        let migrations = try MigrationFolder.load("\(folder.path)/migrations", files: .folder("/"), dialect: .mysql)
        let database = try #require(owner.database)
        let applied = await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let outcome = await WorkerThread.result(named: "launch") { () throws(DatabaseError) -> Int? in
                        guard let session = try? MySQLTestSession(database: database) else { return nil }
                        return try MigrationRunner(session.connection).apply(migrations).count
                    }
                    return try? outcome.get()
                }
            }
            return await group.reduce(into: [Int]()) { counts, count in counts.append(count ?? -1) }
        }
        #expect(applied.sorted() == [0, 0, 0, 1])
        #expect(try owner.json("SELECT COUNT(*) AS n FROM items") == #"[{"n":1}]"#)
    }
}
