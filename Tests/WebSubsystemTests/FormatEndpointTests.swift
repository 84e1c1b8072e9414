import DatabaseSubsystem
import Foundation
import HydrogenTesting
import Testing

@testable import WebSubsystem

@Suite("Results as JSON, NDJSON and CSV", .timeLimit(.minutes(2)))
struct FormatEndpointTests {
    private static let ndjson = [("Accept", "application/x-ndjson")]
    private static let csv = [("Accept", "text/csv")]
    private static let types = [
        "application/json": "application/json", "application/x-ndjson": "application/x-ndjson",
        "text/csv": "text/csv; charset=utf-8; header=present",
    ]

    /// A body without what differs each time.
    private static func stable(_ body: String) -> String {
        body.replacing(/"execution_time_ms":[0-9.]+,"queue_used":"[^"]*"/, with: "…")
    }

    /// The rows of query 10, as lines of NDJSON and CSV.
    private static func rows(_ count: Int, _ line: (Int) -> String) -> String {
        (1...count).map(line).joined()
    }

    private static func ndjsonRow(_ number: Int) -> String { "{\"n\":\(number),\"text\":\"row number \(number)\"}\n" }
    private static func csvRow(_ number: Int) -> String { "\(number),row number \(number)\r\n" }

    // MARK: Whole results

