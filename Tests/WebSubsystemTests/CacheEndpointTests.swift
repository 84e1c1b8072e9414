import DatabaseSubsystem
import HydrogenTesting
import Testing

@testable import WebSubsystem

@Suite("Cached results", .timeLimit(.minutes(2)))
struct CacheEndpointTests {
    /// Reads the notes; kept for a minute, or until they change.
    private static let counted = "/api/query/Kiosk/11/fast"
    /// Reads no table that changes; kept for a minute.
    private static let constant = "/api/query/Kiosk/12/fast/id="

    @Test("both lanes answer from the cache, and say so", arguments: ["GET", "HEAD"])
    func hit(method: String) async throws {
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                let first = try await wire.request("GET", "\(Self.constant)1")
                #expect(first.headers["x-cache"] == "MISS" && first.body.contains(#""cached":false"#))
                let second = try await wire.request(method, "\(Self.constant)1")
                #expect(second.headers["x-cache"] == "HIT" && second.headers["age"] == "0")
                #expect(second.headers["cache-control"] == "max-age=60")
                #expect(second.headers["etag"] == first.headers["etag"])
                if method == "GET" { #expect(second.body.contains(#""rows":[{"id":1}]"#)) }
                if method == "GET" { #expect(second.body.contains(#""cached":true"#)) }
                #expect(try await wire.request("GET", "\(Self.constant)2").headers["x-cache"] == "MISS")
            }
            #expect(fixture.statistics.processed == 2)
        }
    }

    @Test("what Unicode takes for the same text is another value: its result is not another's")
    func equivalentTexts() async throws {
        let path = "/api/query/Kiosk/32/fast?word="
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                for (texts, row) in [(["%C3%A9", "e%CC%81"], "é"), (["K", "%E2%84%AA"], "K")] {
                    for text in texts {
                        let response = try await wire.request("GET", path + text)
                        #expect(response.headers["x-cache"] == "MISS")
                        let bytes = Array(response.body.utf8)
                        let decoded = PercentDecoding.text(text.utf8.span, plusIsSpace: false)
                        let expected = try #require(decoded)
                        #expect(bytes.firstRange(of: Array("\"word\":\"\(expected)\"".utf8)) != nil, "\(row)")
                    }
                }
                let batch =
                    #"{"database":"Kiosk","queries":[{"query_ref":2,"params":{"word":"\u00e9"}},{"query_ref":2,"params":{"word":"e\u0301"}}]}"#
                let response = try await wire.request("POST", "/api/conduit/queries", body: batch)
                #expect(response.status == 200 && !response.body.contains("Duplicate query"))
            }
        }
    }

    @Test("what is written through the server is read at once")
    func ownWrites() async throws {
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                for number in 0..<3 {
                    for source in ["MISS", "HIT"] {
                        let response = try await wire.request("GET", Self.counted)
                        #expect(response.headers["x-cache"] == source)
                        #expect(response.headers["cache-control"] == "no-cache")
                        #expect(response.body.contains("\"n\":\(number)}"))
                    }
                    let body = "{\"id\":\(number),\"text\":\"a\"}"
                    let write = try await wire.request("POST", "/api/query/Kiosk/3/medium", body: body)
                    #expect(write.status == 200 && write.headers["x-cache"] == nil)
                }
            }
        }
    }

    @Test("a client that has the result is told in brief", arguments: ["GET", "HEAD"])
    func notModified(method: String) async throws {
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                let tag = try #require(try await wire.request("GET", Self.counted).headers["etag"])
                for header in [tag, "\"other\", \(tag)", "*", String(tag.dropFirst(2))] {
                    let response = try await wire.request(method, Self.counted, headers: [("If-None-Match", header)])
                    #expect(response.status == 304 && response.body.isEmpty)
                    #expect(response.headers["etag"] == tag)
                }
                let other = try await wire.request("GET", Self.counted, headers: [("If-None-Match", "\"other\"")])
                #expect(other.status == 200)
                _ = try await wire.request("POST", "/api/query/Kiosk/3/medium", body: #"{"id":1,"text":"a"}"#)
                let changed = try await wire.request("GET", Self.counted, headers: [("If-None-Match", tag)])
                #expect(changed.status == 200 && changed.headers["etag"] != tag)
            }
        }
    }

    @Test(
        "a caller may ask the database all the same",
        arguments: [
            ("no-cache", "MISS", "HIT"), ("max-age=0", "MISS", "HIT"), ("no-store", nil, "HIT"),
            ("max-age=60", "HIT", "HIT"),
        ] as [(String, String?, String)]
    )
    func wishes(header: String, source: String?, next: String) async throws {
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                _ = try await wire.request("GET", Self.counted)
                let asked = try await wire.request("GET", Self.counted, headers: [("Cache-Control", header)])
                #expect(asked.headers["x-cache"] == source)
                #expect(try await wire.request("GET", Self.counted).headers["x-cache"] == next)
            }
        }
    }

    @Test("many who ask the same together cause one query")
    func coalesced() async throws {
        try await WebFixture.fly(databases: WebFixture.narrow) { fixture in
            let sources = try await withThrowingTaskGroup(of: String.self) { group in
                try await Wire.open(port: fixture.port) { running in
                    // The one queue is busy meanwhile.
                    try await running.send("GET", "/api/query/Kiosk/8/slow")
                    await eventually { fixture.statistics.running == 1 }
                    for _ in 0..<50 {
                        group.addTask {
                            try await Wire.open(port: fixture.port) { wire in
                                let response = try await wire.request("GET", Self.counted)
                                #expect(response.status == 200)
                                return response.headers["x-cache"] ?? ""
                            }
                        }
                    }
                    _ = try await running.response()
                }
                return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(sources["MISS"] == 1 && sources.values.reduce(0, +) == 50)
            #expect(fixture.statistics.processed == 1 && fixture.statistics.timedOut == 1)
        }
    }

    @Test(
        "a wish is read from the headers",
        arguments: [
            (nil, .allowed), ("", .allowed), ("no-cache", .refreshed), ("NO-CACHE", .refreshed),
            (" max-age=0 ", .refreshed),
            ("max-age=1", .allowed), ("no-store", .bypassed), ("no-cache, no-store", .bypassed),
            ("only-if-cached", .allowed),
        ] as [(String?, CacheUse)]
    )
    func parsing(header: String?, use: CacheUse) {
        var request = QueryRequest(method: .reading, target: RequestTarget("/"))
        request.cacheControl = header
        #expect(CacheWish(request).use == use)
    }
}
