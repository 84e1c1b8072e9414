import Testing

@testable import DatabaseSubsystem

struct CLIDiagnosticsTests {
    private static func diagnostics(_ state: String, _ native: Int32) -> CLIDiagnostics {
        CLIDiagnostics([.init(state: SQLState(rawValue: state), native: native, message: "words of the driver")])
    }

    @Test(
        "each failure has one meaning, by its SQLSTATE, and where that says too little by the product's number",
        arguments: [
            ("40001", -911, .db2, .busy), ("57033", -913, .db2, .busy), ("40001", -30001, .db2, .busy),
            ("40XL1", -30001, .db2, .busy), ("40P01", 1, .none, .busy), ("40001", 1, .none, .busy),
            ("55P03", 1, .none, .busy), ("40001", 1213, .mariaDB, .busy), ("HY000", 1205, .mariaDB, .busy),
            ("HY000", 5, .sqlite, .busy), ("HY000", 517, .sqlite, .busy), ("HY000", 5, .none, .refused),
            ("57014", -952, .db2, .deadlineExceeded), ("57014", 1, .none, .deadlineExceeded),
            ("HYT00", 0, .none, .deadlineExceeded), ("HY018", 1317, .mariaDB, .deadlineExceeded),
            ("HY000", 9, .sqlite, .deadlineExceeded), ("25006", 1, .none, .readOnly),
            ("08001", -30081, .db2, .unavailable), ("40003", -30081, .db2, .unavailable),
            ("08506", -30108, .db2, .unavailable),
            ("57P01", 1, .none, .unavailable), ("HYT01", 0, .none, .unavailable),
            ("HY000", 1020, .mariaDB, .busy), ("HY000", 3572, .mariaDB, .busy), ("HY000", 1226, .mariaDB, .unavailable),
            ("HY000", 1114, .mariaDB, .unavailable), ("25006", 1792, .mariaDB, .readOnly),
            ("HY000", 3024, .mariaDB, .deadlineExceeded), ("HY000", 1969, .mariaDB, .deadlineExceeded),
            ("42S02", 1146, .mariaDB, .refused), ("HY000", 2057, .mariaDB, .refused),
            ("HY000", 1290, .mariaDB, .refused),
            ("08S01", 0, .none, .unavailable), ("53100", 1, .none, .unavailable),
            ("57011", -912, .db2, .unavailable), ("42601", -104, .db2, .refused), ("42704", -204, .db2, .refused),
            ("23505", -803, .db2, .refused), ("22001", 1, .none, .refused), ("HY000", 19, .sqlite, .refused),
        ] as [(String, Int32, CLIProduct.Numbers, DatabaseError.Code)]
    )
    func meanings(state: String, native: Int32, numbers: CLIProduct.Numbers, code: DatabaseError.Code) {
        let diagnostics = Self.diagnostics(state, native)
        let error = diagnostics.error(numbers, doing: "running")
        #expect(error.code == code && error.sqlState == state)
        #expect((error.retryAfter != nil) == (code == .busy || code == .unavailable))
        #expect(error.message.contains("words of the driver") == false)
        #expect(error.detail == "words of the driver (\(native))")
    }

    @Test(
        "a session that a server or a library ended is told from what it lacks for the moment, whatever the driver's SQLSTATE",
        arguments: [
            ("HY000", 2006, .mariaDB, true), ("HY000", 2013, .mariaDB, true), ("HY000", 4031, .mariaDB, true),
            ("70100", 1927, .mariaDB, true), ("55032", -1224, .db2, true), ("08S01", 0, .none, true),
            ("40003", -30081, .db2, true), ("HY000", 1226, .mariaDB, false), ("53100", 1, .none, false),
            ("57011", -912, .db2, false),
        ] as [(String, Int32, CLIProduct.Numbers, Bool)]
    )
    func endsOfSessions(state: String, native: Int32, numbers: CLIProduct.Numbers, isEnd: Bool) {
        let error = Self.diagnostics(state, native).error(numbers, doing: "running")
        #expect(error.code == .unavailable && error.endsCLISession == isEnd && error.retryAfter != nil)
    }

