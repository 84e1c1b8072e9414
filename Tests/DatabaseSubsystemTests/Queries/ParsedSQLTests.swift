import HydrogenCore
import Testing

@testable import DatabaseSubsystem

@Suite("SQL split at its parameters")
struct ParsedSQLTests {
    @Test(
        "finds :name in code",
        arguments: [
            ("SELECT :a", ["a"]),
            ("SELECT :a, :b, :a", ["a", "b"]),
            (":a", ["a"]),
            ("WHERE id=:id", ["id"]),
            ("IN (:a,:b,:c)", ["a", "b", "c"]),
            ("x>:low AND x<:high", ["low", "high"]),
            ("a||:b||c", ["b"]),
            ("SELECT -:x", ["x"]),
            (":_x :X9 :a_b", ["_x", "X9", "a_b"]),
            (":a::int", ["a"]),
            (":a;:b", ["a", "b"]),
            ("'x':a", ["a"]),
            ("/* c */:a", ["a"]),
            ("-- c\n:a", ["a"]),
            ("-- it's\n:a", ["a"]),
            (":naïve", ["naïve"]),
            ("LIMIT :n OFFSET :m", ["n", "m"]),
        ]
    )
    func finds(sql: String, names: [String]) {
        #expect(ParsedSQL(sql).parameterNames == names)
    }

    @Test(
        "leaves what is quoted alone",
        arguments: [
            "SELECT ':a'", "SELECT 'it''s :a'", "SELECT E'it\\'s :a'", "SELECT e'\\\\\\' :a'", "SELECT ''':a'''",
            "SELECT '' ':a'",
            "SELECT \":a\"", "SELECT \"x\"\":a\"", "SELECT `:a`", "SELECT `x``:a`", "SELECT [:a]", "SELECT t.[b :a]",
            "SELECT [a] , [:b]",
            "SELECT x -- :a", "SELECT x -- :a\r\n", "/* :a */", "/* /* :a */ :b */", "/* unclosed :a", "/**/",
            "/***/--:a",
            "SELECT $$ :a $$", "SELECT $t$ $$ :a $x$ $t$", "SELECT $été$ :a $été$", "DO $$ BEGIN x := ':a'; END $$",
            "$$ :a", "$t$ :a $T$",
            "SELECT x::int", "SELECT x::text::int", "x := 5", "x:=y", "a[1:2]", "a[1:n]", "a[lo:hi]", "a[lo :hi]",
            "a[(1) :hi]", "a[b[1]:n]",
            "12:30", "t:x", "lbl:LOOP", "SELECT ': a', :1, : a", "ARRAY[1,2][1:m]", "'unclosed :a", "\"unclosed :a",
            "SELECT [unclosed :a",
            "N'x :a'", "U&'\\0041 :a'", "SELECT '\\' , ':a'", "SELECT \"it's\", ':a'", "SELECT '\"', ':a', '\"'",
            "SELECT `'`, ':a', `'`",
        ]
    )
    func leavesAlone(sql: String) {
        let parsed = ParsedSQL(sql)
        #expect(parsed.parameterNames == [])
        #expect(parsed.rendered(.dollar).sql == sql)
    }

    @Test(
        "tells subscripts from quoted names",
        arguments: [
            ("SELECT a[:i]", ["i"]),
            ("SELECT a[:lo : :hi]", ["lo", "hi"]),
            ("SELECT ARRAY[:a, :b]", ["a", "b"]),
            ("SELECT ARRAY [[1, :a], [:b, 2]]", ["a", "b"]),
            ("SELECT f(x)[:i]", ["i"]),
            ("SELECT \"arr\"[:i]", ["i"]),
            ("SELECT [my :col] WHERE x = :y", ["y"]),
            ("SELECT t.[my :col], :y FROM [t :u]", ["y"]),
        ]
    )
    func subscripts(sql: String, names: [String]) {
        #expect(ParsedSQL(sql).parameterNames == names)
    }

    @Test(
        "MySQL has backslashes, # comments and -- with white space",
        arguments: [
            ("SELECT 'it\\'s :a', :b", ["b"]),
            ("SELECT \"it\\\"s :a\", :b", ["b"]),
            ("SELECT 1 # :a\n, :b", ["b"]),
            ("SELECT 5--:a", ["a"]),
            ("SELECT 5 -- :a\n+ :b", ["b"]),
            ("/* /* */ :b /* */", ["b"]),
            ("SELECT `\\`, :b", ["b"]),
            ("SELECT a$b$, :x, $c$", ["x"]),
        ]
    )
    func mysql(sql: String, names: [String]) {
        #expect(ParsedSQL(sql, dialect: .mysql).parameterNames == names)
    }

    @Test(
        "prompts quote nothing",
        arguments: [
            ("The customer's order :order isn't late", ["order"]),
            (":city, at 12:30; see note:this and a::b", ["city"]),
            ("(:a) [:b] {:c} \":d\" ':e'", ["a", "b", "c", "d", "e"]),
            ("{\"a\":true,\"b\":null}", []),
            ("-- :a /* :b */", ["a", "b"]),
        ]
    )
    func prompts(text: String, names: [String]) {
        #expect(ParsedSQL(text, dialect: .prompt).parameterNames == names)
    }

    @Test("renders each style, with the order to bind in")
    func renders() {
        let parsed = ParsedSQL("SELECT ':x', :b, :a::int WHERE b = :b")
        let numbered = parsed.rendered(.questionNumbered)
        #expect(numbered.sql == "SELECT ':x', ?1, ?2::int WHERE b = ?1")
        #expect(numbered.order == [0, 1])
        let plain = parsed.rendered(.question)
        #expect(plain.sql == "SELECT ':x', ?, ?::int WHERE b = ?")
        #expect(plain.order == [0, 1, 0])
        let dollar = parsed.rendered(.dollar)
        #expect(dollar.sql == "SELECT ':x', $1, $2::int WHERE b = $1")
        #expect(dollar.order == [0, 1])
    }

    @Test("substitutes into prompts")
    func substitutes() {
        let parsed = ParsedSQL("Dear :name, :name's order", dialect: .prompt)
        #expect(parsed.joined { ["Ann"][$0] } == "Dear Ann, Ann's order")
    }

    @Test("keeps the text as it was written", arguments: ["", " ", "SELECT 1;", "a\r\nb", "ä:ö"])
    func keepsText(sql: String) {
        #expect(ParsedSQL(sql).text == sql)
    }

    @Test("never loses a byte, whatever the text", arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func losesNothing(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("ab:;'\"`[]$-/*#\\E\n =é1")
        for _ in 0..<2000 {
            let text = String(
                (0..<Int.random(in: 0...24, using: &random)).compactMap { _ in alphabet.randomElement(using: &random) }
            )
            for dialect in SQLDialect.allCases {
                let parsed = ParsedSQL(text, dialect: dialect)
                #expect(parsed.joined { ":" + parsed.parameterNames[$0] } == text, "seed \(seed), \(dialect): \(text)")
            }
        }
    }
}
