import HydrogenCore
import HydrogenTesting
import Testing

@testable import DatabaseSubsystem

/// Tests/MySQL/fake_server.py does what a real server does only on bad days.
@Suite(
    "MySQL: servers to beware of",
    .enabled(
        if: StandIn.isAvailable && (try? MySQLLibrary.shared.get()) != nil,
        "python3 or libmariadb is not installed"
    ),
    .timeLimit(.minutes(1))
)
struct MySQLFakeServerTests {
    private let process: ScriptProcess
    private let server: MySQLSettings.Server

    init() throws {
        process = try ScriptProcess("MySQL/fake_server.py", [])
        let port = Int(process.firstLine.split(separator: " ").last ?? "") ?? 0
        server = MySQLSettings.Server(host: "127.0.0.1", port: port)
    }

    private func settings(_ mode: MySQLSettings.TLSMode = .disable, servers: [MySQLSettings.Server]? = nil)
        -> MySQLSettings
    {
        var settings = MySQLSettings()
        settings.servers = servers ?? [server]
        settings.database = "shop"
        settings.user = "ann"
        settings.password = Secret("not for everybody")
        settings.tlsMode = mode
        settings.rootCertificate = mode.verifies ? "system" : nil
        return settings
    }

    private func number(_ sql: String, _ session: MySQLTestSession) throws -> Int64? {
        try session.connection.rows(EngineStatement(sql: sql, parameterOrder: []), [], limit: 1).first?.values.first?
            .wholeNumber
    }

    @Test(
        "where TLS is demanded and not offered, nothing is said: neither who logs in nor by which password",
        arguments: [MySQLSettings.TLSMode.require, .verifyCA, .verifyFull]
    )
    func noTLS(mode: MySQLSettings.TLSMode) throws {
        let error = #expect(throws: DatabaseError.self) { try MySQLTestSession(settings(mode)) }
        #expect(error?.message == "TLS failed: the server has none; mend SSLMode, or the server")
        #expect(try number("SELECT seen", MySQLTestSession(settings())) == 0)
    }

    @Test("where TLS is only preferred, a server without is taken", arguments: [MySQLSettings.TLSMode.prefer, .allow])
    func preferred(mode: MySQLSettings.TLSMode) throws {
        let session = try MySQLTestSession(settings(mode))
        #expect(session.error("SELECT 1 AS a") == nil)
    }

    @Test(
        "a row that does not keep to the protocol ends the connection, and nothing of it is told; nobody knows what a write did",
        arguments: ["broken", "length_ff", "length_fb", "short_row"]
    )
    func brokenRow(word: String) throws {
        let reader = try MySQLTestSession(settings())
        #expect(throws: DatabaseError.brokenRow) { try reader.run(reader.query("SELECT \(word)")).get() }
        #expect(reader.connection.loss == .brokenRow)
        let writer = try MySQLTestSession(settings())
        #expect(writer.error("CALL \(word)", readOnly: false)?.isOutcomeUnknown == true)
        #expect(writer.connection.loss == .brokenRow)
    }

    @Test(
        "what comes after an answer, and nothing asked for, ends the connection before it is taken for another answer",
        arguments: ["SELECT surplus", "SELECT more_error"]
    )
    func surplus(sql: String) throws {
        let session = try MySQLTestSession(settings())
        _ = session.run(session.query(sql))
        #expect(session.connection.loss != nil)
        #expect(throws: DatabaseError.self) { try session.run(session.query("SELECT 1 AS a")).get() }
    }