    @Test("a server of MariaDB or MySQL that is read-only takes no writes at present")
    func readOnlyServer() {
        let words = "The MariaDB server is running with the --read-only option so it cannot execute this statement"
        let diagnostics = CLIDiagnostics([.init(state: SQLState(rawValue: "HY000"), native: 1290, message: words)])
        #expect(diagnostics.error(.mariaDB, doing: "running") == .noWrites && !DatabaseError.noWrites.endsCLISession)
    }

    @Test(
        "a stale plan is told from other faults, and what it did",
        arguments: [
            ("HY000", 2057, .mariaDB, "", .hasRun), ("HY000", 1615, .mariaDB, "", .untouched),
            ("HY000", 1243, .mariaDB, "", .untouched), ("0A000", 1235, .mariaDB, "", .suspected),
            ("HY000", -1, .sqlite, "[SQLite]broken result set 1/2", .hasRun),
            ("HY000", -1, .sqlite, "[SQLite]unbound parameters in query", nil),
            ("HY000", -1, .sqlite, "[SQLite]no query prepared", nil), ("26501", -514, .db2, "", .untouched),
            ("0A000", 1, .none, "ERROR: cached plan must not change result type", .untouched),
            ("0A000", 1, .none, "ERROR: words", .suspected), ("26000", 1, .none, "", .untouched),
            ("HY000", 2057, .none, "", nil),
        ] as [(String, Int32, CLIProduct.Numbers, String, CLIDiagnostics.StalePlan?)]
    )
    func stalePlans(
        state: String,
        native: Int32,
        numbers: CLIProduct.Numbers,
        words: String,
        plan: CLIDiagnostics.StalePlan?
    ) {
        let diagnostics = CLIDiagnostics([.init(state: SQLState(rawValue: state), native: native, message: words)])
        #expect(diagnostics.stalePlan(numbers) == plan)
    }

    @Test("the first record that is no warning decides; without one the first, and without any there are words still")
    func decisive() {
        let warning = CLIDiagnostics.Record(state: SQLState(rawValue: "01004"), native: 0, message: "cut")
        let error = CLIDiagnostics.Record(state: SQLState(rawValue: "22003"), native: 7, message: "too large")
        #expect(CLIDiagnostics([warning, error]).decisive == error)
        #expect(CLIDiagnostics([warning]).decisive == warning)
        #expect(CLIDiagnostics([]).reason == "the driver gave no reason")
    }

    @Test(
        "a login that is refused, a driver that is not there, and a server out of reach are three things",
        arguments: [
            ("28000", 1045, .none, .unavailable, true), ("08001", -30082, .db2, .unavailable, true),
            ("08001", 101, .none, .unavailable, false), ("08001", -30081, .db2, .unavailable, false),
            ("IM002", 0, .none, .libraryMissing, false), ("01000", 0, .none, .libraryMissing, false),
        ] as [(String, Int32, CLIProduct.Numbers, DatabaseError.Code, Bool)]
    )
    func connecting(state: String, native: Int32, numbers: CLIProduct.Numbers, code: DatabaseError.Code, isLogin: Bool)
    {
        let error = DatabaseError(connecting: Self.diagnostics(state, native), isDB2: numbers == .db2, hiding: nil)
        #expect(error.code == code && error.isLoginRefused == isLogin)
    }

    @Test(
        "what to mend is named as the configuration has it",
        arguments: [
            ("08001", true, "look whether it runs, at Host, Port and Database, and at firewalls"),
            ("08001", false, "look whether it runs, at server and port of DSN or ConnectionString, and at firewalls"),
            ("IM002", true, "set Library to IBM's libdb2.so"), ("IM002", false, "mend DSN or Driver"),
            ("28000", true, "mend User or Pass"),
        ]
    )
    func remedies(state: String, isDB2: Bool, remedy: String) {
        let error = DatabaseError(connecting: Self.diagnostics(state, 0), isDB2: isDB2, hiding: nil)
        #expect(error.message.contains(remedy), "\(error)")
    }

    @Test("a password is taken out of what a driver says, and PostgreSQL's words are understood")
    func hidden() {
        let record = CLIDiagnostics.Record(
            state: SQLState(rawValue: "08001"),
            native: 101,
            message: "FATAL: password authentication failed, PWD=hush"
        )
        let error = DatabaseError(connecting: CLIDiagnostics([record]), isDB2: false, hiding: "hush")
        #expect(error.isLoginRefused)
        #expect(!error.debugDescription.contains("hush"))
    }
}
