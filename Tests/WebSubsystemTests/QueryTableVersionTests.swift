import DatabaseSubsystem
import HydrogenTesting
import Testing

@testable import WebSubsystem

@Suite("The version of the query table", .timeLimit(.minutes(2)))
struct QueryTableVersionTests {
    @Test(
        "every answer of who looked into the table tells it, and no other",
        arguments: [
            ("GET", "/api/query/Kiosk/9/fast", nil, 200, true),
            ("GET", "/api/query/Kiosk/1/fast/id=x", nil, 400, true),
            ("GET", "/api/query/Kiosk/9/none", nil, 404, true),
            ("GET", "/api/query/Kiosk/3/medium", nil, 405, true),
            ("GET", "/api/query/Kiosk/5/fast", nil, 503, true),
            ("GET", "/api/query/Kiosk/999/fast", nil, 404, true),
            ("GET", "/api/query/Kiosk/10/slow/count=20000", nil, 200, true),
            ("POST", "/api/query/Kiosk/3/medium", #"{"id":1,"text":null}"#, 422, true),
            ("POST", "/api/conduit/query", #"{"query_ref":9,"database":"Kiosk"}"#, 200, true),
            ("POST", "/api/conduit/query", #"{"query_ref":1,"database":"Kiosk"}"#, 400, true),
            (
                "POST", "/api/conduit/queries", #"{"database":"Kiosk","queries":[{"query_ref":9},{"query_ref":999}]}"#,
                200, true
            ),
            ("POST", "/api/conduit/queries", #"{"database":"Kiosk","queries":[]}"#, 200, false),
            ("GET", "/api/query/Nowhere/9/fast", nil, 404, false),
            ("GET", "/api/query/Broken/9/fast", nil, 503, false),
            ("GET", "/api/system/health", nil, 200, false),
        ] as [(String, String, String?, Int, Bool)]
    )
    func told(method: String, target: String, body: String?, status: Int, isTold: Bool) async throws {
        try await WebFixture.fly { fixture in
            let version = try #require(fixture.database?.table.versionText)
            #expect(version.count == 16)
            try await Wire.open(port: fixture.port) { wire in
                let response = try await wire.request(method, target, body: body)
                #expect(response.status == status)
                #expect(response.headers["x-query-table"] == (isTold ? version : nil))
                guard method == "GET" else { return }
                // HEAD is not of the fast lane.
                let other = try await wire.request("HEAD", target)
                #expect(other.headers["x-query-table"] == (isTold ? version : nil))
            }
        }
    }

    @Test("kept answers and those without a body tell it, and it is another one after a reload")
    func cached() async throws {
        try await WebFixture.fly { fixture in
            let version = fixture.database?.table.versionText
            try await Wire.open(port: fixture.port) { wire in
                var tag = ""
                for source in ["MISS", "HIT"] {
                    let response = try await wire.request("GET", "/api/query/Kiosk/11/fast")
                    #expect(response.headers["x-cache"] == source && response.headers["x-query-table"] == version)
                    tag = response.headers["etag"] ?? ""
                }
                let headers = [("If-None-Match", tag)]
                let brief = try await wire.request("GET", "/api/query/Kiosk/11/fast", headers: headers)
                #expect(brief.status == 304 && brief.headers["x-query-table"] == version)
                let queues = try await wire.request("GET", "/api/system/queues")
                #expect(queues.body.contains(#""version":"\#(version ?? "none")""#))
            }
        }
    }
}
