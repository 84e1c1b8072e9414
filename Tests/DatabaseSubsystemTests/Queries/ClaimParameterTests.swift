import HydrogenCore
import Testing

@testable import DatabaseSubsystem

@Suite("Parameters that are bound to claims")
struct ClaimParameterTests {
    private static func template(_ parameters: String) throws -> QueryTemplate {
        let list = ParameterList(parameters)
        #expect(list.problems.isEmpty)
        return QueryTemplate(
            id: QueryID(1),
            name: "Test",
            sql: ParsedSQL("SELECT :tenant, :id"),
            parameters: list.items.map(\.declaration),
            source: "test"
        )
    }

    private static func claims(_ json: String) throws -> CallerClaims {
        guard case .object(let members) = try JSONParser(options: .strict).parse(Array(json.utf8)).value else {
            return .none
        }
        return CallerClaims(Dictionary(members.map { ($0.name, $0.node.value) }) { first, _ in first })
    }

    @Test(
        "a claim is bound when it is a value of the type, as JSON or as text",
        arguments: [
            ("INTEGER", #"{"t":7}"#, .integer(7)), ("INTEGER", #"{"t":"7"}"#, .integer(7)),
            ("STRING", #"{"t":"x'; DROP"}"#, .text("x'; DROP")), ("STRING", #"{"t":7.50}"#, .text("7.50")),
            ("STRING", #"{"t":true}"#, .text("true")), ("BOOLEAN", #"{"t":false}"#, .boolean(false)),
            ("DATE", #"{"t":"2026-01-31"}"#, .text("2026-01-31")), ("INTEGER", "{}", nil),
            ("STRING", #"{"t":"7\u0000"}"#, nil),
            ("INTEGER", #"{"t":null}"#, nil), ("INTEGER", #"{"t":7.5}"#, nil), ("INTEGER", #"{"t":[7]}"#, nil),
            ("STRING", #"{"t":{}}"#, nil), ("DATE", #"{"t":"2026-02-30"}"#, nil),
        ] as [(String, String, ParameterValue.Content?)]
    )
    func bound(type: String, json: String, content: ParameterValue.Content?) throws {
        let template = try Self.template("tenant \(type) = claim:t, id INTEGER = 5")
        #expect(template.isBoundToClaims)
        let claims = try Self.claims(json)
        guard let content else {
            let fault = #expect(throws: ParameterFault.self) { try template.bind(ProvidedParameters(), claims: claims) }
            #expect(fault?.kind == .claimMissing && fault?.message.contains("t(\(type))") == true)
            return
        }
        #expect(try template.bind(ProvidedParameters(), claims: claims).first?.content == content)
    }

    @Test("the rules of a parameter hold for its claim")
    func rules() throws {
        let template = try Self.template("tenant INTEGER [1..9] = claim:t, id INTEGER = 5")
        #expect(throws: Never.self) { try template.bind(ProvidedParameters(), claims: Self.claims(#"{"t":9}"#)) }
        let fault = #expect(throws: ParameterFault.self) {
            try template.bind(ProvidedParameters(), claims: Self.claims(#"{"t":10}"#))
        }
        #expect(fault?.kind == .claimMissing)
    }

    @Test(
        "a caller cannot give it, in any form, though it has the claim",
        arguments: [#"{"tenant":1}"#, #"{"tenant":null}"#, #"{"INTEGER":{"tenant":1}}"#]
    )
    func forged(body: String) throws {
        let template = try Self.template("tenant INTEGER = claim:t, id INTEGER = 5")
        var provided = ProvidedParameters()
        try provided.add(jsonBody: Array(body.utf8))
        let claims = try Self.claims(#"{"t":7}"#)
        let first = #expect(throws: ParameterFault.self) { try template.bind(provided, claims: claims) }
        let second = #expect(throws: ParameterFault.self) { try template.bindIgnoringUnused(provided, claims: claims) }
        #expect(first?.kind == .bound && second?.kind == .bound)
    }

    @Test("a connection's own values do not replace a claim")
    func connectionValues() throws {
        let template = try Self.template("tenant INTEGER = claim:t, id INTEGER").defaulting(to: [
            "tenant": "1", "id": "2",
        ])
        #expect(throws: ParameterFault.self) { try template.bind(ProvidedParameters()) }
        #expect(
            try template.bind(ProvidedParameters(), claims: Self.claims(#"{"t":7}"#)).map(\.content) == [
                .integer(7), .integer(2),
            ]
        )
    }

    @Test("what is no claim's name is a fault of the declaration", arguments: ["claim:", "claim:a b", "claim:[x]"])
    func declarations(text: String) {
        #expect(ParameterList("tenant INTEGER = \(text)").problems.count == 1)
    }

    @Test("a bootstrap's JSON names the claim")
    func json() {
        let good = BootstrapParameters(#"[{"name":"tenant","type":"INTEGER","claim":"t","minimum":1}]"#)
        #expect(good.problems.isEmpty && good.declarations.first?.claim == "t" && good.declarations.first?.rule != nil)
        for bad in [
            #"[{"name":"a","type":"STRING","claim":7}]"#, #"[{"name":"a","type":"STRING","claim":"t","default":"x"}]"#,
        ] {
            #expect(BootstrapParameters(bad).problems.count == 1)
        }
    }
}
