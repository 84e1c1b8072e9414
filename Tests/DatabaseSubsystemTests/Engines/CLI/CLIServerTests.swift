import Foundation
import Glibc
import HydrogenCore
import HydrogenTesting
import NIOCore
import Testing

@testable import DatabaseSubsystem

/// What becomes of connections when others stand in the way, stop them, or end them.
@Suite("Servers behind the call-level interface", CLISource.isThere, .timeLimit(.minutes(3)))
struct CLIServerTests {
    /// Lets a connection go to threads of their own, one after the other.
    ///
    /// Unsafe 1: a test uses it on one thread at a time.
    private final class Lent: @unchecked Sendable {
        let session: CLITestSession
        let connection: any EngineConnection

        init(_ session: CLITestSession, _ connection: (any EngineConnection)? = nil) {
            self.session = session
            self.connection = connection ?? session.connection
        }

        /// Runs a statement of the Lead's on a thread of its own.
        func run(_ sql: String) async -> DatabaseError? {
            let outcome = await WorkerThread.result(named: "test") { [self] () throws(DatabaseError) in
                try connection.run(sql)
            }
            if case .failure(let error) = outcome { return error }
            return nil
        }

        /// Runs a query on a thread of its own, and has it stopped from another.
        func errorOfStopped(_ sql: String) async throws -> DatabaseError? {
            let interrupter = try #require(connection.interrupter)
            return await withTaskGroup(of: DatabaseError?.self) { group in
                group.addTask { await self.error(of: sql) }
                group.addTask {
                    // Without effect before the statement runs.
                    while !Task.isCancelled {
                        let ended = OneShot<Void>()
                        interrupter.interrupt { ended.fulfil(()) }
                        _ = await ended.value()
                        await Task.yield()
                    }
                    return nil
                }
                let error = await group.next() ?? nil
                group.cancelAll()
                return error
            }
        }

        /// Runs a query on a thread of its own.
        func error(of sql: String, readOnly: Bool = true) async -> DatabaseError? {
            let query = session.query(sql, readOnly: readOnly)
            let outcome = await WorkerThread.result(named: "test") { [self] () throws(DatabaseError) in
                try session.run(query, on: connection)
            }
            if case .failure(let error) = outcome { return error }
            return nil
        }
    }

    /// Two rows, and two connections that each have one of them locked.
    private func entangled(_ session: CLITestSession) async throws -> (Lent, Lent) {
        let table = session.table
        try session.connection.run("CREATE TABLE \(table) (id INTEGER NOT NULL PRIMARY KEY, n INTEGER)")
        for id in 1...2 { try session.connection.run("INSERT INTO \(table) VALUES (\(id), 0)") }
        let (first, second) = (Lent(session), Lent(session, try session.another()))
        return (first, second)
    }

    static let servers = CLISource.there.filter { $0 != .sqlite }

    @Test(
        "of two transactions that wait for each other one is told to try again, and both connections serve on",
        arguments: servers
    )
    func deadlock(source: CLISource) async throws {
        let session = try CLITestSession(source)
        let (first, second) = try await entangled(session)
        try first.connection.begin(nil)
        try second.connection.begin(nil)
        let table = session.table
        let change = { @Sendable (id: Int) in "UPDATE \(table) SET n = n + 1 WHERE id = \(id)" }
        #expect(await first.run(change(1)) == nil)
        #expect(await second.run(change(2)) == nil)
        // The first victim gives way so that the other can go on.
        let outcomes = await withTaskGroup(of: DatabaseError?.self) { group in
            for (lent, id) in [(first, 2), (second, 1)] {
                group.addTask {
                    let error = await lent.run(change(id))
                    if error != nil { lent.connection.rollback() }
                    return error
                }
            }
            return await group.reduce(into: [DatabaseError?]()) { $0.append($1) }
        }
        let victims = outcomes.compactMap { $0 }
        #expect(victims.count == 1 && victims.first?.code == .busy && victims.first?.retryAfter != nil)
        for lent in [first, second] {
            if (lent.connection as? CLIConnection)?.commitsEach == false { try lent.connection.commit() }
            #expect(lent.connection.isUsable)
        }
        #expect(try session.json("SELECT sum(n) AS n FROM \(session.table)").lowercased() == #"[{"n":2}]"#)
        second.connection.close()
    }

