import HydrogenCore
import NIOCore
import Testing

@testable import DatabaseSubsystem

@Suite("How the next page is asked for")
struct PageRuleTests {
    private static let parameters = [
        ParameterDeclaration(required: "after", .integer), ParameterDeclaration(required: "day", .date),
        ParameterDeclaration(required: "word", .string),
    ]

    private func rule(_ text: String) throws -> PageRule {
        try PageRule(text, of: Self.parameters, place: "f:1:1")
    }

    @Test(
        "parameters get the values of columns, or of the number of rows",
        arguments: [
            ("after=id", [("after", .column("id"))]),
            (" day = the day , after=id ", [("day", .column("the day")), ("after", .column("id"))]),
            ("after=+rows", [("after", .rowCount)]), ("after = +rows", [("after", .rowCount)]),
            ("word=+ROWS", [("word", .column("+ROWS"))]), ("word=a=b", [("word", .column("a=b"))]),
        ] as [(String, [(String, PageRule.Source)])]
    )
    func read(text: String, steps: [(String, PageRule.Source)]) throws {
        #expect(try rule(text).steps == steps.map { PageRule.Step(parameter: $0.0, source: $0.1) })
    }

    @Test(
        "a fault has its place",
        arguments: [
            ("after", 0, "PARAMETER=COLUMN or PARAMETER=+rows", "\"after\""),
            ("after=", 0, "PARAMETER=COLUMN or PARAMETER=+rows", "\"after=\""),
            ("after=id,", 9, "PARAMETER=COLUMN or PARAMETER=+rows", "nothing"),
            ("after=id, befor=id", 10, "one of the parameters after, day, word", "\"befor\""),
            ("after=id, after=day", 10, "each parameter once", "after a second time"),
            ("word=+rows", 0, "an INTEGER for +rows", "STRING"),
            ("after=+rows, day=day", 0, "+rows alone", "\"after=+rows, day=day\""),
        ]
    )
    func fault(text: String, offset: Int, expected: String, got: String) {
        #expect(throws: PageRule.Fault(offset: offset, expected: expected, got: got)) { try rule(text) }
    }

    @Test(
        "a query must have the columns, a limit, and nothing to write",
        arguments: [
            (["id"], true, true, nil),
            (["a", "b"], true, true, "page (f:1:1): the result has no column \"id\"; it has a, b"),
            (["id"], false, true, "page (f:1:1): a query that writes has no pages"),
            (["id"], true, false, "page (f:1:1): nothing limits a page: set max_rows, or MaxRows of the connection"),
        ] as [([String], Bool, Bool, String?)]
    )
    func check(columns: [String], isReadOnly: Bool, isLimited: Bool, message: String?) throws {
        let facts = StatementFacts(
            columns: columns.map { StatementFacts.Column(name: $0, type: nil) },
            isReadOnly: isReadOnly
        )
        let rule = try rule("after=id")
        var found: String?
        do throws(DatabaseError) { try rule.check(facts, isLimited: isLimited) } catch { found = error.message }
        #expect(found == message)
    }

    @Test("the next page keeps what the caller sent, as a URL can say it")
    func queryString() throws {
        let page = NextPage(parameters: [
            NextPage.Parameter(name: "after", value: .number("42")),
            NextPage.Parameter(name: "word", value: .string("a b+c/ü&")),
        ])
        #expect(page.json == #"{"after":42,"word":"a b+c/ü&"}"#)
        var provided = ProvidedParameters()
        try provided.add(queryString: "after=1&name=x%3Dy&flag=")
        #expect(provided.queryString(for: page) == "name=x%3Dy&flag=&after=42&word=a%20b%2Bc%2F%C3%BC%26")
        var nothing = ProvidedParameters()
        try nothing.add(jsonBody: Array(#"{"name": null}"#.utf8))
        #expect(nothing.queryString(for: page) == nil)
    }
}
