import HydrogenTesting
import Testing

@testable import WebSubsystem

@Suite("The most rows of a result", .timeLimit(.minutes(2)))
struct RowLimitEndpointTests {
    private static let ndjson = [("Accept", "application/x-ndjson")]
    private static let csv = [("Accept", "text/csv")]

    @Test("a result says when there was more", arguments: [1, 2, 3, 4, 100])
    func told(count: Int) async throws {
        let (rows, isTruncated) = (min(count, 3), count > 3)
        let path = "/api/query/Kiosk/17/slow/count=\(count)"
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                // The second answer is a kept one.
                for _ in 0..<2 {
                    let document = try await wire.request("GET", path)
                    #expect(
                        document.body.contains(
                            "\"row_count\":\(rows),\"column_count\":1,\(isTruncated ? "\"truncated\":true," : "")\"execution"
                        )
                    )
                    let lines = try await wire.request("GET", path, headers: Self.ndjson)
                    #expect(lines.body.split(separator: "\n").count == rows + 1)
                    #expect(lines.body.contains(#""truncated":true"#) == isTruncated)
                    let table = try await wire.request("GET", path, headers: Self.csv)
                    #expect(table.headers["x-truncated"] == (isTruncated ? "true" : nil))
                    #expect(table.headers["x-row-count"] == "\(rows)" && table.headers["x-complete"] == "true")
                }
            }
        }
    }

    @Test("the connection's limit holds where the template says nothing, and streams end there")
    func ofConnection() async throws {
        try await WebFixture.fly(databases: WebFixture.limited(to: 60_000)) { fixture in
            try await Wire.open(port: fixture.port) { wire in
                let cut = try await wire.request("GET", "/api/query/Kiosk/10/slow/count=60001")
                #expect(cut.headers["transfer-encoding"] == "chunked")
                #expect(cut.body.suffix(1000).contains(#"],"row_count":60000,"column_count":2,"truncated":true,"#))
                let whole = try await wire.request("GET", "/api/query/Kiosk/10/slow/count=60000")
                #expect(
                    whole.body.suffix(1000).contains(#""row_count":60000"#)
                        && !whole.body.suffix(1000).contains("truncated")
                )
                let own = try await wire.request("GET", "/api/query/Kiosk/18/slow/count=60001")
                #expect(
                    own.body.suffix(1000).contains(#""row_count":60001"#)
                        && !own.body.suffix(1000).contains("truncated")
                )
                let table = try await wire.request("GET", "/api/query/Kiosk/10/slow/count=60001", headers: Self.csv)
                #expect(table.headers["trailer"] == "X-Row-Count, X-Complete, X-Truncated")
                #expect(table.trailers == ["x-row-count": "60000", "x-complete": "true", "x-truncated": "true"])
                let three = try await wire.request("GET", "/api/query/Kiosk/17/slow/count=9")
                #expect(three.body.contains(#""row_count":3"#))
            }
        }
    }

    @Test("a row more, which nobody sees, is another result")
    func tags() async throws {
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                let three = try await wire.request("GET", "/api/query/Kiosk/17/slow/count=3")
                let tag = try #require(three.headers["etag"])
                let four = try await wire.request(
                    "GET",
                    "/api/query/Kiosk/17/slow/count=4",
                    headers: [("If-None-Match", tag)]
                )
                #expect(four.status == 200 && four.body.contains("truncated"))
            }
        }
    }
}
