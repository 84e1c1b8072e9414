import Testing

@testable import HydrogenCore

@Suite("Substitution")
struct ConfigurationSubstitutionTests {
    private let substitution = ConfigurationSubstitution(
        environment: ["HOST": "db1", "EMPTY": "", "PORT": "5432", "NESTED": "${env.HOST}", "UNI": "ä}"],
        files: .builtIn(["pass": "s3cret\n", "windows": "s3cret\r\n", "lines": "a\nb\n\n", "nul": "a\u{0}b"])
    )

    @Test(
        "replaces references",
        arguments: [
            ("${env.HOST}", "db1", true, [.environment("HOST")]), ("${env.EMPTY}", "", true, [.environment("EMPTY")]),
            ("${env.GONE:-there}", "there", true, []), ("${env.GONE:-}", "", true, []),
            ("${env.EMPTY:-there}", "there", true, []), ("${env.HOST:-there}", "db1", true, [.environment("HOST")]),
            ("${env.GONE:-a:-b}", "a:-b", true, []), ("${env.NESTED}", "${env.HOST}", true, [.environment("NESTED")]),
            ("pg://${env.HOST}:${env.PORT}/x", "pg://db1:5432/x", false, [.environment("HOST"), .environment("PORT")]),
            (" ${env.HOST}", " db1", false, [.environment("HOST")]), ("${env.UNI}", "ä}", true, [.environment("UNI")]),
            ("${other} ${env.HOST} $5", "${other} db1 $5", false, [.environment("HOST")]),
            ("${file:pass}", "s3cret", true, [.file("pass")]), ("${file:windows}", "s3cret", true, [.file("windows")]),
            ("${file:lines}", "a\nb\n", true, [.file("lines")]),
            ("${env.HOST}:${file:pass}", "db1:s3cret", false, [.environment("HOST"), .file("pass")]),
        ] as [(String, String, Bool, [ConfigurationSubstitution.Source])]
    )
    func replaces(text: String, result: String, isWhole: Bool, sources: [ConfigurationSubstitution.Source]) {
        #expect(substitution.apply(to: text) == .replaced(result, isWhole: isWhole, sources: sources))
    }

    @Test(
        "leaves other texts alone",
        arguments: ["", "plain", "$5", "$$ BEGIN ${x} END $$", "a ${", "${", "{env.HOST}", "$env.HOST", "${abc"]
    )
    func leavesAlone(text: String) {
        #expect(substitution.apply(to: text) == .unchanged)
    }

    @Test("counts every unset variable without default")
    func countsUnset() {
        #expect(substitution.apply(to: "${env.GONE}") == .unset(["GONE"]))
        #expect(substitution.apply(to: "${env.GONE}:${env.HOST}@${env.LOST}") == .unset(["GONE", "LOST"]))
    }

    @Test(
        "refuses malformed references without showing them",
        arguments: [
            ("${env.}", "none"), ("${env.1A}", "another character"), ("${env.A B}", "another character"),
            ("${env.PASS:canary}", "another character"), ("x${env.A", "the end of the text"),
            ("${evn.canary}", "another form of ${…}"),
            ("${file:}", "none"), ("${canary}", "another form of ${…}"),
            ("${file:gone}", "none: built-in gone does not exist"),
            ("${file:nul}", "nul"),
        ]
    )
    func refuses(text: String, words: String) {
        guard case .refused(let expected, let got) = substitution.apply(to: text) else {
            Issue.record("\(text) was not refused")
            return
        }
        #expect(got == words)
        #expect(!expected.contains("canary"))
    }

    @Test(
        "types a whole value after its contents",
        arguments: [
            ("true", .boolean(true)), ("FALSE", .boolean(false)), ("12", .number("12")), ("-1.50", .number("-1.50")),
            ("007", .string("007")), ("1e999", .number("1e999")), ("0x10", .string("0x10")), ("", .string("")),
            (" 1", .string(" 1")),
            ("null", .string("null")), ("[]", .string("[]")), ("1 ", .string("1 ")), ("-", .string("-")),
        ] as [(String, JSONValue)]
    )
    func types(text: String, value: JSONValue) {
        #expect(ConfigurationSubstitution.typed(text) == value)
    }
}
