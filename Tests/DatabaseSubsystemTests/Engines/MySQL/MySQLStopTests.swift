import HydrogenCore
import Synchronization
import Testing

@testable import DatabaseSubsystem

@Suite("MySQL: stops and silence", MySQLServer.isThere)
struct MySQLStopTests {
    /// Runs a query whose time is over as its owner does it: a moment later it is asked to stop, and awaited.
    private func stopped(
        _ session: MySQLTestSession,
        _ query: QueuedQuery,
        after delay: Duration,
        reason: QueuedQuery.StopReason = .callerLeft
    ) throws -> Result<QueryRows, DatabaseError> {
        let hasEnded = try WakeupSignal()
        let connection = try #require(session.connection.interrupter)
        try WorkerThread.start(named: "stopper") {
            let alarm = try? WakeupSignal()
            alarm?.wait(atMost: delay)
            query.requestStop(reason)
            connection.interrupt { hasEnded.raise() }
        }
        let outcome = session.run(query)
        hasEnded.wait(atMost: .seconds(5))
        return outcome
    }

    @Test(
        "a query is stopped on the server, and the connection goes on",
        arguments: [
            "SELECT SLEEP(20) AS a",
            "SELECT COUNT(*) AS a FROM seq_1_to_100000 x JOIN seq_1_to_100000 y ON x.seq + y.seq < 0",
        ]
    )
    func stops(sql: String) throws {
        let session = try MySQLTestSession()
        let began = ContinuousClock.now
        let outcome = try stopped(session, session.query(sql), after: .milliseconds(50))
        #expect(throws: DatabaseError.self) { try outcome.get() }
        #expect(began.duration(to: .now) < .seconds(10))
        #expect(session.connection.isUsable)
        #expect(try session.json("SELECT 1 AS a") == #"[{"a":1}]"#)
    }

    @Test("a write that is stopped is undone")
    func stopsWrites() throws {
        let session = try MySQLTestSession(hasDatabase: true)
        try session.connection.run("CREATE TABLE v (a INT) ENGINE = InnoDB")
        let sql = "INSERT INTO v SELECT x.seq FROM seq_1_to_100000 x JOIN seq_1_to_100000 y"
        let outcome = try stopped(session, session.query(sql, readOnly: false), after: .milliseconds(50))
        #expect(throws: DatabaseError.self) { try outcome.get() }
        #expect(try session.json("SELECT COUNT(*) AS n FROM v") == #"[{"n":0}]"#)
    }

    @Test("a large result is stopped in its midst, and the connection goes on")
    func stopsInTheMidst() throws {
        let session = try MySQLTestSession()
        let session2 = session
        let query = session.query("SELECT x.seq AS a FROM seq_1_to_100000 x JOIN seq_1_to_100000 y", limit: 1 << 30)
        let outcome = try stopped(session2, query, after: .milliseconds(50))
        #expect(throws: DatabaseError.self) { try outcome.get() }
        #expect(session.connection.isUsable)
        #expect(try session.json("SELECT 1 AS a") == #"[{"a":1}]"#)
    }

    @Test("no request to stop hits the query after, in 200 rounds with any delay")
    func neverHitsTheNext() throws {
        var settings = MySQLServer.settings()
        // So many handshakes would be most of the work.
        settings.tlsMode = .disable
        let session = try MySQLTestSession(settings)
        var generator = SeededGenerator(seed: 20_261_126)
        for round in 0..<200 {
            let delay = Duration.microseconds(Int.random(in: 0...3000, using: &generator))
            let query = session.query("SELECT SLEEP(0.001) AS a")
            _ = try stopped(session, query, after: delay)
            guard session.connection.isUsable else {
                Issue.record("round \(round): \(String(describing: session.connection.loss))")
                return
            }
            #expect(try session.json("SELECT SLEEP(0.001) AS a") == #"[{"a":0}]"#, "round \(round)")
        }
    }

