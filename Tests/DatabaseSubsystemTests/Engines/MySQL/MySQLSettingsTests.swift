import HydrogenCore
import Testing

@testable import DatabaseSubsystem

@Suite("MySQL: settings") struct MySQLSettingsTests {
    @Test(
        "a URL says where the server is and how to log in",
        arguments: [
            ("mysql://a:p@h:1/d", "h:1", "a", "p", "d"),
            ("mariadb://h/d", "h:3306", nil, nil, "d"),
            ("mysql://a@h", "h:3306", "a", nil, nil),
            ("mysql://a:p%40%2F%3A@h:1/my%20db", "h:1", "a", "p@/:", "my db"),
            ("mysql://a:p@ss@h/d", "h:3306", "a", "p@ss", "d"),
            ("mysql://a:p@one:1,two,[::1]:3/d", "one:1 two:3306 [::1]:3", "a", "p", "d"),
            ("mysql:///d", "127.0.0.1:3306", nil, nil, "d"),
        ] as [(String, String, String?, String?, String?)]
    )
    func urls(url: String, servers: String, user: String?, password: String?, database: String?) throws {
        let settings = try #require(MySQLConnectionString(url)?.settings)
        #expect(settings.servers.map(\.place).joined(separator: " ") == servers)
        #expect(settings.user == user)
        #expect(settings.password?.reveal() == password)
        #expect(settings.database == database)
        #expect(settings.place == "server of ConnectionString")
    }

    @Test(
        "options of a URL are known ones",
        arguments: [
            ("ssl-mode=require", "require"), ("sslmode=verify-full&ssl-ca=/a.pem", "verify-full"),
            ("ssl-mode=VERIFY_IDENTITY&ssl-ca=/a.pem", "verify-full"), ("ssl-mode=DISABLED", "disable"),
        ]
    )
    func options(query: String, mode: String) {
        #expect(MySQLConnectionString("mysql://h/d?\(query)")?.settings.tlsMode.rawValue == mode)
    }

    @Test(
        "what is no such URL is refused",
        arguments: [
            "postgresql://h/d", "h:1", "", "mysql://h:x/d", "mysql://h:0/d", "mysql://h:70000/d", "mysql://a@:1/d",
            "mysql://h/d?nonsense=1", "mysql://h/d?ssl-mode=maybe", "mysql://h/%zz", "mysql://[::1/d", "mysql://a,,b/d",
        ]
    )
    func refused(url: String) {
        #expect(MySQLConnectionString(url) == nil)
    }

    private func read(_ members: String) -> Result<ConnectionConfiguration, any Error> {
        Result {
            let text = #"{ "Databases": { "Connections": [ { "Name": "T", \#(members) } ] } }"#
            let document = try ConfigurationDocument(
                parsing: Array(text.utf8),
                file: "t.json",
                files: .builtIn([:]),
                environment: [:]
            )
            let databases = try document.decode(section: "Databases", DatabasesConfiguration.init).value
            return try #require(databases.connections.first)
        }
    }

