import HydrogenTesting
import Testing

@testable import WebSubsystem

@Suite("Pages over HTTP", .timeLimit(.minutes(2)))
struct PagingEndpointTests {
    private static let path = "/api/query/Kiosk/19/slow"
    private static let csv = [("Accept", "text/csv")]

    /// The target of a header `Link`.
    private static func target(_ link: String?) -> String? {
        link?.firstMatch(of: /^<([^>]*)>; rel="next"$/).map { String($0.1) }
    }

    @Test("a truncated answer says how to ask for the next page, whole and streamed", arguments: ["fast", "slow"])
    func next(queue: String) async throws {
        let path = "/api/query/Kiosk/19/\(queue)"
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                let tail =
                    #"],"row_count":20000,"column_count":2,"truncated":true,"next":{"after":20000},"execution_time_ms""#
                let body = #"{"count":30000}"#
                let posted = try await wire.request("POST", path, body: body)
                #expect(posted.body.suffix(1000).contains(tail) && posted.headers["link"] == nil)
                let got = try await wire.request("GET", "\(path)?count=30000")
                #expect(got.body.suffix(1000).contains(tail))
                #expect((got.headers["link"] != nil) == (queue == "fast"))
                let rest = try await wire.request("GET", "\(path)?count=30000&after=20000")
                #expect(rest.body.suffix(1000).contains(#""row_count":10000,"column_count":2,"execution_time_ms""#))
                #expect(rest.headers["link"] == nil)
            }
        }
    }

    @Test(
        "Link leads on with the parameters of the call, wherever they stood",
        arguments: [
            ("/count%3D20001%26word%3Da%20b", "?count=20001&word=a%20b&after=20000"),
            ("?word=a+b&after=0&count=20001", "?word=a%20b&count=20001&after=20000"),
            ("/count=20001?word=%2B", "?count=20001&word=%2B&after=20000"),
            ("/%7B%22count%22:20001,%22word%22:%22%C3%BC%22%7D", "?count=20001&word=%C3%BC&after=20000"),
        ]
    )
    func link(parameters: String, query: String) async throws {
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                let queue = "/api/query/Kiosk/19/fast"
                for method in ["GET", "HEAD"] {
                    let response = try await wire.request(method, queue + parameters)
                    #expect(response.status == 200)
                    // SQLite's fast queue streams nothing.
                    #expect(Self.target(response.headers["link"]) == queue + query)
                }
                let table = try await wire.request("GET", Self.path + parameters, headers: Self.csv)
                #expect(Self.target(table.trailers["link"] ?? table.headers["link"]) == Self.path + query)
                let last = try await wire.request("GET", queue + query)
                #expect(last.body.contains(#""row_count":1,"#) && last.headers["link"] == nil)
            }
        }
    }
}
