import DatabaseSubsystem
import HydrogenTesting
import Testing

@testable import WebSubsystem

/// What clients of the original server find when something goes wrong: its table, row by row.
@Suite("Errors of the conduit", .timeLimit(.minutes(2)))
struct ConduitErrorTests {
    /// A row of the table.
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var method = "POST"
        var endpoint = "query"
        var headers: [(String, String)] = []
        let body: String
        let status: Int
        /// Parts of the body.
        let words: [String]
    }

    private static func batch(_ queries: String) -> String { #"{"database":"Kiosk","queries":[\#(queries)]}"# }

    @Test(
        "each has its status and its words",
        arguments: [
            Row(
                testDescription: "wrong method",
                method: "GET",
                body: "",
                status: 405,
                words: [#""error":"Method not allowed""#, #""message":""#]
            ),
            Row(testDescription: "empty body", body: "", status: 400, words: [#""error":"Missing request body""#]),
            Row(testDescription: "bad JSON", body: "{]", status: 400, words: [#""error":"Invalid JSON""#]),
            Row(
                testDescription: "no query_ref",
                body: #"{"database":"Kiosk"}"#,
                status: 400,
                words: [#""error":"Missing or invalid query_ref""#]
            ),
            Row(
                testDescription: "no database",
                body: #"{"query_ref":1}"#,
                status: 400,
                words: [#""error":"Missing or invalid database""#]
            ),
            Row(
                testDescription: "batch without database",
                endpoint: "queries",
                body: #"{"queries":[]}"#,
                status: 400,
                words: [#""error":"Missing required parameter: database""#]
            ),
            Row(
                testDescription: "batch without queries",
                endpoint: "queries",
                body: #"{"database":"Kiosk"}"#,
                status: 400,
                words: [#""error":"Missing required parameter: queries""#]
            ),
            Row(
                testDescription: "unknown database",
                body: #"{"query_ref":1,"database":"Nope"}"#,
                status: 404,
                words: [#""error":"Database not found""#, #""error_code":1002"#]
            ),
            Row(
                testDescription: "unknown database of a batch",
                endpoint: "queries",
                body: #"{"database":"Nope","queries":[{"query_ref":1}]}"#,
                status: 400,
                words: [#""error":"Invalid database""#]
            ),
            Row(
                testDescription: "unknown reference",
                body: #"{"query_ref":999,"database":"Kiosk"}"#,
                status: 200,
                words: [#"{"success":"fail","#, #""rows":[]"#, #""message":"queryref not found or not public""#]
            ),
            Row(
                testDescription: "protected reference",
                body: #"{"query_ref":6,"database":"Kiosk"}"#,
                status: 200,
                words: [#"{"success":"fail","#, #""rows":[]"#, #""message":"queryref not found or not public""#]
            ),
            Row(
                testDescription: "type mismatch",
                body: #"{"query_ref":1,"database":"Kiosk","params":{"INTEGER":{"id":"x"}}}"#,
                status: 400,
                words: [#""error":"Parameter type mismatch""#, #""message":"id(string) should be id(INTEGER)""#]
            ),
            Row(
                testDescription: "missing parameter",
                body: #"{"query_ref":1,"database":"Kiosk"}"#,
                status: 400,
                words: [#""error":"Missing parameters""#, "id"]
            ),
            Row(
                testDescription: "unused parameter",
                body: #"{"query_ref":9,"database":"Kiosk","params":{"INTEGER":{"x":1}}}"#,
                status: 200,
                words: [#""success":true"#, #""message":"Unused parameters: x""#]
            ),
            Row(
                testDescription: "timeout",
                body: #"{"query_ref":8,"database":"Kiosk"}"#,
                status: 408,
                words: [#""error":"Query execution timeout""#, #""timeout_seconds":1"#]
            ),
            Row(
                testDescription: "SQL error with text",
                body: #"{"query_ref":31,"database":"Kiosk","params":{"word":"x"}}"#,
                status: 422,
                words: [#""error":"Database error""#, "not this word"]
            ),
            Row(
                testDescription: "SQL error without text",
                body: #"{"query_ref":31,"database":"Kiosk"}"#,
                status: 400,
                words: [#""error":"Query execution failed""#]
            ),
            Row(
                testDescription: "empty batch",
                endpoint: "queries",
                body: batch(""),
                status: 200,
                words: [#""success":false"#, #""error":"Queries array cannot be empty""#]
            ),
            Row(
                testDescription: "duplicate in a batch",
                endpoint: "queries",
                body: batch(#"{"query_ref":9},{"query_ref":9}"#),
                status: 200,
                words: [#""rows":[{"one":1}]"#, #""error":"Duplicate query""#]
            ),
            Row(
                testDescription: "batch above the limit",
                endpoint: "queries",
                body: batch((1...11).map { #"{"query_ref":1,"params":{"id":\#($0)}}"# }.joined(separator: ",")),
                status: 429,
                words: [#""rows":[{"id":10}]"#, #""error":"Rate limit exceeded""#, "at most 10 queries"]
            ),
            Row(
                testDescription: "429 before 400",
                endpoint: "queries",
                body: batch((1...11).map { #"{"query_ref":1,"params":{"idd":\#($0)}}"# }.joined(separator: ",")),
                status: 429,
                words: [#""error":"Missing parameters""#]
            ),
            Row(
                testDescription: "400 before 422",
                endpoint: "queries",
                body: batch(#"{"query_ref":31,"params":{"word":"x"}},{"query_ref":1}"#),
                status: 400,
                words: [#""error":"Database error""#, #""error":"Missing parameters""#]
            ),
            Row(
                testDescription: "422 before 200",
                endpoint: "queries",
                body: batch(#"{"query_ref":31,"params":{"word":"x"}},{"query_ref":9}"#),
                status: 422,
                words: [#""error":"Database error""#, #""rows":[{"one":1}]"#]
            ),
            Row(
                testDescription: "no token",
                endpoint: "auth_query",
                body: #"{"query_ref":9}"#,
                status: 401,
                words: [#""error":"Authentication required - "#]
            ),
            Row(
                testDescription: "malformed header",
                endpoint: "auth_query",
                headers: [("Authorization", "Token x")],
                body: #"{"query_ref":9}"#,
                status: 401,
                words: [#""error":"Invalid Authorization header""#]
            ),
        ]
    )
    func rows(_ row: Row) async throws {
        let api =
            row.endpoint.hasPrefix("auth")
            ? #"{"Auth":{"Mode":"required","JWT":{"Algorithms":["HS256"],"Secret":"\#(TokenIssuer.secret)"}}}"# : "{}"
        try await WebFixture.fly(api: api) { fixture in
            let response = try await Wire.open(port: fixture.port) {
                try await $0.request(row.method, "/api/conduit/\(row.endpoint)", headers: row.headers, body: row.body)
            }
            #expect(response.status == row.status, "\(response.body)")
            for word in row.words { #expect(response.body.contains(word), "\(response.body)") }
        }
    }

    @Test(
        "tokens are refused in the original's words",
        arguments: [
            (#"{"alg":"HS256"}"#, #"{"exp":1}"#, TokenSettings.Algorithm.hs256, "JWT token has expired"),
            (#"{"alg":"HS256"}"#, #"{"exp":4000000000,"jti":"gone"}"#, .hs256, "JWT token has been revoked"),
            (#"{"alg":"HS256"}"#, #"{"exp":4000000000}"#, .rs256, "Invalid JWT signature"),
            ("{", #"{"exp":4000000000}"#, .hs256, "Invalid JWT format"),
            (#"{"alg":"none"}"#, #"{"exp":4000000000}"#, .hs256, "Invalid or expired JWT token"),
            (#"{"alg":"HS256"}"#, #"{"exp":4000000000}"#, .hs256, "Missing database claim"),
            (#"{"alg":"HS256"}"#, #"{"exp":4000000000,"database":""}"#, .hs256, "Missing database claim"),
        ] as [(String, String, TokenSettings.Algorithm, String)]
    )
    func tokens(header: String, payload: String, algorithm: TokenSettings.Algorithm, title: String) async throws {
        let folder = try TemporaryFile("gone\n")
        defer { folder.remove() }
        let api = """
            {"Auth":{"Mode":"required","JWT":{"Algorithms":["HS256"],"Secret":"\(TokenIssuer.secret)",
            "RevocationFile":"\(folder.path)"}}}
            """
        try await WebFixture.fly(api: api) { fixture in
            let token = try await TokenIssuer().token(header: header, payload: payload, signedWith: algorithm)
            let response = try await Wire.open(port: fixture.port) {
                try await $0.request(
                    "POST",
                    "/api/conduit/auth_query",
                    headers: [("Authorization", "Bearer \(token)")],
                    body: #"{"query_ref":9}"#
                )
            }
            #expect(response.status == 401 && response.body.contains(#""error":"\#(title)""#), "\(response.body)")
        }
    }

    @Test(
        "a queue that takes nothing says so with 503, where the original said 500: another try makes sense",
        arguments: [
            (DatabaseError.Code.unavailable, "No suitable queue available"), (.queueFull, "Failed to submit query"),
        ]
    )
    func noQueue(code: DatabaseError.Code, title: String) {
        let error = WebError(DatabaseError(code, "no", retryAfter: .seconds(2))).inConduit()
        #expect(error.status == 503 && error.title == title && error.retryAfterSeconds == 2)
    }
}
