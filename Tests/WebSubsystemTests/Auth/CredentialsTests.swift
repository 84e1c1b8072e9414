import DatabaseSubsystem
import Testing

@testable import WebSubsystem

@Suite("Credentials and scopes")
struct CredentialsTests {
    @Test(
        "the two headers are read strictly",
        arguments: [
            (nil, nil, .none), ("Bearer a.b.c", nil, .token("a.b.c")), ("bearer  x", nil, .token("x")),
            (nil, "k", .key("k")),
        ] as [(String?, String?, Credentials)]
    )
    func read(authorization: String?, key: String?, credentials: Credentials) {
        #expect(Credentials(authorization: authorization, key: key) == credentials)
    }

    @Test(
        "what cannot be read is not taken for nothing",
        arguments: [
            ("", nil), ("Bearer", nil), ("Bearer a b", nil), ("Basic dTpw", nil), ("Bearer a,Bearer b", nil),
            ("Bearer a", "k"), (nil, ""), (nil, "a,b"),
        ] as [(String?, String?)]
    )
    func unreadable(authorization: String?, key: String?) {
        guard case .unreadable = Credentials(authorization: authorization, key: key) else {
            Issue.record("taken")
            return
        }
    }

    @Test(
        "a scope is one of four forms",
        arguments: [
            ("admin", .admin), ("query:*", .everything), ("query:Shop", .database("Shop")),
            ("query:Shop:12", .query(database: "Shop", id: QueryID(12))), ("query", nil), ("query:", nil),
            ("query:Shop:", nil), ("query:Shop:x", nil), ("query:Shop:-1", nil), ("query:*:1", nil), ("Admin", nil),
            ("admin:x", nil), ("query:Shop:1:2", nil), ("", nil),
        ] as [(String, Scope?)]
    )
    func scope(word: String, scope: Scope?) {
        #expect(Scope(word) == scope)
    }

    @Test("names of databases are compared by their bytes")
    func bytes() {
        let scope = Scope.database("\u{212A}iosk")
        #expect(!scope.covers(QueryID(1), of: "Kiosk") && !scope.touches("Kiosk"))
        #expect(Scope.database("Kiosk").covers(QueryID(1), of: "Kiosk"))
    }
}
