import DatabaseSubsystem
import HydrogenTesting
import Testing

@testable import WebSubsystem

@Suite("The conduit's batch", .timeLimit(.minutes(2)))
struct ConduitBatchTests {
    private static func body(_ queries: [String], database: String = "Kiosk") -> String {
        #"{"database":"\#(database)","queries":[\#(queries.joined(separator: ","))]}"#
    }

    private static func echo(_ id: Int) -> String { #"{"query_ref":1,"params":{"INTEGER":{"id":\#(id)}}}"# }

    private func ask(_ fixture: WebFixture, _ body: String) async throws -> Wire.Response {
        try await Wire.open(port: fixture.port) { wire in
            try await wire.request("POST", "/api/conduit/queries", body: body)
        }
    }

    @Test("results come in the order of the request, whatever ends first")
    func order() async throws {
        try await WebFixture.fly { fixture in
            let response = try await ask(fixture, Self.body((1...10).map(Self.echo)))
            #expect(response.status == 200 && response.body.hasPrefix(#"{"success":true,"results":[{"success":true,"#))
            var rest = Substring(response.body)
            for id in 1...10 {
                let place = try #require(rest.firstRange(of: "[{\"id\":\(id)}]"))
                rest = rest[place.upperBound...]
            }
            #expect(rest.contains(#"],"database":"Kiosk","total_execution_time_ms":"#))
            #expect(fixture.statistics.processed == 10)
        }
    }

    @Test(
        "what is wrong with one leaves the others alone, and decides on the status",
        arguments: [
            (["{\"query_ref\":9}", "{\"query_ref\":999}"], 200, ["[{\"one\":1}]", "HYD-2002"]),
            (["{\"query_ref\":9}", "{\"query_ref\":1}"], 400, ["[{\"one\":1}]", "HYD-2004"]),
            (["{\"query_ref\":9}", "{\"query_ref\":9}"], 200, ["[{\"one\":1}]", "Duplicate query"]),
            (["{\"query_ref\":9}", "7"], 400, ["[{\"one\":1}]", "HYD-2010"]),
            (["{\"query_ref\":9}", "{\"query_ref\":5}"], 503, ["[{\"one\":1}]", "HYD-2009"]),
            (["{\"query_ref\":999}", "{\"query_ref\":1}"], 400, ["HYD-2002", "HYD-2004"]),
        ] as [([String], Int, [String])]
    )
    func parts(queries: [String], status: Int, words: [String]) async throws {
        try await WebFixture.fly { fixture in
            let response = try await ask(fixture, Self.body(queries))
            #expect(response.status == status)
            #expect(response.body.hasPrefix(#"{"success":false,"results":["#))
            for word in words { #expect(response.body.contains(word)) }
        }
    }

    @Test("beyond the limit nothing is run, and 429 says so")
    func limit() async throws {
        try await WebFixture.fly { fixture in
            let response = try await ask(fixture, Self.body((1...12).map(Self.echo)))
            #expect(response.status == 429 && response.headers["retry-after"] == "1")
            #expect(response.body.components(of: "HYD-2013") == 2)
            #expect(fixture.statistics.processed == 10)
        }
    }

    @Test(
        "what is wrong with the whole runs nothing",
        arguments: [
            ("", 400, "Missing request body"), ("[]", 400, "HYD-1005"), (#"{"queries":[]}"#, 400, "database"),
            (#"{"database":"Kiosk"}"#, 400, "Missing required parameter: queries"),
            (#"{"database":"Kiosk","queries":[]}"#, 200, "Queries array cannot be empty"),
            (#"{"database":"Nope","queries":[{"query_ref":9}]}"#, 400, "Invalid database"),
            (#"{"database":"Kiosk","queries":[{"query_ref":9}],"atomic":1}"#, 400, "atomic should be true or false"),
        ] as [(String, Int, String)]
    )
    func whole(body: String, status: Int, words: String) async throws {
        try await WebFixture.fly { fixture in
            let response = try await ask(fixture, body)
            #expect(response.status == status && response.body.contains(words))
            #expect(fixture.statistics.processed == 0)
        }
    }

    @Test("what is beyond the limit is not even looked at, and there is an end to it")
    func excess() async throws {
        try await WebFixture.fly { fixture in
            let many = try await ask(fixture, Self.body(Array(repeating: "0", count: 1000)))
            #expect(many.status == 429 && many.body.components(of: "HYD-2013") == 990)
            let tooMany = try await ask(fixture, Self.body(Array(repeating: "0", count: 1001)))
            #expect(tooMany.status == 400 && tooMany.body.contains("at most 1000"))
            #expect(fixture.statistics.processed == 0)
        }
    }

    @Test("when the client leaves, all its queries are taken back")
    func clientLeaves() async throws {
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                try await wire.send(
                    "POST",
                    "/api/conduit/queries",
                    body: Self.body(["{\"query_ref\":7}", "{\"query_ref\":13}"])
                )
                await eventually { fixture.statistics.running + fixture.statistics.depth == 2 }
            }
            await eventually { fixture.statistics.cancelled == 2 }
            #expect(fixture.statistics.running == 0)
        }
    }

    @Test("the status says which databases serve")
    func status() async throws {
        try await WebFixture.fly { fixture in
            let response = try await Wire.open(port: fixture.port) {
                try await $0.request("GET", "/api/conduit/status")
            }
            #expect(response.status == 200)
            #expect(response.body.contains(#""ready":true}"#))
            #expect(response.body.contains(#""Broken":{"last_checked":"20"#))
        }
    }
}

extension String {
    /// How often a text stands in this one.
    fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
