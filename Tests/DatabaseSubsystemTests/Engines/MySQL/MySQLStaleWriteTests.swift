import NIOCore
import Testing

@testable import DatabaseSubsystem

@Suite("MySQL: writes whose tables changed since they were prepared", MySQLServer.isThere)
struct MySQLStaleWriteTests {
    @Test("a write that returns other columns than it did has run once, and nobody is told that it failed for certain")
    func returning() throws {
        let session = try MySQLTestSession(hasDatabase: true)
        let other = try MySQLTestSession(database: session.database)
        try session.connection.run("CREATE TABLE v (a INT)")
        let insert = MySQLTestSession.statement("INSERT INTO v (a) VALUES (1) RETURNING *")
        for _ in 0..<2 { _ = try session.run(session.query("", readOnly: false, statement: insert)).get() }
        try other.connection.run("ALTER TABLE v ADD COLUMN b INT")
        if case .failure(let error) = session.run(session.query("", readOnly: false, statement: insert)) {
            #expect(error.isOutcomeUnknown, "\(error.debugDescription)")
        }
        #expect(try session.json("SELECT COUNT(*) AS n FROM v") == #"[{"n":3}]"#)
        let rows = try session.run(session.query("", readOnly: false, statement: insert)).get()
        #expect(rows.columnCount == 2 && session.connection.isUsable)
        #expect(try session.json("SELECT COUNT(*) AS n FROM v") == #"[{"n":4}]"#)
    }
}
