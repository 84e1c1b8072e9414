import HydrogenCore
import Testing

@testable import DatabaseSubsystem

@Suite("Binding what was provided")
struct QueryTemplateBindTests {
    private let template = QueryTemplate(
        id: QueryID(12),
        name: "Customers",
        sql: ParsedSQL("SELECT * FROM c WHERE city = :city AND id = :id AND active = :active AND city <> :city"),
        parameters: [
            ParameterDeclaration(required: "id", .integer),
            ParameterDeclaration("city", .string, default: ParameterValue(type: .string, content: .text("Oslo"))),
            ParameterDeclaration("active", .boolean, default: .null(.boolean)),
        ],
        source: "test"
    )

    private func typed(_ types: [(String, ParameterType)]) -> QueryTemplate {
        QueryTemplate(
            id: QueryID(1),
            name: "",
            sql: ParsedSQL(types.map { ":\($0.0)" }.joined(separator: ",")),
            parameters: types.map { ParameterDeclaration(required: $0.0, $0.1) },
            source: "test"
        )
    }

    private func provided(_ pairs: String, _ body: String = "") throws -> ProvidedParameters {
        var parameters = ProvidedParameters()
        try parameters.add(pathSegment: pairs[...])
        try parameters.add(jsonBody: body.utf8)
        return parameters
    }

    private func fault(_ template: QueryTemplate, _ pairs: String, _ body: String = "") throws -> ParameterFault? {
        let provided = try provided(pairs, body)
        do throws(ParameterFault) {
            _ = try template.bind(provided)
            return nil
        } catch {
            return error
        }
    }

