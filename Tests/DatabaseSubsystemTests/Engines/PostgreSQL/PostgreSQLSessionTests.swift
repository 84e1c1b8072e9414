import Testing

@testable import DatabaseSubsystem

@Suite struct PostgreSQLSessionTests {
    @Test("a session is changed only where a query differs from the one before")
    func changes() {
        var session = SessionSettings.postgreSQL
        #expect(session.change(isReadOnly: true, timeLimit: .seconds(3))?.contains("'statement_timeout', '4s'") == true)
        #expect(session.change(isReadOnly: true, timeLimit: .milliseconds(3500)) == nil)
        #expect(session.change(isReadOnly: false, timeLimit: .seconds(4))?.contains("read_only', 'off'") == true)
        #expect(session.release()?.contains("'statement_timeout', '0s'") == true)
        #expect(session.release() == nil)
        session.forget()
        #expect(session.release() != nil, "after a change that failed nothing is known")
    }

    @Test(
        "the server's limit lies at or beyond the deadline, at a power of two of seconds",
        arguments: [(1, 1), (900, 1), (1000, 1), (1001, 2), (2000, 2), (5000, 8), (30_000, 32), (3_600_000, 4096)]
    )
    func limits(milliseconds: Int, seconds: Int) {
        var session = SessionSettings.postgreSQL
        let sql = session.change(isReadOnly: true, timeLimit: .milliseconds(milliseconds))
        #expect(sql?.contains("'\(seconds)s'") == true)
    }
}

@Suite struct SQLStateTests {
    @Test(
        "a SQLSTATE says what callers are told",
        arguments: [
            ("23505", .refused), ("42P01", .refused), ("22012", .refused), ("40001", .busy), ("40P01", .busy),
            ("55P03", .busy), ("25006", .readOnly), ("57014", .deadlineExceeded), ("57P01", .unavailable),
            ("57P03", .unavailable), ("08006", .unavailable), ("53300", .unavailable), ("53200", .unavailable),
        ] as [(String, DatabaseError.Code)]
    )
    func codes(state: String, code: DatabaseError.Code) {
        #expect(SQLState(rawValue: state).errorCode == code)
        #expect(DatabaseError(SQLState(rawValue: state), reason: "r", doing: "running").sqlState == state)
    }

    @Test(
        "a refused connection has a reason without names, and a SQLSTATE",
        arguments: [
            ("FATAL:  password authentication failed for user \"bob\"", "28P01", true),
            ("FATAL:  sorry, too many clients already", "53300", false),
            ("FATAL:  the database system is starting up", "57P03", false),
            ("connection to server at \"10.0.0.1\", port 1 failed: Connection refused", "08006", false),
            ("FATAL:  database \"secret\" does not exist", "3D000", false),
            ("FATAL:  role \"bob\" does not exist", "28000", true),
            ("FATAL:  role \"bob\" is not permitted to log in", "28000", true),
            ("FATAL:  too many connections for role \"bob\"", "53300", false),
            ("root certificate file \"/secret\" does not exist", "08006", false),
            ("private key file \"/secret\" does not exist", "08006", false),
            ("etwas anderes", "08006", false),
        ]
    )
    func refusals(text: String, state: String, isLogin: Bool) {
        let refusal = PostgreSQLRefusal(text)
        #expect(refusal.state.rawValue == state)
        for name in ["bob", "10.0.0.1", "secret"] { #expect(!refusal.message.contains(name)) }
        #expect(DatabaseError(.unavailable, "", sqlState: state).isLoginRefused == isLogin)
    }
}
