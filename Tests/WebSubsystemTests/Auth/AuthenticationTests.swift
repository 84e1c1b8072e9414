import DatabaseSubsystem
import FoundationEssentials
import HydrogenCore
import HydrogenTesting
import Testing

@testable import WebSubsystem

/// Every endpoint, asked by every kind of caller, over both lanes.
@Suite("Authentication", .timeLimit(.minutes(2)))
struct AuthenticationTests {
    private static func api(anonymous: Bool = false) -> String {
        """
        { "Auth": { "Mode": "required", "AllowAnonymous": \(anonymous),
          "JWT": { "Algorithms": ["HS256"], "Secret": "\(TokenIssuer.secret)" },
          "APIKeys": [
            { "Name": "everything", "SHA256": "\(APIKey.digest(of: "all"))", "Scopes": ["query:*"], "Database": "Kiosk",
              "Claims": { "tenant": "7" } },
            { "Name": "one", "SHA256": "\(APIKey.digest(of: "one"))", "Scopes": ["query:Kiosk:9"] },
            { "Name": "operator", "SHA256": "\(APIKey.digest(of: "admin"))", "Scopes": ["admin"] }
          ] } }
        """
    }

    /// Who asks, and with what.
    enum Asker: String, Sendable, CaseIterable {
        case nobody, junk, everything, one, admin, token, expired

        func headers() async throws -> [(String, String)] {
            let now = Int(Authenticator.wallClock())
            switch self {
            case .nobody: return []
            case .junk: return [("X-API-Key", "junk")]
            case .everything: return [("X-API-Key", "all")]
            case .one: return [("X-API-Key", "one")]
            case .admin: return [("X-API-Key", "admin")]
            case .token:
                let token = try await TokenIssuer().token(#"{"exp":\#(now + 600),"database":"Kiosk","tenant":8}"#)
                return [("Authorization", "Bearer \(token)")]
            case .expired:
                let token = try await TokenIssuer().token(#"{"exp":\#(now - 600),"database":"Kiosk"}"#)
                return [("Authorization", "Bearer \(token)")]
            }
        }
    }

    private static let open = ["/", "/api/system/health", "/api/system/readiness"]
    private static let operators =
        ["info", "launch", "config", "recent", "queues"].map { "/api/system/\($0)" } + ["/metrics"]

    /// The status for each asker: in the order of ``Asker``.
    private static let table: [(String, [Int], [Int])] =
        // path, when everybody has to prove who it is, when anonymous callers may run public queries
        [
            ("/api/query/Kiosk/9/fast", [401, 401, 200, 200, 403, 200, 401], [200, 401, 200, 200, 200, 200, 401]),
            (
                "/api/query/Kiosk/1/fast/id=1", [401, 401, 200, 403, 403, 200, 401],
                [200, 401, 200, 200, 200, 200, 401]
            ),
            ("/api/query/Kiosk/6/fast", [401, 401, 200, 403, 403, 200, 401], [401, 401, 200, 403, 403, 200, 401]),
            ("/api/query/Kiosk/30/fast", [401, 401, 200, 403, 403, 200, 401], [401, 401, 200, 403, 403, 200, 401]),
            ("/api/query/Kiosk/999/fast", [401, 401, 404, 403, 403, 404, 401], [404, 401, 404, 404, 404, 404, 401]),
            ("/api/query/Nope/1/fast", [401, 401, 404, 403, 403, 403, 401], [404, 401, 404, 404, 404, 404, 401]),
            ("/api/conduit/status", [200, 401, 200, 200, 200, 200, 401], [200, 401, 200, 200, 200, 200, 401]),
        ] + open.map { ($0, [200, 200, 200, 200, 200, 200, 200], [200, 200, 200, 200, 200, 200, 200]) }
        + operators.map { ($0, [401, 401, 403, 403, 200, 403, 401], [401, 401, 403, 403, 200, 403, 401]) }

    @Test("who may ask what, on the event loops and on the routes", arguments: [false, true])
    func matrix(anonymous: Bool) async throws {
        try await WebFixture.fly(api: Self.api(anonymous: anonymous)) { fixture in
            try await Wire.open(port: fixture.port) { wire in
                for (asker, index) in zip(Asker.allCases, 0...) {
                    let headers = try await asker.headers()
                    for (path, strict, lenient) in Self.table {
                        let expected = (anonymous ? lenient : strict)[index]
                        // GET is answered by the fast lane, HEAD by the routes.
                        for method in ["GET", "HEAD"] {
                            let response = try await wire.request(method, path, headers: headers)
                            #expect(response.status == expected, "\(method) \(path) by \(asker.rawValue)")
                            if response.status == 401 {
                                #expect(response.headers["www-authenticate"]?.hasPrefix("Bearer") == true)
                            }
                        }
                    }
                }
            }
        }
    }

    @Test("only operators load queries anew", arguments: zip(Asker.allCases, [401, 401, 403, 403, 200, 403, 401]))
    func reload(asker: Asker, status: Int) async throws {
        try await WebFixture.fly(api: Self.api(anonymous: true)) { fixture in
            try await Wire.open(port: fixture.port) { wire in
                let headers = try await asker.headers() + [("Content-Type", "application/json")]
                let response = try await wire.request("POST", "/api/system/reload", headers: headers, body: "{}")
                #expect(response.status == status)
            }
        }
    }

    @Test("parameters that are bound to claims come from the caller, and from nobody else")
    func claims() async throws {
        try await WebFixture.fly(api: Self.api()) { fixture in
            try await Wire.open(port: fixture.port) { wire in
                let path = "/api/query/Kiosk/30/fast"
                for (asker, tenant) in [(Asker.everything, 7), (.token, 8), (.everything, 7)] {
                    let headers = try await asker.headers()
                    let response = try await wire.request("GET", path, headers: headers)
                    #expect(response.body.contains(#""rows":[{"tenant":\#(tenant),"id":0}]"#))
                    #expect(response.headers["cache-control"] == "private, max-age=60")
                    for body in [#"{"tenant":9}"#, #"{"INTEGER":{"tenant":9}}"#, #"{"tenant":null}"#] {
                        let forged = try await wire.request("POST", path, headers: headers, body: body)
                        #expect(forged.status == 400 && forged.body.contains("HYD-2014"))
                    }
                    let forged = try await wire.request("GET", path + "?tenant=9", headers: headers)
                    #expect(forged.status == 400 && forged.body.contains("HYD-2014"))
                    let body = #"{"query_ref":30,"database":"Kiosk","params":{"tenant":9}}"#
                    let conduit = try await wire.request("POST", "/api/conduit/alt_query", headers: headers, body: body)
                    #expect(conduit.status == 400 && conduit.body.contains("HYD-2014"))
                }
                let now = Int(Authenticator.wallClock())
                let token = try await TokenIssuer().token(#"{"exp":\#(now + 600),"database":"Kiosk"}"#)
                let without = try await wire.request("GET", path, headers: [("Authorization", "Bearer \(token)")])
                #expect(without.status == 403 && without.body.contains("HYD-4004") && without.body.contains("tenant"))
            }
        }
    }

    @Test("without authentication nobody gets protected queries, whatever is shown")
    func off() async throws {
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                for id in [6, 30] {
                    for headers in [[], [("X-API-Key", "all")], [("Authorization", "junk")]] {
                        let response = try await wire.request("GET", "/api/query/Kiosk/\(id)/fast", headers: headers)
                        #expect(response.status == 401 && response.body.contains("HYD-2008"))
                    }
                }
                #expect(try await wire.request("GET", "/api/query/Kiosk/9/fast").status == 200)
            }
        }
    }