    @Test(
        "a server that falls silent costs the query its connection a moment after its deadline",
        arguments: [MySQLSettings.TLSMode.disable, .prefer, .require]
    )
    func silence(mode: MySQLSettings.TLSMode) throws {
        let proxy = try FrozenProxy(to: MySQLServer.port)
        defer { proxy.close() }
        var settings = MySQLServer.settings()
        settings.servers = [MySQLSettings.Server(host: "127.0.0.1", port: proxy.port)]
        settings.tlsMode = mode
        settings.connectTimeout = .seconds(1)
        let session = try MySQLTestSession(settings)
        #expect(try session.json("SELECT 1 AS a") == #"[{"a":1}]"#)
        proxy.freeze()
        let began = ContinuousClock.now
        let outcome = session.run(session.query("SELECT 2 AS a", deadline: .milliseconds(300)))
        #expect(throws: DatabaseError.silentServer) { try outcome.get() }
        #expect(session.connection.loss == .silentServer)
        let before = ContinuousClock.now
        session.connection.close()
        #expect(began.duration(to: before) < .seconds(8))
        #expect(before.duration(to: .now) < .seconds(2))
    }

    @Test("a write that meets a silent server may have taken effect, and its error says so")
    func silentWrite() throws {
        let proxy = try FrozenProxy(to: MySQLServer.port)
        defer { proxy.close() }
        var settings = MySQLServer.settings()
        settings.servers = [MySQLSettings.Server(host: "127.0.0.1", port: proxy.port)]
        let session = try MySQLTestSession(settings)
        _ = session.run(session.query("DO 0", readOnly: false, deadline: .milliseconds(900)))
        proxy.freeze()
        let outcome = session.run(session.query("DO 1", readOnly: false, deadline: .milliseconds(900)))
        guard case .failure(let error) = outcome else { throw DatabaseError(.refused, "it was answered") }
        #expect(error.isOutcomeUnknown)
    }

    @Test("a server that says nothing when it is connected to is given up in time, and by the landing at once")
    func silentConnect() throws {
        let proxy = try FrozenProxy(to: MySQLServer.port)
        defer { proxy.close() }
        proxy.freeze()
        var settings = MySQLServer.settings()
        settings.servers = [MySQLSettings.Server(host: "127.0.0.1", port: proxy.port)]
        settings.connectTimeout = .seconds(1)
        let began = ContinuousClock.now
        #expect(throws: DatabaseError.self) { try MySQLTestSession(settings) }
        #expect(began.duration(to: .now) < .seconds(6))
        let label = QueueLabel(database: "Test", number: 1, tags: TagSet(.medium))
        settings.connectTimeout = .seconds(300)
        do throws(DatabaseError) {
            _ = try MySQLServer.engine(settings).connect(as: label, abort: AbortSignal { true })
            Issue.record("it was connected")
        } catch {
            #expect(error.code == .landing)
        }
    }

    @Test("a session that the server has killed is noticed while nothing runs, and by the query that runs")
    func killed() throws {
        let other = try MySQLTestSession()
        let idle = try MySQLTestSession()
        let identifier = try #require(idle.connection.sessionID)
        try other.connection.run("KILL \(identifier)")
        let signal = try WakeupSignal()
        _ = signal.wait(orReadable: idle.connection.descriptor, atMost: .seconds(5))
        idle.connection.receiveWhileIdle()
        #expect(idle.connection.loss?.code == .unavailable)

        let busy = try MySQLTestSession()
        let session = try #require(busy.connection.sessionID)
        try WorkerThread.start(named: "killer") {
            guard let killer = try? MySQLTestSession() else { return }
            let alarm = try? WakeupSignal()
            alarm?.wait(atMost: .milliseconds(50))
            try? killer.connection.run("KILL \(session)")
        }
        #expect(busy.error("SELECT SLEEP(20) AS a")?.code == .unavailable)
        #expect(!busy.connection.isUsable)
    }

