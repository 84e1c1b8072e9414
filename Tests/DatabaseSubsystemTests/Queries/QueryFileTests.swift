import Testing

@testable import DatabaseSubsystem

@Suite("A query's file")
struct QueryFileTests {
    private func template(_ text: String, dialect: SQLDialect = .standard) throws -> QueryTemplate {
        try QueryFile(parsing: Array(text.utf8), file: "q/by_id.sql", dialect: dialect).template
    }

    private func faults(_ text: String, dialect: SQLDialect = .standard) -> [String] {
        do throws(QueryFileFaults) {
            _ = try QueryFile(parsing: Array(text.utf8), file: "f", dialect: dialect)
            return []
        } catch {
            return error.faults.map(\.description)
        }
    }

    @Test("all of a header")
    func whole() throws {
        let template = try template(
            """
            -- id: 7
            -- name: Customer by id
            -- description: Everything: of one customer
            -- A plain comment, and see https://example.com: fine
            -- Note: so is this

            --parameters: id INTEGER, city STRING = 'O''Slo, x', active BOOLEAN = true, note TEXT = null
            -- Queue: fast
            -- timeout: 250ms
            -- cache: 60
            -- max_rows: 500
            -- page: id = customer_id, city=city
            -- access: protected
            -- tables: customers, sales.orders
            SELECT * FROM customers -- :not
            WHERE id = :id AND city = :city AND active = :active AND note = :note;
            -- the end
            """
        )
        #expect(template.id == QueryID(7))
        #expect(template.name == "Customer by id")
        #expect(template.description == "Everything: of one customer")
        #expect(
            template.parameters == [
                ParameterDeclaration(required: "id", .integer),
                ParameterDeclaration(
                    "city",
                    .string,
                    default: ParameterValue(type: .string, content: .text("O'Slo, x"))
                ),
                ParameterDeclaration(
                    "active",
                    .boolean,
                    default: ParameterValue(type: .boolean, content: .boolean(true))
                ),
                ParameterDeclaration("note", .text, default: .null(.text)),
            ]
        )
        #expect(template.queue == .fast)
        #expect(template.timeout == .milliseconds(250))
        #expect(template.cacheTTL == .seconds(60))
        #expect(template.maximumRows == 500)
        #expect(template.page?.steps.map(\.parameter) == ["id", "city"])
        #expect(template.page?.place == "q/by_id.sql:12:10")
        #expect(template.access == .protected)
        #expect(template.tables == ["customers", "sales.orders"])
        #expect(template.source == "q/by_id.sql")
        #expect(template.sql.text.hasPrefix("SELECT * FROM customers -- :not\n"))
        #expect(template.sql.text.hasSuffix(":note"))
    }

    @Test(
        "the least of a header",
        arguments: ["-- id: 1\nSELECT 1", "\u{FEFF}-- id: 1\r\nSELECT 1\r\n", "\n\n  -- id: 1\n\n\nSELECT 1;\n"]
    )
    func least(text: String) throws {
        let template = try template(text)
        #expect(template.id == QueryID(1))
        #expect(template.name == "by_id")
        #expect(template.sql.text == "SELECT 1")
        #expect(template.access == .public)
        #expect(template.maximumRows == nil && template.page == nil)
        #expect(template.queue == nil && template.timeout == nil && template.cacheTTL == nil && template.tables.isEmpty)
    }

    @Test("parameters and tables may stand on several lines")
    func severalLines() throws {
        let template = try template(
            "-- id: 1\n-- parameters: a INTEGER\n-- parameters: b DATE = '2026-01-31'\n-- tables: t\n-- tables: t, u\n:a :b"
        )
        #expect(template.parameters.map(\.name) == ["a", "b"])
        #expect(template.tables == ["t", "u"])
    }

    @Test(
        "each fault with its place and its words",
        arguments: [
            ("SELECT 1", "f:1:1: expected a line -- id: NUMBER, got none (add: -- id: 1)"),
            ("-- id: x\nSELECT 1", "f:1:8: expected a whole number, 0 or more, got \"x\""),
            ("-- id: -1\nSELECT 1", "f:1:8: expected a whole number, 0 or more, got \"-1\""),
            ("-- id:\nSELECT 1", "f:1:7: expected a value for id, got nothing"),
            ("-- id: 1\n-- id: 2\nSELECT 1", "f:2:4: expected id once, got a second one"),
            (
                "-- id: 1\n-- timout: 5\nSELECT 1",
                "f:2:4: expected one of id, name, description, parameters, queue, timeout, cache, stale, stale_on_error, max_rows, page, access, writes, tables, got \"timout\" "
                    + "(start a plain comment with a capital letter)"
            ),
            ("-- id: 1\n-- queue: quick\nSELECT 1", "f:2:11: expected slow, medium, fast or cache, got \"quick\""),
            ("-- id: 1\n-- queue: lead\nSELECT 1", "f:2:11: expected slow, medium, fast or cache, got \"lead\""),
            ("-- id: 1\n-- timeout: 0\nSELECT 1", "f:2:13: expected 1ms to 3600 (seconds), got \"0\""),
            ("-- id: 1\n-- timeout: 5 minutes\nSELECT 1", "f:2:13: expected 1ms to 3600 (seconds), got \"5 minutes\""),
            ("-- id: 1\n-- cache: -1\nSELECT 1", "f:2:11: expected 0 to 2678400 (seconds), got \"-1\""),
            ("-- id: 1\n-- writes: maybe\nSELECT 1", "f:2:12: expected true or false, got \"maybe\""),
            ("-- id: 1\n-- max_rows: -1\nSELECT 1", "f:2:14: expected a whole number, 0 to 1000000000, got \"-1\""),
            ("-- id: 1\n-- max_rows: many\nSELECT 1", "f:2:14: expected a whole number, 0 to 1000000000, got \"many\""),
            (
                "-- id: 1\n-- parameters: a INTEGER\n-- page: a=x,  b=y\nSELECT :a",
                "f:3:16: expected one of the parameters a, got \"b\""
            ),
            (
                "-- id: 1\n-- page: a=x\nSELECT 1",
                "f:2:10: expected a query with parameters, got \"a\""
            ),
            ("-- id: 1\n-- access: private\nSELECT 1", "f:2:12: expected public or protected, got \"private\""),
            (
                "-- id: 1\n-- tables: a,,b\nSELECT 1",
                "f:2:12: expected table names separated by commas, such as customers, sales.orders, got \"a,,b\""
            ),
            ("-- id: 1\n-- nothing else", "f:2:16: expected SQL after the header, got the end of the file"),
            ("-- id: 1\n;", "f:2:1: expected SQL after the header, got the end of the file"),
            (
                "-- id: 1\nSELECT 1;\nSELECT 2;\nSELECT 3",
                "f:3:1: expected one statement, got 3 (give each statement a file of its own)"
            ),
            (
                "-- id: 1\nSELECT ':x'\n, :user_id, :city",
                "f:3:3: expected a line -- parameters: that declares what the SQL uses, got none "
                    + "(add: -- parameters: user_id INTEGER, city STRING)"
            ),
            (
                "-- id: 1\n-- parameters: a STRING\nSELECT :a, ä, :b",
                "f:3:15: expected a declared parameter, got :b (add to parameters: b STRING)"
            ),
            (
                "-- id: 1\n-- parameters: a STRING, b STRING\nSELECT :a, ':b'",
                "f:2:26: expected :b in the SQL, got a declaration alone (use it or remove it)"
            ),
            (
                "-- id: 1\n-- parameters: a STRING, a TEXT\nSELECT :a",
                "f:2:26: expected each parameter once, got a a second time"
            ),
            (
                "-- id: 1\n-- parameters: a STRING\n-- parameters: a TEXT\nSELECT :a",
                "f:3:16: expected each parameter once, got a a second time"
            ),
            (
                "-- id: 1\n-- parameters: a INT\nSELECT :a",
                "f:2:18: expected a type: INTEGER, STRING, BOOLEAN, FLOAT, TEXT, DATE, TIME, DATETIME, TIMESTAMP, got \"INT\""
            ),
            ("-- id: 1\n-- parameters: a\nSELECT :a", "f:2:16: expected NAME TYPE or NAME TYPE = DEFAULT, got \"a\""),
            (
                "-- id: 1\n-- parameters: a STRING,\nSELECT :a",
                "f:2:25: expected NAME TYPE or NAME TYPE = DEFAULT, got nothing"
            ),
            (
                "-- id: 1\n-- parameters: a INTEGER = 'x'\nSELECT :a",
                "f:2:16: expected a default such as a INTEGER = 5, or null, got \"= 'x'\""
            ),
            (
                "-- id: 1\n-- parameters: a STRING = x\nSELECT :a",
                "f:2:16: expected a default such as a STRING = 'x', or null, got \"= x\" (write a STRING = 'x')"
            ),
            (
                "-- id: 1\n-- parameters: a DATE = '2026-02-30'\nSELECT :a",
                "f:2:16: expected a default such as a DATE = '2026-01-31', or null, got \"= '2026-02-30'\""
            ),
            (
                "-- id: 1\n-- parameters: a STRING 'x'\nSELECT :a",
                "f:2:16: expected a default such as a STRING = 'x', or null, got \"'x'\""
            ),
            (
                "-- id: 1\n-- parameters: a-b STRING\nSELECT 1",
                "f:2:16: expected a name of letters, digits and underscores, not a digit first, at most 63 characters, got \"a-b\""
            ),
            (
                "-- id: 1\nSELECT :naïve",
                "f:2:8: expected a name of ASCII letters, digits and underscores, at most 63 characters, got :naïve"
            ),
        ]
    )
    func fault(text: String, expected: String) {
        #expect(faults(text) == [expected])
    }

    @Test("all faults at once, in the order of the text")
    func allAtOnce() {
        let found = faults("-- queue: x\n-- timeout: y\n-- parameters: a INT, b DATE\nSELECT :a, :c; SELECT 2")
        #expect(
            found.map { $0.split(separator: " ")[0] } == [
                "f:1:1:", "f:1:11:", "f:2:13:", "f:3:18:", "f:3:23:", "f:4:1:",
            ]
        )
    }

    @Test("what is not UTF-8 is one fault at its place")
    func notUTF8() {
        do throws(QueryFileFaults) {
            _ = try QueryFile(parsing: Array("-- id: 1\nä".utf8) + [0xFF], file: "f")
            Issue.record("accepted")
        } catch {
            #expect(error.description == "f:2:2: expected UTF-8 text, got other bytes (save the file as UTF-8)")
        }
    }

    @Test("a prompt needs no grammar")
    func prompt() throws {
        let text = "-- id: 4\n-- parameters: text STRING\n\nDon't translate; say: :text\n\nIt's fine; thanks.\n"
        let template = try template(text, dialect: .prompt)
        #expect(template.sql.text == "Don't translate; say: :text\n\nIt's fine; thanks.")
        #expect(template.sql.parameterNames == ["text"])
        #expect(
            faults("-- id: 4\n", dialect: .prompt) == [
                "f:2:1: expected a prompt after the header, got the end of the file"
            ]
        )
    }

    @Test("a prompt may name a model, a system prompt and a schema, over several lines")
    func promptOptions() throws {
        let text = """
            -- id: 4
            -- Model: small-1
            -- system: Be brief.
            -- system: Be kind.
            -- schema: {"type": "object",
            -- schema:  "properties": {"a": {"type": "string"}}}
            Hi
            """
        let options = try #require(try template(text, dialect: .prompt).prompt)
        #expect(options.model == "small-1")
        #expect(options.system == "Be brief.\nBe kind.")
        #expect(options.schema?.columns.map(\.name) == ["a"])
        #expect(try template("-- id: 4\nHi", dialect: .prompt).prompt == nil)
        #expect(
            faults(#"-- id: 4\#n-- model: \#n-- schema: {"type":"object"}\#nHi"#, dialect: .prompt) == [
                "f:2:11: expected a value for model, got nothing",
                "f:3:12: expected properties: the columns, got none",
            ]
        )
    }

    @Test("what prompts have besides is part of what a template is")
    func promptFingerprints() throws {
        let header = [
            "", "-- model: m\n", "-- system: m\n", #"-- schema: {"type":"object","properties":{"m":{}}}"# + "\n",
        ]
        let templates = try header.map { try template("-- id: 4\n\($0)Hi", dialect: .prompt) }
        #expect(Set(templates.map(\.fingerprint)).count == 4)
        #expect(Set(templates.map(\.contractFingerprint)).count == 2, "a schema decides about columns")
    }

    @Test("in SQL the words of prompts are other words")
    func promptWordsInSQL() throws {
        #expect(try template("-- id: 4\n-- Schema: public\n-- Model: star\nSELECT 1").prompt == nil)
        #expect(
            faults("-- id: 4\n-- schema: public\nSELECT 1").first?
                .hasPrefix("f:2:4: expected one of id, name,") == true
        )
    }

    @Test("more than 100 parameters are refused")
    func tooMany() {
        let names = (1...101).map { "p\($0)" }
        let text =
            "-- id: 1\n-- parameters: \(names.map { $0 + " TEXT" }.joined(separator: ", "))\nSELECT \(names.map { ":" + $0 }.joined(separator: ","))"
        #expect(faults(text).count == 1)
        #expect(faults(text).first?.hasSuffix("expected at most 100 parameters, got 101") == true)
    }
}
