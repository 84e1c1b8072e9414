import HydrogenCore
import NIOCore
import Testing

@testable import DatabaseSubsystem
@testable import WebSubsystem

/// Whatever a value says, it is a value: through every way in and every type, on every engine that is there.
@Suite("Injection", .timeLimit(.minutes(4)))
struct InjectionTests {
    /// The database of a test, and how it writes a text as a literal.
    struct Target: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let databases: String

        static let there: [Target] =
            [Target(testDescription: "SQLite", databases: WebFixture.echoes)]
            + (FormatEndpointTests.postgreSQL.map { url in
                [Target(testDescription: "PostgreSQL", databases: WebFixture.postgreSQL(url, queries: "echoes"))]
            } ?? [])
    }

    /// The ways in which a value comes.
    private static let ways: [@Sendable (Int, String) -> (String, String, String?)] = [
        { ("GET", "/api/query/Kiosk/\($0)/slow/v=\(encoded($1))", nil) },
        { ("GET", "/api/query/Kiosk/\($0)/slow?v=\(encoded($1))", nil) },
        { ("POST", "/api/query/Kiosk/\($0)/slow", "{\"v\":\($1.jsonQuoted)}") },
        { ("GET", "/api/query/Kiosk/\($0)/slow/\(encoded("{\"v\":\($1.jsonQuoted)}"))", nil) },
        {
            (
                "POST", "/api/conduit/query",
                "{\"query_ref\":\($0),\"database\":\"Kiosk\",\"params\":{\"v\":\($1.jsonQuoted)}}"
            )
        },
    ]

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "%0\(digits)" : "%\(digits)"
        }.joined()
    }

    /// What the engine makes of the text as a literal of its own SQL, without any parameter.
    private static func literal(_ text: String, on database: Database) async throws -> String {
        // By scalars: an apostrophe with a combining mark behind it is one character, and another one.
        let literal = text.unicodeScalars.map { $0 == "'" ? "''" : String($0) }.joined()
        let statement = EngineStatement(
            sql: "SELECT '\(literal)' AS v, 0 AS n",
            parameterOrder: []
        )
        let query = PreparedQuery(
            QueryTemplate(id: QueryID(1), name: "", sql: ParsedSQL(""), source: ""),
            DescribedStatement(statement, facts: StatementFacts(columns: [], isReadOnly: true)),
            database: "Kiosk",
            metrics: MetricsRegistry()
        )
        let answer = try await database.run(query, values: [], queue: .slow, timeLimit: .seconds(30))
        return String(buffer: answer.rows.body)
    }

    @Test("texts come back as the engine's own literal of them", arguments: Target.there)
    func texts(target: Target) async throws {
        #expect(InjectionCorpus.all.count >= 1000)
        try await WebFixture.fly(databases: target.databases) { fixture in
            let database = try #require(fixture.database)
            try await Wire.open(port: fixture.port) { wire in
                for (index, text) in InjectionCorpus.all.enumerated() {
                    let expected = try await Self.literal(text, on: database)
                    for (type, way) in [(40, index % Self.ways.count), (41, (index + 2) % Self.ways.count)] {
                        let (method, path, body) = Self.ways[way](type, text)
                        let response = try await wire.request(method, path, body: body)
                        #expect(
                            response.status == 200,
                            "\(text.debugDescription) by \(method) \(path): \(response.body)"
                        )
                        #expect(
                            response.body.contains("\"rows\":\(expected),"),
                            "\(text.debugDescription) by way \(way)"
                        )
                    }
                }
            }
        }
    }

    @Test(
        "of other types a text is a value, and then the same value for the engine, or nothing reaches the database",
        arguments: Target.there
    )
    func otherTypes(target: Target) async throws {
        try await WebFixture.fly(databases: target.databases) { fixture in
            let types: [(Int, ParameterType)] = [
                (42, .integer), (43, .float), (44, .boolean), (45, .date), (46, .time), (47, .datetime),
                (48, .timestamp),
            ]
            var taken = 0
            try await Wire.open(port: fixture.port) { wire in
                for text in InjectionCorpus.all {
                    for (id, type) in types {
                        let before = fixture.statistics.processed
                        let (method, path, body) = Self.ways[1](id, text)
                        let response = try await wire.request(method, path, body: body)
                        if let value = ParameterValue(text: text, type: type) {
                            taken += 1
                            #expect(response.status == 200, "\(text.debugDescription) as \(type): \(response.body)")
                            #expect(response.body.contains(",\"n\":0}]"), "\(value)")
                        } else {
                            #expect(
                                response.status == 400 && response.body.contains("HYD-2003"),
                                "\(text.debugDescription) as \(type)"
                            )
                            #expect(fixture.statistics.processed == before)
                        }
                    }
                }
            }
            #expect(taken > 10)
        }
    }
}
