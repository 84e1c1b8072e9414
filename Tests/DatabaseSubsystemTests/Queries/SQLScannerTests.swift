import Testing

@testable import DatabaseSubsystem

@Suite("SQL scanner")
struct SQLScannerTests {
    private func kinds(_ sql: String, _ dialect: SQLDialect = .standard) -> [SQLScanner.Token.Kind] {
        var scanner = SQLScanner(Array(sql.utf8), dialect: dialect)
        var kinds: [SQLScanner.Token.Kind] = []
        while let token = scanner.next() { kinds.append(token.kind) }
        return kinds
    }

    @Test(
        "names the parts of a text",
        arguments: [
            ("SELECT 'a';", [.word, .whitespace, .quoted, .semicolon]),
            ("a.b", [.word, .symbol, .word]),
            (":a::b", [.parameter, .symbol, .word]),
            ("x:=1", [.word, .symbol, .word]),
            ("--c\nx", [.comment, .whitespace, .word]),
            ("/*c*/x", [.comment, .word]),
            ("E'\\''x", [.quoted, .word]),
            ("aE'\\'", [.word, .quoted]),
            ("$1+$a$;$a$", [.symbol, .word, .symbol, .quoted]),
            ("a[1]", [.word, .symbol, .word, .symbol]),
            ("[a;b] x", [.quoted, .whitespace, .word]),
        ] as [(String, [SQLScanner.Token.Kind])]
    )
    func parts(sql: String, expected: [SQLScanner.Token.Kind]) {
        #expect(kinds(sql) == expected)
    }

    @Test("MySQL runs what stands in /*! */, so it is no comment")
    func executableComment() {
        #expect(kinds("/*!40101 SET x=1 */", .mysql) == [.quoted])
        #expect(kinds("/*!40101 SET x=1 */") == [.comment])
    }

    @Test("tokens follow each other without gaps, also from the middle of a text")
    func noGaps() {
        let bytes = Array("-- head\nSELECT ':a', :b /* c */ FROM [t] WHERE a[1:2] = $$x$$;".utf8)
        var scanner = SQLScanner(bytes, dialect: .standard, from: 8)
        var end = 8
        while let token = scanner.next() {
            #expect(token.range.lowerBound == end)
            #expect(!token.range.isEmpty)
            end = token.range.upperBound
        }
        #expect(end == bytes.count)
    }
}
