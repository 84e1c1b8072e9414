import Testing

@testable import DatabaseSubsystem

@Suite("Rules of parameters")
struct ParameterRuleTests {
    private static func template(_ parameters: String) throws -> QueryTemplate {
        let text = "-- id: 1\n-- parameters: \(parameters)\nSELECT :v AS v"
        return try QueryFile(parsing: Array(text.utf8), file: "1.sql").template
    }

    @Test(
        "a value passes or is refused in words",
        arguments: [
            ("INTEGER [1..100]", "1", nil), ("INTEGER [1..100]", "100", nil),
            ("INTEGER [1..100]", "0", "v should be 1 to 100"), ("INTEGER [1..]", "0", "v should be at least 1"),
            ("INTEGER [..-1]", "0", "v should be at most -1"), ("INTEGER [1|2|3]", "2", nil),
            ("INTEGER [1|2|3]", "4", "v should be one of 1, 2, 3"), ("FLOAT [0..1.5]", "1.5", nil),
            ("FLOAT [0..1.5]", "1.51", "v should be 0.0 to 1.5"),
            ("DATE ['2026-01-01'..'2026-12-31']", "2026-06-30", nil),
            ("DATE ['2026-01-01'..]", "2025-12-31", "v should be at least '2026-01-01'"),
            ("STRING [1..3]", "abc", nil), ("STRING [1..3]", "äöü", nil),
            ("STRING [1..3]", "abcd", "v should be 1 to 3 characters"),
            ("STRING [..3]", "", nil), ("STRING [2..]", "a", "v should be at least 2 characters"),
            ("STRING ['open'|'closed']", "open", nil),
            ("STRING ['open'|'closed']", "gone", "v should be one of 'open', 'closed'"),
            ("STRING ['a|b'|'c..d'|']']", "]", nil), ("STRING ['only']", "other", "v should be one of 'only'"),
            ("INTEGER [1..5] = 9", "6", "v should be 1 to 5"), ("BOOLEAN [true]", "false", "v should be one of true"),
        ] as [(String, String, String?)]
    )
    func values(type: String, value: String, message: String?) throws {
        var provided = ProvidedParameters()
        try provided.add(queryString: "v=\(value)")
        let template = try Self.template("v \(type)")
        if let message {
            let fault = #expect(throws: ParameterFault.self) { try template.bind(provided) }
            #expect(fault?.kind == .outOfRange && fault?.message == message)
        } else {
            #expect(try template.bind(provided).count == 1)
        }
    }

    @Test("NULL passes, a default need not, and a wrong type is told first")
    func order() throws {
        var null = ProvidedParameters()
        try null.add(jsonBody: Array(#"{"v":null}"#.utf8))
        #expect(try Self.template("v INTEGER [1..5]").bind(null) == [.null(.integer)])
        #expect(
            try Self.template("v INTEGER [1..5] = 9").bind(ProvidedParameters())
                == [ParameterValue(type: .integer, content: .integer(9))]
        )
        var text = ProvidedParameters()
        try text.add(queryString: "v=x")
        let fault = #expect(throws: ParameterFault.self) { try Self.template("v INTEGER [1..5]").bind(text) }
        #expect(fault?.kind == .typeMismatch)
    }

    @Test(
        "what is no rule of the type is a fault of the file",
        arguments: [
            "INTEGER [a..b]", "INTEGER [5..1]", "INTEGER [..]", "INTEGER []", "INTEGER [1..2", "STRING [x]",
            "STRING [3..1]", "STRING [-1..5]", "TIME ['12:00:00'..'13:00:00']", "BOOLEAN [0..1]", "INTEGER [null]",
            "DATE [2026-01-01..]", "DATE ['2026-13-01'..]",
        ]
    )
    func faults(type: String) {
        let error = #expect(throws: (any Error).self) { try Self.template("v \(type)") }
        #expect("\(error.map { "\($0)" } ?? "")".contains("rule"))
    }

    @Test(
        "a bootstrap's row has the same rules",
        arguments: [
            (#""type":"INTEGER","minimum":1,"maximum":100"#, "1 to 100"),
            (#""type":"DATE","minimum":"2026-01-01""#, "at least '2026-01-01'"),
            (#""type":"STRING","max_length":40"#, "at most 40 characters"),
            (#""type":"STRING","enum":["open","closed"]"#, "one of 'open', 'closed'"),
        ]
    )
    func bootstrap(members: String, expected: String) {
        let parsed = BootstrapParameters("[{\"name\":\"v\",\(members)}]")
        #expect(parsed.problems == [])
        #expect(parsed.declarations.first?.rule?.description == expected)
    }

    @Test(
        "a bootstrap's rule that does not fit is a problem of the row",
        arguments: [
            #""type":"STRING","minimum":1"#, #""type":"INTEGER","max_length":4"#, #""type":"INTEGER","enum":["x"]"#,
            #""type":"INTEGER","enum":[1],"minimum":1"#, #""type":"INTEGER","minimum":"x""#,
            #""type":"STRING","enum":[]"#,
        ]
    )
    func bootstrapFaults(members: String) {
        #expect(BootstrapParameters("[{\"name\":\"v\",\(members)}]").problems.count == 1)
    }

    // MARK: Values of the connection

    @Test("a connection's values stand in for what callers leave out, and win over the query's own defaults")
    func connection() throws {
        let defaults = ["v": "5", "other": "x"]
        for declaration in ["v INTEGER", "v INTEGER = 9", "v INTEGER [1..5]"] {
            let template = try Self.template(declaration).defaulting(to: defaults)
            #expect(
                try template.bind(ProvidedParameters()) == [ParameterValue(type: .integer, content: .integer(5))]
            )
            var provided = ProvidedParameters()
            try provided.add(queryString: "v=3")
            #expect(try template.bind(provided) == [ParameterValue(type: .integer, content: .integer(3))])
        }
        #expect(try Self.template("v STRING").defaulting(to: [:]).parameters == Self.template("v STRING").parameters)
    }

    @Test("a connection's value that does not fit is refused by its name", arguments: ["BOOLEAN", "INTEGER [1..4]"])
    func unfit(type: String) throws {
        let template = try Self.template("v \(type)")
        let error = #expect(throws: DatabaseError.self) { try template.defaulting(to: ["v": "5"]) }
        #expect(error?.message.contains("Parameters.v") == true)
    }
}