    @Test(
        "keys say the same, and win over the URL",
        arguments: [
            (#""Engine": "mysql", "Database": "d""#, "server 127.0.0.1:3306, database d"),
            (#""Engine": "mariadb", "Host": "a, b", "Port": 7, "Database": "d""#, "server a:7, b:7, database d"),
            (#""Type": "mysql", "Socket": "/run/my.sock", "Database": "d""#, "socket /run/my.sock, database d"),
            (#""Engine": "mysql", "ConnectionString": "mysql://u:p@h/d""#, "server of ConnectionString"),
            (
                #""Engine": "mysql", "ConnectionString": "mysql://u:p@h/d", "Host": "k", "Database": "e""#,
                "server k:3306, database e"
            ),
        ]
    )
    func keys(members: String, place: String) throws {
        let findings = try read(members).get().engine.inspect().map(\.text)
        #expect(findings.contains(place) || findings.contains { $0.contains("libmariadb3") })
    }

    @Test(
        "a fault names its key, and never a secret",
        arguments: [
            (#""Engine": "mysql""#, "Database"),
            (#""Engine": "mysql", "ConnectionString": "mysql://u:hunter2@h:x/d""#, "ConnectionString"),
            (#""Engine": "mysql", "Database": "d", "Host": "h", "Socket": "/s""#, "Socket"),
            (#""Engine": "mysql", "Database": "d", "SSLMode": "maybe""#, "SSLMode"),
            (#""Engine": "mysql", "Database": "d", "SSLMode": "verify-full""#, "SSLRootCertificate"),
            (#""Engine": "mysql", "Database": "d", "Schema": "s""#, "Schema"),
            (#""Engine": "mysql", "Database": "d", "Isolation": "chaos""#, "Isolation"),
        ]
    )
    func faults(members: String, key: String) {
        guard case .failure(let error) = read(members) else {
            Issue.record("it was taken")
            return
        }
        #expect("\(error)".contains(key))
        #expect(!String(reflecting: error).contains("hunter2"))
    }

    @Test("a session is changed only where a query differs from the one before", arguments: [true, false])
    func sessions(isMariaDB: Bool) {
        var session = SessionSettings.mySQL(isMariaDB: isMariaDB)
        #expect(session.release() != nil, "nobody knows what a new session has")
        let first = session.change(isReadOnly: true, timeLimit: .seconds(3))
        #expect(first?.contains(isMariaDB ? "max_statement_time = 4" : "max_execution_time = 4000") == true)
        #expect(first?.contains("read_only = 1") == true)
        #expect(session.change(isReadOnly: true, timeLimit: .milliseconds(3500)) == nil)
        #expect(session.change(isReadOnly: false, timeLimit: .seconds(4))?.contains("read_only = 0") == true)
        #expect(session.release()?.hasSuffix("= 0") == true)
        #expect(session.release() == nil)
        session.forget()
        #expect(session.release() != nil, "after a change that failed nothing is known")
        #expect(
            SessionSettings.openingMySQL(isMariaDB: isMariaDB, .readCommitted).hasSuffix("isolation = 'READ-COMMITTED'")
        )
    }
}

@Suite("MySQL: error numbers") struct MySQLErrorNumberTests {
    @Test(
        "an error number says what callers are told, and whether the connection goes on",
        arguments: [
            (1062, .refused, false), (1064, .refused, false), (1146, .refused, false), (1451, .refused, false),
            (1213, .busy, false), (1205, .busy, false), (1020, .busy, false), (1792, .readOnly, false),
            (1969, .deadlineExceeded, false), (3024, .deadlineExceeded, false), (1317, .deadlineExceeded, false),
            (1040, .unavailable, false), (1203, .unavailable, false), (1114, .unavailable, false),
            (1053, .unavailable, true), (1927, .unavailable, true), (1152, .unavailable, true),
            (2006, .unavailable, true),
            (2013, .unavailable, true), (2055, .unavailable, true), (4031, .unavailable, true),
        ] as [(UInt32, DatabaseError.Code, Bool)]
    )
    func codes(number: UInt32, code: DatabaseError.Code, ends: Bool) {
        let number = MySQLErrorNumber(rawValue: number)
        let error = DatabaseError(number, state: SQLState(rawValue: "HY000"), reason: "secret", doing: "running")
        #expect(error.code == code)
        #expect(number.endsSession == ends)
        #expect(!error.message.contains("secret"))
        #expect((error.retryAfter != nil) == [.busy, .unavailable].contains(code))
    }

    @Test(
        "a refused connection has a reason without names, and a SQLSTATE",
        arguments: [
            (1045, "28000", true), (1044, "28000", true), (1698, "28000", true), (1130, "28000", true),
            (2059, "28000", true), (1049, "3D000", false), (1040, "53300", false), (1203, "53300", false),
            (1053, "57P03", false), (2002, "08006", false), (2003, "08006", false), (2005, "08006", false),
            (2026, "08006", false), (9999, "08006", false),
        ] as [(UInt32, String, Bool)]
    )
    func refusals(number: UInt32, state: String, isLogin: Bool) {
        let refusal = MySQLRefusal(MySQLErrorNumber(rawValue: number))
        #expect(refusal.state.rawValue == state)
        #expect(DatabaseError(.unavailable, "", sqlState: state).isLoginRefused == isLogin)
    }

    @Test("a server that takes no writes is told from other options that prevent a statement")
    func noWrites() {
        let words = "The MariaDB server is running with the --read-only option so it cannot execute this statement"
        #expect(DatabaseError(.optionPrevents, state: .deadlock, reason: words, doing: "running") == .noWrites)
        let other = words.replacing("--read-only", with: "--secure-file-priv")
        #expect(DatabaseError(.optionPrevents, state: .deadlock, reason: other, doing: "running").code == .refused)
    }
}

@Suite("MySQL: words of statements") struct MySQLStatementKindTests {
    @Test(
        "reads are told by their words",
        arguments: [
            ("SELECT 1", .reads), ("# insert\nselect `update` from t", .reads), ("SHOW TABLES", .reads),
            ("DESC t", .reads), ("(SELECT 1) UNION (SELECT 2)", .reads), ("SELECT \"a\\\" INTO\"", .reads),
            ("WITH a AS (SELECT 1) SELECT * FROM a", .reads), ("SELECT REPLACE('a', 'b', 'c')", .reads),
            ("SELECT 1 FOR UPDATE", .writes), ("SELECT 1 LOCK IN SHARE MODE", .writes),
            ("REPLACE INTO t VALUES (1)", .writes),
            ("SELECT 1 INTO OUTFILE '/tmp/x'", .writes), ("CALL p()", .writes), ("DO SLEEP(1)", .writes),
            ("SET @a = 1", .forbidden(word: "SET")), ("use mysql", .forbidden(word: "USE")),
            ("XA START 'a'", .forbidden(word: "XA")), ("HANDLER t OPEN", .forbidden(word: "HANDLER")),
        ] as [(String, StatementKind)]
    )
    func kinds(sql: String, kind: StatementKind) {
        #expect(StatementKind(sql, .mySQL) == kind)
    }
}