    @Test("a batch that lost a deadlock is tried again, and takes effect once", arguments: servers)
    func retriedBatch(source: CLISource) async throws {
        let session = try CLITestSession(source)
        let (first, second) = try await entangled(session)
        if source == .postgresql {
            // The victim is whoever finds the deadlock.
            try first.connection.run("SET deadlock_timeout = '3s'")
            try second.connection.run("SET deadlock_timeout = '90s'")
        }
        let batch = AtomicBatch(
            [1, 2].map { id in
                let sql = "UPDATE \(session.table) SET n = n + 1 WHERE id = \(id)"
                return AtomicBatch.Step(
                    statement: EngineStatement(sql: sql, parameterOrder: []),
                    values: [],
                    isReadOnly: false,
                    form: ResultForm()
                )
            }
        )
        try second.connection.begin(nil)
        #expect(await second.run("UPDATE \(session.table) SET n = n + 10 WHERE id = 2") == nil)
        // Elsewhere the victim is who has done less.
        for id in 3...60 { #expect(await second.run("INSERT INTO \(session.table) VALUES (\(id), 0)") == nil) }
        let query = session.query(batch: batch)
        async let outcome = WorkerThread.result(named: "test") { () throws(DatabaseError) in
            try first.session.run(query, on: first.connection)
        }
        // From here on the batch holds row 1, and wants row 2.
        while batch.results.isEmpty { await Task.yield() }
        // This comes by row 1 only when the batch, which could not end without row 2, has been rolled back: its success is another
        // attempt's.
        let error = await second.run("UPDATE \(session.table) SET n = n + 10 WHERE id = 1")
        #expect(error == nil, "\(error?.debugDescription ?? "")")
        if error == nil { try second.connection.commit() } else { second.connection.rollback() }
        if case .failure(let error) = await outcome { Issue.record("\(error.debugDescription)") }
        #expect(try session.json("SELECT sum(n) AS n FROM \(session.table)").lowercased() == #"[{"n":22}]"#)
        second.connection.close()
    }

    /// Runs until somebody stops it; on Derby, which nobody can stop, for some seconds: it works on after its client is gone.
    private static let endless: [CLISource: String] = [
        .postgresql: "SELECT count(*) FROM generate_series(1, 4000000000) a",
        .mariadb:
            "SELECT count(*) FROM seq_1_to_100000 a, seq_1_to_100000 b, seq_1_to_100000 c WHERE a.seq + b.seq + c.seq = 1",
        .sqlite: "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT count(*) FROM r",
    ]

    @Test(
        "a statement is stopped from another thread; with Derby, which cannot stop it, the connection is lost",
        arguments: CLISource.there
    )
    func cancel(source: CLISource) async throws {
        let session = try CLITestSession(source)
        let lent = Lent(session)
        var sql = Self.endless[source] ?? ""
        if source == .db2 {
            try session.connection.run("CREATE TABLE \(session.table) (n INTEGER)")
            for digit in 0..<10 { try session.connection.run("INSERT INTO \(session.table) VALUES (\(digit))") }
            sql = "SELECT count(*) FROM " + "abcdefg".map { "\(session.table) \($0)" }.joined(separator: ", ")
        }
        let error = try await lent.errorOfStopped(sql)
        if source == .db2 {
            #expect(error?.code == .unavailable && !session.connection.isUsable)
        } else {
            #expect(error?.code == .deadlineExceeded, "\(error?.debugDescription ?? "no error")")
            // MariaDB's driver is not trusted after a stop.
            #expect(session.connection.isUsable == (source != .mariadb))
            for number in 1...5 where session.connection.isUsable {
                #expect(try session.json("SELECT \(number) AS n") == "[{\"n\":\(number)}]")
            }
        }
    }

    @Test(
        "a query whose caller leaves while it waits for what an earlier stop left behind costs no connection",
        arguments: CLISource.there.filter { $0 == .postgresql || $0 == .sqlite }
    )
    func stopWhileSweeping(source: CLISource) async throws {
        let session = try CLITestSession(source)
        let lent = Lent(session)
        #expect(try await lent.errorOfStopped(Self.endless[source] ?? "")?.code == .deadlineExceeded)
        let query = session.query("SELECT 1 AS n")
        query.requestStop(.callerLeft)
        #expect(session.error(query)?.code == .cancelled)
        #expect(session.connection.isUsable, "\(session.connection.loss?.debugDescription ?? "")")
        for number in 1...3 where session.connection.isUsable {
            #expect(try session.json("SELECT \(number) AS n") == "[{\"n\":\(number)}]")
        }
    }

    @Test("a connection whose server is gone is lost; of a write nobody knows whether it took effect", CLISource.hasDB2)
    func lostServer() async throws {
        let relay = try Relay()
        let session = try CLITestSession(.db2) { settings in
            settings.keywords = [.init(keyword: "PORT", value: relay.port)]
        }
        try session.connection.run("CREATE TABLE \(session.table) (a INTEGER)")
        let lent = Lent(session, try session.another())
        relay.end()
        let write = await lent.error(of: "INSERT INTO \(session.table) VALUES (1)", readOnly: false)
        #expect(write?.code == .unavailable && write?.isOutcomeUnknown == true && !lent.connection.isUsable)
        let read = await Lent(session).error(of: "SELECT a FROM \(session.table)")
        #expect(read?.code == .unavailable && read?.isOutcomeUnknown == false && !session.connection.isUsable)
        lent.connection.close()
    }

    /// A relay of one test, which can be ended. Spawned by hand: Foundation's `Process` now and then misses an end.
    private final class Relay {
        let port: String
        private let process: ScriptProcess

        init() throws {
            let derby = try #require(ProcessInfo.processInfo.environment["HYDROGEN_DERBY_PORT"])
            process = try ScriptProcess("DB2/drda_relay.py", ["0", derby])
            port = String(try #require(process.firstLine.split(separator: " ").last))
        }

        func end() { process.end() }
    }

    // MARK: Connecting

    @Test("a refused login is told from a server out of reach", arguments: servers)
    func login(source: CLISource) throws {
        let error = #expect(throws: DatabaseError.self) {
            _ = try CLITestSession(source) { $0.password = Secret("wrong-hush") }
        }
        #expect(error?.code == .unavailable && error?.isLoginRefused == true)
        #expect(error?.debugDescription.contains("wrong-hush") == false)
        let other = #expect(throws: DatabaseError.self) {
            _ = try CLITestSession(source) { $0.keywords = [.init(keyword: "PORT", value: "1")] }
        }
        #expect(other?.code == .unavailable && other?.isLoginRefused == false)
    }