    @Test("what is sent without end is read no longer than 5 s beyond the time at which nobody wants it")
    func endless() throws {
        let session = try MySQLTestSession(settings())
        #expect(throws: DatabaseError.silentServer) {
            try session.run(session.query("SELECT endless", deadline: .milliseconds(100))).get()
        }
        #expect(session.connection.loss == .silentServer)
    }

    @Test("a login that is asked for something else over and over has one limit of time as a whole")
    func endlessLogin() throws {
        var settings = settings()
        settings.user = "endless"
        settings.connectTimeout = .milliseconds(500)
        let error = #expect(throws: DatabaseError.self) { try MySQLTestSession(settings) }
        #expect(error?.code == .unavailable)
    }

    @Test("the connection of a worker that is given up is cut, and its call comes back")
    func cut() throws {
        let session = try MySQLTestSession(settings())
        let interrupter = try #require(session.connection.interrupter)
        try WorkerThread.start(named: "cutter") { interrupter.cut() }
        #expect(throws: DatabaseError.self) {
            try session.run(session.query("SELECT silent", deadline: .seconds(600))).get()
        }
        #expect(!session.connection.isUsable)
        // Of one that is closed nothing is left to cut.
        session.connection.close()
        interrupter.cut()
    }

    @Test("a worker that is given up ends its thread, whatever its call waits for")
    func buried() async throws {
        let queue = try WorkerQueue(
            label: QueueLabel(database: "Test", number: 1, tags: TagSet(.medium)),
            engine: MySQLServer.engine(settings()),
            capacity: 1,
            clock: ContinuousClock()
        ) { _ in }
        try queue.start()
        try await queue.connect()
        let answered = Latch()
        let query = QueuedQuery(
            statement: MySQLTestSession.statement("SELECT silent"),
            values: [],
            isReadOnly: true,
            submittedAt: .now,
            deadline: .now + .seconds(600),
            maximumBytes: 1 << 20
        ) { result in
            #expect(throws: DatabaseError.silentServer) { try result.get() }
            answered.open()
        }
        queue.submit(query)
        await eventually { queue.statistics.running == 1 }
        _ = queue.bury(.silentServer)
        await answered.wait()
        await eventually { queue.hasEnded }
    }

    @Test(
        "an answer that cannot be read ends the connection, and is no refusal; there are words for it",
        arguments: ["error_zero", "cut_column"]
    )
    func unreadable(word: String) throws {
        let session = try MySQLTestSession(settings())
        let error = session.error("SELECT \(word)")
        #expect(error?.code == .unavailable && error?.detail?.hasSuffix(": ") == false)
        #expect(!session.connection.isUsable)
    }

    @Test("of several servers one that is read-only is passed over", MySQLServer.isThere)
    func passedOver() throws {
        var settings = MySQLServer.settings()
        let real = settings.servers
        settings.tlsMode = .disable
        settings.servers = [server] + real
        let session = try MySQLTestSession(settings)
        #expect(try number("SELECT @@port", session) == real.first.map { Int64($0.port) })
    }

    @Test("one that is read-only will do where no other answers; a write that it refuses ends the session")
    func demoted() throws {
        let session = try MySQLTestSession(settings(servers: [server, server]))
        #expect(session.error("SELECT 1 AS a") == nil)
        #expect(session.connection.isUsable)
        #expect(session.error("INSERT INTO v VALUES (1)", readOnly: false) == .noWrites)
        #expect(session.connection.loss == .noWrites)
    }

    @Test("with one server the session stays: there is no other to go to")
    func single() throws {
        let session = try MySQLTestSession(settings())
        #expect(session.error("INSERT INTO v VALUES (1)", readOnly: false) == .noWrites)
        #expect(session.connection.isUsable)
    }
}

@Suite struct MySQLGreetingTests {
    /// A greeting of a server with these abilities, behind its header.
    private static func greeting(_ abilities: UInt16, version: String = "8.0.36", first: UInt8 = 10) -> [UInt8] {
        let body =
            [first] + Array(version.utf8) + [0] + [UInt8](repeating: 1, count: 12) + [0]
            + [UInt8(truncatingIfNeeded: abilities), UInt8(abilities >> 8)] + [UInt8](repeating: 0, count: 40)
        return [UInt8(body.count), 0, 0, 0] + body
    }

    @Test("a greeting says whether the server has TLS, also one of a later protocol")
    func offers() {
        #expect(MySQLGreeting(Self.greeting(0xF7FF)[...]) == .withoutTLS)
        #expect(MySQLGreeting(Self.greeting(0x0800)[...]) == .withTLS)
        #expect(MySQLGreeting(Self.greeting(0, first: 11)[...]) == .withoutTLS)
        #expect(MySQLGreeting(Self.greeting(0x0800, version: "")[...]) == .withTLS)
    }

    @Test("a refusal, and a protocol that the library does not speak, are left to the library")
    func others() {
        #expect(MySQLGreeting(Self.greeting(0, first: 0xFF)[...]) == .other)
        #expect(MySQLGreeting(Self.greeting(0, first: 9)[...]) == .other)
    }

    @Test("what has not come whole is waited for; what never says its abilities has no TLS")
    func parts() {
        let whole = Self.greeting(0x0800)
        let abilities = 4 + 1 + 7 + 13 + 2
        for count in 0..<whole.count {
            #expect(MySQLGreeting(whole[..<count]) == (count < abilities ? .incomplete : .withTLS))
        }
        #expect(MySQLGreeting([3, 0, 0, 0, 10, 65, 0, 1, 1, 1, 1]) == .withoutTLS)
        #expect(
            MySQLGreeting(([255, 2, 0, 0, 10] + [UInt8](repeating: 65, count: MySQLGreeting.longest))[...])
                == .withoutTLS
        )
    }
}