    @Test("values come in the order of the SQL's names, with defaults")
    func order() throws {
        #expect(
            try template.bind(provided("active=0&id=5")) == [
                ParameterValue(type: .string, content: .text("Oslo")),
                ParameterValue(type: .integer, content: .integer(5)),
                ParameterValue(type: .boolean, content: .boolean(false)),
            ]
        )
        #expect(try template.bind(provided("id=5"))[2] == .null(.boolean))
    }

    @Test(
        "a value that looks like SQL stays a value",
        arguments: ["' OR 1=1 --", "x'; DROP TABLE c; --", ":id", "$1", "?", "\\'", "$$"]
    )
    func injection(text: String) throws {
        let escaped = text.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let values = try template.bind(provided("id=1&city=\(escaped)"))
        #expect(values[0] == ParameterValue(type: .string, content: .text(text)))
        #expect(!template.sql.rendered(.dollar).sql.contains(text) || [":id", "$1", "?"].contains(text))
    }

    @Test(
        "JSON is taken at its word",
        arguments: [
            (.integer, "5", .integer(5)), (.integer, "-0", .integer(0)), (.float, "5", .float(5)),
            (.float, "0.5e1", .float(5)),
            (.boolean, "true", .boolean(true)), (.string, "\"x\"", .text("x")), (.text, "\"\"", .text("")),
            (.date, "\"2026-01-31\"", .text("2026-01-31")), (.time, "\"12:00:00\"", .text("12:00:00")),
            (.datetime, "\"2026-01-31 12:00:00\"", .text("2026-01-31 12:00:00")),
            (.timestamp, "\"2026-01-31T12:00:00Z\"", .text("2026-01-31T12:00:00Z")),
        ] as [(ParameterType, String, ParameterValue.Content)]
    )
    func json(type: ParameterType, literal: String, content: ParameterValue.Content) throws {
        #expect(
            try typed([("v", type)]).bind(provided("", "{\"v\":\(literal)}")) == [
                ParameterValue(type: type, content: content)
            ]
        )
        #expect(
            try typed([("v", type)]).bind(provided("", "{\"\(type.rawValue)\":{\"v\":\(literal)}}"))
                == [ParameterValue(type: type, content: content)]
        )
    }

    @Test("an explicit null binds NULL of any type, also of a required one", arguments: ParameterType.allCases)
    func null(type: ParameterType) throws {
        #expect(try typed([("v", type)]).bind(provided("", "{\"v\":null}")) == [.null(type)])
        #expect(try fault(typed([("v", type)]), "")?.kind == .missing)
    }

    @Test(
        "mismatches are said with both types",
        arguments: [
            (.integer, "\"5\"", "v(string) should be v(INTEGER)"),
            (.integer, "5.0", "v(real) should be v(INTEGER)"),
            (.integer, "5e0", "v(real) should be v(INTEGER)"),
            (.integer, "9223372036854775808", "v(integer out of range) should be v(INTEGER)"),
            (.integer, "true", "v(boolean) should be v(INTEGER)"),
            (.integer, "[1]", "v(array) should be v(INTEGER)"),
            (.integer, "{}", "v(object) should be v(INTEGER)"),
            (.float, "\"1\"", "v(string) should be v(FLOAT)"),
            (.float, "1e999", "v(real out of range) should be v(FLOAT)"),
            (.boolean, "1", "v(integer) should be v(BOOLEAN)"),
            (.boolean, "\"true\"", "v(string) should be v(BOOLEAN)"),
            (.string, "5", "v(integer) should be v(STRING)"),
            (.text, "false", "v(boolean) should be v(TEXT)"),
            (.date, "\"31.1.2026\"", "v(string) should be v(DATE); DATE is YYYY-MM-DD"),
            (.time, "\"noon\"", "v(string) should be v(TIME); TIME is HH:MM:SS"),
            (.datetime, "20260131", "v(integer) should be v(DATETIME); DATETIME is YYYY-MM-DDTHH:MM:SS"),
        ] as [(ParameterType, String, String)]
    )
    func mismatch(type: ParameterType, literal: String, message: String) throws {
        #expect(try fault(typed([("v", type)]), "", "{\"v\":\(literal)}") == ParameterFault(.typeMismatch, message))
    }

    @Test("a group must be the declared type, or one whose values all fit")
    func groups() throws {
        let integer = typed([("id", .integer)])
        #expect(try fault(integer, "", "{\"STRING\":{\"id\":\"5\"}}")?.message == "id(STRING) should be id(INTEGER)")
        #expect(try fault(integer, "", "{\"INTEGER\":{\"id\":\"5\"}}")?.message == "id(string) should be id(INTEGER)")
        #expect(try fault(typed([("x", .float)]), "", "{\"INTEGER\":{\"x\":5}}") == nil)
        #expect(try fault(typed([("x", .text)]), "", "{\"STRING\":{\"x\":\"a\"}}") == nil)
    }

    @Test(
        "every offender is named at once",
        arguments: [
            (
                "id=x&active=maybe", .typeMismatch,
                "id(string) should be id(INTEGER), active(string) should be active(BOOLEAN)"
            ),
            ("", .missing, "missing: id(INTEGER)"),
            ("id=1&x=1&y=2", .unused, "unused: x, y; query 12 takes id(INTEGER), city(STRING), active(BOOLEAN)"),
            (
                "active=maybe&x=1", .typeMismatch,
                "active(string) should be active(BOOLEAN); missing: id(INTEGER); unused: x; "
                    + "query 12 takes id(INTEGER), city(STRING), active(BOOLEAN)"
            ),
        ] as [(String, ParameterFault.Kind, String)]
    )
    func offenders(pairs: String, kind: ParameterFault.Kind, message: String) throws {
        #expect(try fault(template, pairs) == ParameterFault(kind, message))
    }

    @Test("a query without parameters says so")
    func none() throws {
        let template = QueryTemplate(id: QueryID(3), name: "", sql: ParsedSQL("SELECT 1"), source: "test")
        #expect(try template.bind(ProvidedParameters()).isEmpty)
        #expect(try fault(template, "a=1") == ParameterFault(.unused, "unused: a; query 3 takes none"))
    }

    @Test("unused parameters can be let pass")
    func ignoringUnused() throws {
        let (values, unused) = try template.bindIgnoringUnused(provided("z=1&id=5&y=2"))
        #expect(values.count == 3)
        #expect(unused == ["z", "y"])
        let incomplete = try provided("z=1")
        #expect(throws: ParameterFault(.missing, "missing: id(INTEGER)")) {
            try template.bindIgnoringUnused(incomplete)
        }
    }

    @Test("a name that nobody declared is a required STRING")
    func undeclared() {
        let template = QueryTemplate(id: QueryID(1), name: "", sql: ParsedSQL(":a :b"), source: "test")
        #expect(
            template.parameters == [
                ParameterDeclaration(required: "a", .string), ParameterDeclaration(required: "b", .string),
            ]
        )
    }

    @Test(
        "identifiers are digits alone",
        arguments: [
            ("0", 0), ("12", 12), ("007", 7), ("", nil), ("-1", nil), ("+1", nil), ("1a", nil),
            ("99999999999999999999", nil),
        ]
    )
    func identifiers(text: String, number: Int?) {
        #expect(QueryID(pathComponent: text)?.number == number)
    }
}