    @Test(
        "a password may hold what separates the pairs of a connection string",
        .enabled(if: CLISource.there.contains(.postgresql))
    )
    func password() throws {
        let session = try CLITestSession(.postgresql)
        let name = "r\(UInt64.random(in: 0...UInt64.max))"
        let password = "a;b}c{d=e ü"
        try session.connection.run("CREATE ROLE \(name) LOGIN PASSWORD '\(password)'")
        defer { try? session.connection.run("DROP ROLE \(name)") }
        let other = try CLITestSession(.postgresql) { settings in
            settings.keywords = [.init(keyword: "UID", value: name)]
            settings.password = Secret(password)
        }
        #expect(try other.json("SELECT current_user AS u") == "[{\"u\":\"\(name)\"}]")
    }

    @Test("names without a schema are looked for in the schema of the configuration", CLISource.hasDB2)
    func schema() throws {
        let session = try CLITestSession(.db2) { $0.schema = "SYS" }
        #expect(try session.json("VALUES CURRENT SCHEMA") == #"[{"1":"SYS"}]"#)
        #expect(throws: DatabaseError.self) { try CLITestSession(.db2) { $0.schema = "NO'WHERE" } }
    }

    @Test("an isolation that the driver would change is refused", .enabled(if: CLISource.there.contains(.sqlite)))
    func isolation() throws {
        let error = #expect(throws: DatabaseError.self) {
            _ = try CLITestSession(.sqlite) { $0.isolation = .repeatableRead }
        }
        #expect(error?.message.contains("Isolation") == true)
    }

    @Test(
        "a driver that is not registered is missing, not a server out of reach",
        .enabled(if: CLISource.there.contains(.sqlite))
    )
    func missingDriver() throws {
        let error = #expect(throws: DatabaseError.self) {
            _ = try CLITestSession(.sqlite) { $0.keywords = [.init(keyword: "Driver", value: "No Such Driver")] }
        }
        #expect(error?.code == .libraryMissing)
    }

    @Test("connections are opened and closed again and again", arguments: CLISource.there)
    func manyConnections(source: CLISource) throws {
        let session = try CLITestSession(source)
        for _ in 0..<30 {
            let other = try session.another()
            try other.check()
            other.close()
        }
        try session.connection.check()
    }
}
