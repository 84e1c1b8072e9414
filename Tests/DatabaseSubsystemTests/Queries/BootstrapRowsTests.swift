import Testing

@testable import DatabaseSubsystem

@Suite("A bootstrap's rows")
struct BootstrapRowsTests {
    private func load(_ rows: DatabaseRow..., engine: String = "postgresql") -> BootstrapRows {
        BootstrapRows.load(rows, engine: engine, spellings: ["postgres"])
    }

    @Test(
        "the two required columns have several names, in any letters",
        arguments: [
            ("query_id", "sql_template"), ("ref", "query"), ("query_ref", "QUERY"), ("QUERY_ID", "Sql_Template"),
            ("REF", "query"),
        ]
    )
    func required(id: String, sql: String) {
        let loaded = load(DatabaseRow(columns: [id, sql], values: [.integer(5), .text("SELECT :a, ':b';")]))
        #expect(loaded.faults.isEmpty)
        #expect(loaded.templates.map(\.id.number) == [5])
        #expect(loaded.templates.first?.sql.text == "SELECT :a, ':b'")
        #expect(loaded.templates.first?.name == "Query 5")
        #expect(loaded.templates.first?.parameters == [ParameterDeclaration(required: "a", .string)])
        #expect(loaded.templates.first?.access == .public)
        #expect(loaded.templates.first?.source == "bootstrap row 1")
    }