    @Test("where callers prove nothing, pages of other sites cannot POST, and nothing happens")
    func otherSites() async throws {
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                let requests: [(String, String, Int)] = [
                    ("/api/query/Kiosk/3/fast?id=1&text=x", "cross-site", 403),
                    ("/api/conduit/query", "cross-site", 403),
                    ("/api/system/reload", "cross-site", 403),
                    ("/api/query/Kiosk/3/fast?id=2&text=x", "same-origin", 200),
                ]
                for (path, site, status) in requests {
                    let headers = [("Sec-Fetch-Site", site)]
                    let response = try await Wire.open(port: fixture.port) {
                        try await $0.request("POST", path, headers: headers, body: "")
                    }
                    #expect(response.status == status, "\(path)")
                }
                #expect(try await wire.request("GET", "/api/query/Kiosk/11/fast").body.contains(#""n":1}"#))
            }
        }
    }

    @Test("neither a key nor a token, nor the secret, is in any log or endpoint")
    func secrecy() async throws {
        try await WebFixture.fly(api: Self.api()) { fixture in
            try await Wire.open(port: fixture.port) { wire in
                let token = try await Asker.token.headers()
                let expired = try await Asker.expired.headers()
                for headers in [token, expired, [("X-API-Key", "a-key-that-is-not-known")]] {
                    _ = try await wire.request("GET", "/api/query/Kiosk/9/fast", headers: headers)
                }
                let secrets = [token[0].1, expired[0].1, TokenIssuer.secret, "a-key-that-is-not-known"]
                for path in Self.operators {
                    let body = try await wire.request("GET", path, headers: [("X-API-Key", "admin")]).body
                    for secret in secrets { #expect(!body.contains(secret)) }
                }
                for line in fixture.captured.lines() { for secret in secrets { #expect(!line.contains(secret)) } }
            }
        }
    }

    @Test(
        "the conduit's endpoints for callers who are known",
        arguments: [
            ("auth_query", Asker.nobody, #"{"query_ref":9}"#, 401, "Authentication required - "),
            ("auth_query", .junk, #"{"query_ref":9}"#, 401, "Invalid API key"),
            ("auth_query", .expired, #"{"query_ref":9}"#, 401, "JWT token has expired"),
            ("auth_query", .one, #"{"query_ref":9}"#, 401, "Missing database claim"),
            ("auth_query", .token, #"{"query_ref":6}"#, 200, #""rows":[{"one":1}]"#),
            ("auth_query", .token, #"{"query_ref":30}"#, 200, #""tenant":8"#),
            ("auth_query", .token, #"{"query_ref":999}"#, 200, #""success":"fail""#),
            ("auth_query", .everything, #"{"query_ref":6}"#, 200, #""rows":[{"one":1}]"#),
            ("auth_query", .token, "", 400, "Missing request body"),
            ("auth_queries", .nobody, #"{"queries":[{"query_ref":9}]}"#, 401, "Authentication required - "),
            ("auth_queries", .token, #"{"queries":[{"query_ref":6},{"query_ref":30}]}"#, 200, #""success":true"#),
            ("alt_query", .nobody, #"{"query_ref":9,"database":"Kiosk"}"#, 401, "Authentication required - "),
            ("alt_query", .token, #"{"query_ref":9}"#, 400, "Missing or invalid database"),
            ("alt_query", .everything, #"{"query_ref":6,"database":"Kiosk"}"#, 200, #""rows":[{"one":1}]"#),
            ("alt_query", .one, #"{"query_ref":9,"database":"Kiosk"}"#, 200, #""rows":[{"one":1}]"#),
            ("alt_query", .one, #"{"query_ref":6,"database":"Kiosk"}"#, 403, "HYD-4002"),
            ("alt_query", .one, #"{"query_ref":6,"database":"Other"}"#, 403, "HYD-4002"),
            ("alt_queries", .everything, #"{"database":"Kiosk","queries":[{"query_ref":6}]}"#, 200, #""success":true"#),
            (
                "alt_queries", .one, #"{"database":"Kiosk","queries":[{"query_ref":9},{"query_ref":6}]}"#, 403,
                "HYD-4002"
            ),
            ("query", .nobody, #"{"query_ref":9,"database":"Kiosk"}"#, 401, "HYD-2008"),
            ("query", .everything, #"{"query_ref":6,"database":"Kiosk"}"#, 200, #""success":"fail""#),
        ] as [(String, Asker, String, Int, String)]
    )
    func conduit(endpoint: String, asker: Asker, body: String, status: Int, words: String) async throws {
        try await WebFixture.fly(api: Self.api()) { fixture in
            try await Wire.open(port: fixture.port) { wire in
                let headers = try await asker.headers()
                let response = try await wire.request("POST", "/api/conduit/\(endpoint)", headers: headers, body: body)
                #expect(response.status == status, "\(response.body)")
                #expect(response.body.contains(words), "\(response.body)")
            }
        }
    }

    @Test("the token of alt_query may stand in the body")
    func tokenInBody() async throws {
        try await WebFixture.fly(api: Self.api()) { fixture in
            try await Wire.open(port: fixture.port) { wire in
                let token = try await Asker.token.headers()[0].1.dropFirst("Bearer ".count)
                let body = #"{"query_ref":6,"database":"Kiosk","token":"\#(token)"}"#
                let response = try await wire.request("POST", "/api/conduit/alt_query", body: body)
                #expect(response.status == 200 && response.body.contains(#""rows":[{"one":1}]"#))
                for other in ["auth_query", "query"] {
                    #expect(try await wire.request("POST", "/api/conduit/\(other)", body: body).status == 401)
                }
            }
        }
    }

    @Test("the status tells known callers more of the databases that they may use")
    func status() async throws {
        try await WebFixture.fly(api: Self.api()) { fixture in
            try await Wire.open(port: fixture.port) { wire in
                let path = "/api/conduit/status"
                let brief = try await wire.request("GET", path).body
                #expect(!brief.contains("query_cache_entries"))
                let full = try await wire.request("GET", path, headers: Asker.token.headers()).body
                #expect(
                    full.contains(#""migration_status":"completed""#) && full.contains(#""query_cache_entries":22"#)
                )
                #expect(full.contains(#""dqm_statistics":[{"#))
            }
        }
    }
}
