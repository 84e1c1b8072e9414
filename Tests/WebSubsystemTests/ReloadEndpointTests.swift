import DatabaseSubsystem
import Testing

@testable import WebSubsystem

@Suite("Loading queries anew by request", .timeLimit(.minutes(2)))
struct ReloadEndpointTests {
    private static let json = [("Content-Type", "application/json")]

    @Test(
        "one database or all are reloaded, and what became of them is told",
        arguments: ["{}", #"{"database":"Kiosk"}"#]
    )
    func reloads(body: String) async throws {
        try await WebFixture.fly { fixture in
            let response = try await Wire.open(port: fixture.port) {
                try await $0.request("POST", "/api/system/reload", headers: Self.json, body: body)
            }
            let version = try #require(fixture.database?.table.versionText)
            #expect(response.status == 200 && response.body.contains(#""success":true"#))
            #expect(response.body.contains(#""database":"Kiosk""#) && response.body.contains(#""changed":false"#))
            #expect(response.body.contains(#""version":"\#(version)""#) && response.body.contains("query 5"))
        }
    }

    @Test(
        "what cannot be meant reloads nothing; a page of another site cannot ask",
        arguments: [
            (#"{"database":"Nope"}"#, json, 404, "HYD-2001"), (#"{"database":7}"#, json, 400, "HYD-2010"),
            ("", json, 400, "HYD-1005"), ("{}", [], 415, "HYD-1006"),
            ("{}", [("Content-Type", "text/plain")], 415, "HYD-1006"),
        ] as [(String, [(String, String)], Int, String)]
    )
    func refused(body: String, headers: [(String, String)], status: Int, code: String) async throws {
        try await WebFixture.fly { fixture in
            let response = try await Wire.open(port: fixture.port) {
                try await $0.request("POST", "/api/system/reload", headers: headers, body: body)
            }
            #expect(response.status == status && response.body.contains(code))
        }
    }
}