    @Test("of two sessions in a deadlock one is told to try again, at once, and goes on; the other has what it wanted")
    func deadlock() throws {
        let first = try MySQLTestSession(hasDatabase: true)
        let database = try #require(first.database)
        try first.connection.run("CREATE TABLE v (a INT PRIMARY KEY, b INT) ENGINE = InnoDB")
        try first.connection.run("INSERT INTO v VALUES (1, 0), (2, 0)")
        let isLocked = try WakeupSignal()
        let hasEnded = try WakeupSignal()
        let secondError = Mutex<DatabaseError?>(nil)
        try first.connection.begin(nil)
        try first.connection.run("UPDATE v SET b = 1 WHERE a = 1")
        try WorkerThread.start(named: "second") {
            defer { hasEnded.raise() }
            guard let second = try? MySQLTestSession(database: database) else { return isLocked.raise() }
            do throws(DatabaseError) {
                try second.connection.begin(nil)
                try second.connection.run("UPDATE v SET b = 2 WHERE a = 2")
                isLocked.raise()
                try second.connection.run("UPDATE v SET b = 2 WHERE a = 1")
                try second.connection.commit()
            } catch {
                secondError.withLock { $0 = error }
                second.connection.rollback()
            }
        }
        isLocked.wait(atMost: .seconds(5))
        var firstError: DatabaseError?
        do throws(DatabaseError) {
            try first.connection.run("UPDATE v SET b = 1 WHERE a = 2")
            try first.connection.commit()
        } catch {
            firstError = error
            first.connection.rollback()
        }
        hasEnded.wait(atMost: .seconds(5))
        let errors = [firstError, secondError.withLock { $0 }].compactMap(\.self)
        #expect(errors.map(\.code) == [.busy])
        #expect(errors.first?.sqlState == "40001")
        #expect(errors.first?.retryAfter != nil)
        #expect(first.connection.isUsable)
    }

    @Test(
        "TLS is used, required and checked as configured",
        arguments: [
            (MySQLSettings.TLSMode.disable, "127.0.0.1", false, true, false), (.prefer, "127.0.0.1", false, true, true),
            (.require, "127.0.0.1", false, true, true), (.verifyCA, "127.0.0.1", true, true, true),
            (.verifyCA, "127.0.0.1", false, false, false), (.verifyFull, "localhost", true, true, true),
            (.verifyFull, "127.0.0.2", true, false, false),
        ]
    )
    func tls(mode: MySQLSettings.TLSMode, host: String, knows: Bool, connects: Bool, isEncrypted: Bool) throws {
        let authority = try #require(MySQLServer.authority)
        var settings = MySQLServer.settings()
        settings.tlsMode = mode
        settings.servers = [MySQLSettings.Server(host: host, port: MySQLServer.port)]
        // An authority that has signed nothing: the server's key is not its own.
        settings.rootCertificate = knows ? authority : mode.verifies ? "system" : nil
        guard connects else {
            #expect(throws: DatabaseError.self) { try MySQLTestSession(settings) }
            return
        }
        let session = try MySQLTestSession(settings)
        let cipher = try session.json("SHOW SESSION STATUS LIKE 'Ssl_cipher'")
        #expect(cipher.contains("\"Value\":\"\"") != isEncrypted)
        let outcome = try stopped(session, session.query("SELECT SLEEP(20) AS a"), after: .milliseconds(50))
        #expect(throws: DatabaseError.self) { try outcome.get() }
        #expect(try session.json("SELECT 1 AS a") == #"[{"a":1}]"#)
    }

    @Test(
        "a refused login is told from a server that is away",
        arguments: [("wrong", nil, "28000"), ("hydrogen", "nowhere", "3D000")]
    )
    func refusals(password: String, database: String?, state: String) {
        var settings = MySQLServer.settings()
        settings.password = Secret(password)
        if let database { settings.database = database }
        do {
            _ = try MySQLTestSession(settings)
            Issue.record("it was connected")
        } catch {
            #expect((error as? DatabaseError)?.sqlState == state)
        }
    }
}