    @Test(
        "each format byte for byte, through both lanes",
        arguments: [
            (
                "application/json",
                #"{"success":true,"query_id":14,"database":"Kiosk","rows":[{"id":1,"te xt":"a,b"},{"id":2,"te xt":null}],"row_count":2,"column_count":2,…,"cached":false}"#
            ),
            (
                "application/x-ndjson",
                #"{"id":1,"te xt":"a,b"}"# + "\n" + #"{"id":2,"te xt":null}"# + "\n"
                    + #"{"success":true,"query_id":14,"database":"Kiosk","row_count":2,"column_count":2,…,"cached":false}"#
                    + "\n"
            ),
            ("text/csv", "id,te xt\r\n1,\"a,b\"\r\n2,\r\n"),
        ]
    )
    func exact(accept: String, expected: String) async throws {
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                for (method, body) in [("GET", nil), ("POST", nil), ("POST", "{}"), ("HEAD", nil)] {
                    let response = try await wire.request(
                        method,
                        "/api/query/Kiosk/14/slow",
                        headers: [("Accept", accept)],
                        body: body
                    )
                    #expect(response.status == 200)
                    #expect(response.headers["content-type"] == Self.types[accept])
                    #expect(response.headers["vary"] == "Accept")
                    #expect(response.headers["x-row-count"] == (accept == "text/csv" ? "2" : nil))
                    #expect(response.headers["x-complete"] == (accept == "text/csv" ? "true" : nil))
                    #expect(Self.stable(response.body) == (method == "HEAD" ? "" : expected))
                }
            }
        }
    }

    @Test("the conduit has them, too; its batches stay JSON")
    func conduit() async throws {
        let query = #"{"query_ref":14,"database":"Kiosk"}"#
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                let path = "/api/conduit/query"
                let lines = try await wire.request("POST", path, headers: Self.ndjson, body: query)
                #expect(
                    Self.stable(lines.body).split(separator: "\n").last
                        == #"{"success":true,"query_ref":14,"description":"Mixed","row_count":2,"column_count":2,…}"#
                )
                let table = try await wire.request("POST", path, headers: Self.csv, body: query)
                #expect(table.body == "id,te xt\r\n1,\"a,b\"\r\n2,\r\n")
                let batch = try await wire.request(
                    "POST",
                    "/api/conduit/queries",
                    headers: Self.csv,
                    body: #"{"database":"Kiosk","queries":[{"query_ref":14}]}"#
                )
                #expect(batch.status == 200 && batch.body.hasPrefix(#"{"success":true,"results":[{"#))
            }
        }
    }

    @Test("no rows, no columns, and the rows of a query that writes")
    func writes() async throws {
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                let none = try await wire.request("GET", "/api/query/Kiosk/4/fast/id=1", headers: Self.csv)
                #expect(none.body == "id,text\r\n" && none.headers["x-row-count"] == "0")
                let added = try await wire.request("POST", "/api/query/Kiosk/16/fast/id=1", headers: Self.csv)
                #expect(added.body == "id\r\n1\r\n" && added.headers["x-row-count"] == "1")
                let told = try await wire.request("POST", "/api/query/Kiosk/16/fast/id=2", headers: Self.ndjson)
                #expect(told.body.hasPrefix("{\"id\":2}\n{\"success\":true,"))
                #expect(told.body.contains(#""row_count":1,"column_count":1,"affected_rows":1,"#))
                let path = "/api/query/Kiosk/3/fast?id=3&text=x"
                let silent = try await wire.request("POST", path, headers: Self.csv)
                #expect(silent.status == 200 && silent.body.isEmpty && silent.headers["x-complete"] == "true")
                #expect(silent.headers["x-affected-rows"] == "1")
            }
        }
    }

    @Test("errors are JSON whatever was asked for", arguments: ["application/x-ndjson", "text/csv"])
    func errors(accept: String) async throws {
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                for (path, status) in [
                    ("/api/query/Kiosk/1/fast/id=x", 400), ("/api/query/Kiosk/99/fast", 404),
                    ("/api/query/Kiosk/15/slow/good=1", 422), ("/api/query/Kiosk/5/fast", 503),
                ] {
                    let response = try await wire.request("GET", path, headers: [("Accept", accept)])
                    #expect(response.status == status)
                    #expect(response.headers["content-type"] == "application/json")
                    #expect(response.body.hasPrefix(#"{"success":false,"#))
                    #expect(response.headers["x-complete"] == nil)
                }
            }
        }
    }

    @Test("a client that takes none of the formats is answered with 406", arguments: ["GET", "POST", "HEAD"])
    func notAcceptable(method: String) async throws {
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                let headers = [("Accept", "text/html, application/json;q=0")]
                let response = try await wire.request(method, "/api/query/Kiosk/9/fast", headers: headers)
                #expect(response.status == 406 && response.headers["vary"] == "Accept")
                if method != "HEAD" { #expect(response.body.contains("HYD-1010")) }
                // Whoever asks for nothing that exists is told of that.
                #expect(try await wire.request(method, "/api/query/Kiosk/99/fast", headers: headers).status == 404)
            }
            #expect(fixture.statistics.processed == 0)
        }
    }

    // MARK: The cache

    @Test("each format of a cached result is kept by itself, under a tag of its own")
    func cached() async throws {
        let path = "/api/query/Kiosk/12/fast/id=1"
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                var tags: Set<String> = []
                for accept in Self.types.keys {
                    let headers = [("Accept", accept)]
                    let first = try await wire.request("GET", path, headers: headers)
                    #expect(first.headers["x-cache"] == "MISS")
                    let second = try await wire.request("GET", path, headers: headers)
                    #expect(second.headers["x-cache"] == "HIT" && second.headers["vary"] == "Accept")
                    #expect(second.headers["content-type"] == Self.types[accept])
                    let tag = try #require(first.headers["etag"])
                    tags.insert(tag)
                    let known = try await wire.request("GET", path, headers: headers + [("If-None-Match", tag)])
                    #expect(known.status == 304 && known.headers["vary"] == "Accept" && known.body.isEmpty)
                }
                #expect(tags.count == 3)
            }
            #expect(fixture.statistics.processed == 3)
        }
    }

    // MARK: Streams

    @Test("a large result is sent while it is read, and its end says that it is complete")
    func streamed() async throws {
        let path = "/api/query/Kiosk/10/slow/count=100000"
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                for (method, body) in [("GET", nil), ("POST", "{}")] as [(String, String?)] {
                    let lines = try await wire.request(method, path, headers: Self.ndjson, body: body)
                    #expect(lines.headers["transfer-encoding"] == "chunked" && lines.headers["trailer"] == nil)
                    let rows = Self.rows(100_000, Self.ndjsonRow)
                    #expect(lines.body.hasPrefix(rows))
                    let end = String(decoding: lines.body.utf8.dropFirst(rows.utf8.count), as: UTF8.self)
                    #expect(end.hasPrefix(#"{"success":true,"query_id":10,"database":"Kiosk","row_count":100000,"#))
                    #expect(end.hasSuffix("}\n") && end.count { $0 == "\n" } == 1)

                    let table = try await wire.request(method, path, headers: Self.csv, body: body)
                    #expect(table.headers["transfer-encoding"] == "chunked" && table.headers["x-complete"] == nil)
                    #expect(table.headers["trailer"] == "X-Row-Count, X-Complete")
                    #expect(table.trailers == ["x-row-count": "100000", "x-complete": "true"])
                    #expect(table.body == "n,text\r\n" + Self.rows(100_000, Self.csvRow))
                }
            }
        }
    }

    @Test("HTTP/1.0 has no trailers: CSV comes whole, NDJSON to the end of the connection")
    func old() async throws {
        func answer(_ port: Int, _ accept: String) async throws -> String {
            try await Wire.open(port: port) { wire in
                try await wire.send("GET /api/query/Kiosk/10/slow/count=20000 HTTP/1.0\r\nAccept: \(accept)\r\n\r\n")
                return await wire.rest()
            }
        }
        try await WebFixture.fly { fixture in
            let table = try await answer(fixture.port, "text/csv")
            let head = table.prefix(1000)
            #expect(head.contains("X-Row-Count: 20000\r\n") && head.contains("X-Complete: true\r\n"))
            #expect(head.contains("Content-Length: ") && table.hasSuffix("\r\n20000,row number 20000\r\n"))
            let lines = try await answer(fixture.port, "application/x-ndjson")
            #expect(!lines.prefix(1000).contains("Content-Length: "))
            #expect(lines.suffix(1000).split(separator: "\n").last?.hasPrefix(#"{"success":true,"#) == true)
        }
    }

    @Test("a result that fails midway ends with the error in NDJSON, and does not end in CSV")
    func failed() async throws {
        let path = "/api/query/Kiosk/15/slow/good=50000"
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                let lines = try await wire.request("GET", path, headers: Self.ndjson)
                #expect(lines.status == 200)
                let last = try #require(lines.body.suffix(1000).split(separator: "\n").last)
                #expect(last.hasPrefix(#"{"success":false,"error":"Database refused","#))
                #expect(last.contains("\"request_id\":\"\(lines.headers["x-request-id"] ?? "none")\""))
                #expect(lines.body.hasPrefix(Self.rows(10_000, Self.ndjsonRow)) && lines.body.hasSuffix("}\n"))
                // The connection serves on.
                #expect(try await wire.request("GET", "/api/query/Kiosk/9/slow").status == 200)
                await #expect(throws: Wire.Ended.self) { try await wire.request("GET", path, headers: Self.csv) }
            }
        }
    }

    @Test("the server of the database ends midway", Self.hasPostgreSQL)
    func killed() async throws {
        let url = try #require(Self.postgreSQL)
        try await WebFixture.fly(databases: WebFixture.postgreSQL(url)) { fixture in
            for accept in [Self.ndjson, Self.csv] {
                try await Wire.open(port: fixture.port) { wire in
                    try await wire.send(
                        "GET",
                        "/api/query/Kiosk/2/slow/count=1000000",
                        headers: accept + [("Connection", "close")]
                    )
                    _ = try await wire.response(hasBody: false)
                    let part = try await wire.part(until: "\n{\"n\":2,", "\r\n2,")
                    let process = try #require(part.firstMatch(of: /1,(?:"process":)?(\d+)/)?.1)
                    let kill = try await Wire.open(port: fixture.port) {
                        try await $0.request("GET", "/api/query/Kiosk/3/fast/process=\(process)")
                    }
                    #expect(kill.body.contains(#"{"ended":true}"#))
                    let rest = String(await wire.rest().suffix(1000))
                    if accept[0].1 == "text/csv" {
                        #expect(!rest.hasSuffix("0\r\n\r\n") && !rest.contains("X-Complete"))
                    } else {
                        #expect(rest.contains("\n{\"success\":false,\"error\":\"Database unavailable\""))
                    }
                }
            }
        }
    }

    static let postgreSQL = ProcessInfo.processInfo.environment["HYDROGEN_TEST_POSTGRESQL"]

    static var hasPostgreSQL: ConditionTrait {
        .enabled(if: postgreSQL != nil, "no PostgreSQL here: run the tests by scripts/with-postgresql")
    }
}
