import HydrogenCore
import Testing

@testable import DatabaseSubsystem

@Suite("A bootstrap of a host")
struct BootstrapHostsTests {
    private static func connection(_ name: String, _ bootstrap: String? = nil, enabled: Bool = true) -> String {
        let more = bootstrap.map { ", \"Bootstrap\": {\($0)}" } ?? ""
        return
            "{ \"Name\": \"\(name)\", \"Engine\": \"sqlite\", \"Database\": \":memory:\", \"Enabled\": \(enabled)\(more) }"
    }

    private static func host(_ name: String) -> String { #""Host": "\#(name)", "QueryID": 9"# }

    private func faults(_ connections: [String]) throws -> [String] {
        let text = "{ \"Databases\": { \"Connections\": [\n\(connections.joined(separator: ",\n"))\n] } }"
        let document = try ConfigurationDocument(
            parsing: Array(text.utf8),
            file: "f",
            files: .builtIn([:]),
            environment: [:]
        )
        do throws(ConfigurationFaults) {
            _ = try document.decode(section: "Databases", DatabasesConfiguration.init)
            return []
        } catch {
            return error.faults.map(\.description)
        }
    }

    @Test(
        "what it names wrongly is a fault at its place",
        arguments: [
            ([connection("A", host("B")), connection("B")], []),
            ([connection("A", host("B")), connection("B", host("C")), connection("C")], []),
            (
                [connection("Shop", host("Mastr")), connection("Master")],
                [#"expected the Name of another connection, got "Mastr" (did you mean "Master"?)"#]
            ),
            ([connection("A", host("A"))], [#"expected another connection than this one, got "A""#]),
            (
                [connection("A", host("B")), connection("B", host("A"))],
                ["expected hosts that do not need each other, got A -> B -> A"]
            ),
            (
                [connection("X", host("A")), connection("A", host("B")), connection("B", host("A"))],
                ["expected hosts that do not need each other, got A -> B -> A"]
            ),
            (
                [connection("A", host("B")), connection("B", enabled: false)],
                [#"expected a connection that is enabled, got "B", whose Enabled is false"#]
            ),
            ([connection("A", host("B"), enabled: false), connection("B", enabled: false)], []),
            (
                [connection("A", #""SQL": "SELECT 1", "QueryID": 1, "Params": {}"#)],
                ["QueryID: expected Host beside it, got no Host", "Params: expected Host beside it, got no Host"]
            ),
            (
                [connection("A", #""SQL": "SELECT 1", "# + host("B")), connection("B")],
                ["Host: expected either SQL or Host, got both"]
            ),
            ([connection("A", "")], ["SQL: expected text of 1..1048576 characters, got nothing"]),
            (
                [connection("A", #""Host": "B""#), connection("B")],
                ["QueryID: expected integer 0..9007199254740991, got nothing"]
            ),
            (
                [connection("A", host("B") + #", "Params": { "a b": 1, "c": [] }"#), connection("B")],
                [#"Params: expected parameters as a call would give them, got "a b" should be letters"#, "Params.c: "]
            ),
            (
                [connection("A", host("B") + #", "Params": { "a": { "b": 1 } }"#), connection("B")],
                [#"got "a" should be a type, as it holds an object"#]
            ),
        ]
    )
    func faults(connections: [String], expected: [String]) throws {
        let faults = try faults(connections)
        #expect(faults.count == expected.count, "\(faults)")
        for (fault, expected) in zip(faults, expected) {
            #expect(fault.contains(expected), "\(fault)")
            #expect(fault.hasPrefix("f:"))
        }
    }

    @Test("its parameters are bound as those of a call")
    func parameters() throws {
        let text = """
            { "Connections": [ \(Self.connection("B")), \(Self.connection(
                "A",
                Self.host("B") + #", "Params": { "app": 42, "on": true, "no": null, "INTEGER": { "n": 7 } }"#
            )) ] }
            """
        let document = try ConfigurationDocument(
            parsing: Array("{ \"Databases\": \(text) }".utf8),
            file: "f",
            files: .builtIn([:]),
            environment: [:]
        )
        let databases = try document.decode(section: "Databases", DatabasesConfiguration.init).value
        let query = try #require(databases.connections[1].queries.host)
        let template = QueryTemplate(
            id: query.id,
            name: "q",
            sql: ParsedSQL("SELECT :app, :on, :no, :n"),
            parameters: [
                ParameterDeclaration(required: "app", .string), ParameterDeclaration(required: "on", .boolean),
                ParameterDeclaration(required: "no", .date), ParameterDeclaration(required: "n", .integer),
            ],
            source: "test"
        )
        #expect(
            try template.bind(query.parameters).map(\.content) == [.text("42"), .boolean(true), .null, .integer(7)]
        )
    }
}