    @Test("all columns")
    func whole() throws {
        let loaded = load(
            DatabaseRow([
                "query_id": .text(" 7 "), "sql_template": .text("SELECT :id"), "database_type": .text("Postgres"),
                "name": .text("One"),
                "queue": .text("Fast"), "timeout": .integer(5), "cache_ttl": .text("250ms"),
                "max_rows": .integer(0), "page": .text("id=number"),
                "access": .text("PROTECTED"), "type": .integer(10),
                "parameters": .text("id INTEGER = 3"), "tables": .text("a, b"), "last_modified": .integer(99),
                "other": .blob([1]),
            ])
        )
        #expect(loaded.faults.isEmpty)
        let template = try #require(loaded.templates.first)
        #expect(template.id == QueryID(7))
        #expect(template.name == "One")
        #expect(template.queue == .fast)
        #expect(template.timeout == .seconds(5))
        #expect(template.cacheTTL == .milliseconds(250))
        #expect(template.maximumRows == 0)
        #expect(template.page?.steps == [PageRule.Step(parameter: "id", source: .column("number"))])
        #expect(template.access == .protected)
        #expect(
            template.parameters == [
                ParameterDeclaration("id", .integer, default: ParameterValue(type: .integer, content: .integer(3)))
            ]
        )
        #expect(template.tables == ["a", "b"])
        #expect(template.lastModified == "99")
    }

    @Test("NULL and empty text are as good as absent")
    func nulls() throws {
        let names = [
            "database_type", "name", "queue", "timeout", "cache_ttl", "access", "type", "parameters", "tables",
            "last_modified", "max_rows", "page",
        ]
        for empty in [DatabaseValue.null, .text(""), .text("  ")] {
            let row = DatabaseRow(
                columns: ["ref", "query"] + names,
                values: [.integer(1), .text("SELECT 1")] + names.map { _ in empty }
            )
            let loaded = load(row)
            #expect(loaded.faults.isEmpty)
            let template = try #require(loaded.templates.first)
            #expect(
                template.maximumRows == nil && template.page == nil && template.queue == nil && template.timeout == nil
                    && template.cacheTTL == nil
                    && template.lastModified == nil
            )
            #expect(template.access == .public && template.tables.isEmpty && template.name == "Query 1")
        }
    }

    @Test(
        "queues by name or by the original's number",
        arguments: [
            (.integer(0), .cache), (.integer(1), .slow), (.integer(2), .medium), (.integer(3), .fast),
            (.text("2"), .medium),
            (.text("slow"), .slow), (.text("CACHE"), .cache),
        ] as [(DatabaseValue, QueueTag)]
    )
    func queues(value: DatabaseValue, tag: QueueTag) {
        #expect(
            load(DatabaseRow(["ref": .integer(1), "query": .text("x"), "queue": value])).templates.first?.queue == tag
        )
    }

    @Test(
        "access by word or by the original's type",
        arguments: [
            (.integer(10), .public), (.integer(0), .protected), (.integer(1000), .protected), (.text("10"), .public),
            (.text("public"), .public),
        ] as [(DatabaseValue, QueryAccess)]
    )
    func access(value: DatabaseValue, access: QueryAccess) {
        #expect(
            load(DatabaseRow(["ref": .integer(1), "query": .text("x"), "type": value])).templates.first?.access
                == access
        )
    }

    @Test(
        "durations",
        arguments: [
            (.integer(0), nil, .zero), (.integer(30), .seconds(30), .seconds(30)),
            (.float(0.5), .milliseconds(500), .milliseconds(500)),
            (.text("2s"), .seconds(2), .seconds(2)),
        ] as [(DatabaseValue, Duration?, Duration?)]
    )
    func durations(value: DatabaseValue, timeout: Duration?, cacheTTL: Duration?) {
        let loaded = load(DatabaseRow(["ref": .integer(1), "query": .text("x"), "timeout": value, "cache_ttl": value]))
        #expect(loaded.templates.first?.timeout == timeout)
        #expect(loaded.templates.first?.cacheTTL == cacheTTL)
    }

    @Test("the engine's own row beats one for all, in either order; other engines' rows are skipped")
    func variants() {
        let general = DatabaseRow(["ref": .integer(1), "query": .text("general"), "database_type": .null])
        let own = DatabaseRow(["ref": .integer(1), "query": .text("own"), "database_type": .text("postgresql")])
        let other = DatabaseRow(["ref": .integer(1), "query": .text("other"), "database_type": .text("sqlite")])
        for rows in [[general, own, other], [other, own, general], [own, general]] {
            let loaded = BootstrapRows.load(rows, engine: "postgresql")
            #expect(loaded.templates.map(\.sql.text) == ["own"])
            #expect(loaded.faults.isEmpty)
        }
        #expect(load(other, general).templates.map(\.sql.text) == ["general"])
        #expect(load(other).templates.isEmpty)
    }

    @Test(
        "parameters in JSON, in each of its forms",
        arguments: [
            #"{"INTEGER":["id"],"STRING":["city"]}"#, #"{"id":"INTEGER","city":"string"}"#,
            #"{"INTEGER":["id"],"city":"STRING"}"#,
            #"[{"name":"id","type":"INTEGER"},{"name":"city","type":"STRING"}]"#, "id INTEGER, city STRING",
        ]
    )
    func json(text: String) {
        let loaded = load(DatabaseRow(["ref": .integer(1), "query": .text(":id :city"), "parameters": .text(text)]))
        #expect(loaded.faults.isEmpty)
        #expect(
            loaded.templates.first?.parameters
                == [ParameterDeclaration(required: "id", .integer), ParameterDeclaration(required: "city", .string)]
        )
    }

    @Test("defaults in JSON; what is not declared is a required STRING")
    func defaults() {
        let json = #"[{"name":"a","type":"FLOAT","default":1.5},{"name":"b","type":"DATE","default":null}]"#
        let loaded = load(DatabaseRow(["ref": .integer(1), "query": .text(":a :b :c"), "parameters": .text(json)]))
        #expect(
            loaded.templates.first?.parameters == [
                ParameterDeclaration("a", .float, default: ParameterValue(type: .float, content: .float(1.5))),
                ParameterDeclaration("b", .date, default: .null(.date)),
                ParameterDeclaration(required: "c", .string),
            ]
        )
    }

    @Test(
        "a fault names row and column, and the other rows load",
        arguments: [
            ("ref", .text("x"), "bootstrap row 2, query_id: expected a whole number, 0 or more, got \"x\""),
            ("ref", .integer(-1), "bootstrap row 2, query_id: expected a whole number, 0 or more, got \"-1\""),
            ("ref", .null, "bootstrap row 2, query_id: expected a whole number, 0 or more, got NULL"),
            ("ref", .integer(1), "bootstrap row 2, query_id: expected a number of its own, got 1, which row 1 has"),
            ("query", .null, "bootstrap row 2, sql_template: expected SQL, got NULL"),
            ("query", .text(" "), "bootstrap row 2, sql_template: expected SQL, got text"),
            (
                "query", .text(":ä"),
                "bootstrap row 2, sql_template: expected names of ASCII letters, digits and underscores, at most 63 characters, got :ä"
            ),
            (
                "queue", .integer(4),
                "bootstrap row 2, queue: expected slow, medium, fast or cache; or 0 cache, 1 slow, 2 medium, 3 fast, got \"4\""
            ),
            ("timeout", .integer(4000), "bootstrap row 2, timeout: expected 1ms to 3600 (seconds), got \"4000\""),
            ("timeout", .float(.infinity), "bootstrap row 2, timeout: expected 1ms to 3600 (seconds), got \"inf\""),
            ("cache_ttl", .text("soon"), "bootstrap row 2, cache_ttl: expected 0 to 2678400 (seconds), got \"soon\""),
            (
                "access", .text("x"),
                "bootstrap row 2, access: expected public or protected; or 10 for public, another number for protected, got \"x\""
            ),
            (
                "tables", .text("[1]"),
                "bootstrap row 2, tables: expected table names separated by commas, such as customers, sales.orders, or a JSON array of them, got \"[1]\""
            ),
            (
                "parameters", .text("z TEXT"),
                "bootstrap row 2, parameters: expected :z in the SQL, got a declaration alone"
            ),
            (
                "parameters", .text("{"),
                "bootstrap row 2, parameters: expected JSON, or NAME TYPE, NAME TYPE = DEFAULT, got 1:2: "
            ),
            ("parameters", .text("{\"INT\":[\"a\"]}"), "bootstrap row 2, parameters: expected a type: INTEGER,"),
            (
                "parameters", .text("[1]"),
                "bootstrap row 2, parameters: expected objects with a text \"name\" and a text \"type\", got a number"
            ),
            (
                "parameters", .text("{\"a\":1}"),
                "bootstrap row 2, parameters: expected a type or an array of names for \"a\", got a number"
            ),
            (
                "parameters", .text("[{\"name\":\"a\",\"type\":\"INTEGER\",\"default\":\"x\"}]"),
                "bootstrap row 2, parameters: expected a default of type INTEGER for a, got string"
            ),
        ] as [(String, DatabaseValue, String)]
    )
    func faults(column: String, value: DatabaseValue, message: String) {
        let names = ["ref", "query", "queue", "timeout", "cache_ttl", "access", "tables", "parameters"]
        let good: [DatabaseValue] = [.integer(2), .text("SELECT :a"), .null, .null, .null, .null, .null, .null]
        let bad = zip(names, good).map { $0 == column ? value : $1 }
        let loaded = load(
            DatabaseRow(columns: names, values: [.integer(1)] + good.dropFirst()),
            DatabaseRow(columns: names, values: bad),
            DatabaseRow(columns: names, values: [.integer(3)] + good.dropFirst())
        )
        #expect(loaded.templates.map(\.id.number) == [1, 3])
        #expect(loaded.faults.first?.description.hasPrefix(message) == true, "\(loaded.faults)")
        #expect(loaded.faults.count == 1)
    }

    @Test("a result without a required column is one fault, not one for each row")
    func lacksColumn() {
        let row = DatabaseRow(["id": .integer(1), "query": .text("x")])
        let loaded = load(row, row, row)
        #expect(loaded.templates.isEmpty)
        #expect(
            loaded.faults.map(\.description)
                == [
                    "bootstrap row 1, query_id: expected a whole number, 0 or more, got no column query_id or ref or query_ref"
                ]
        )
    }
}
