import DatabaseSubsystem
import HydrogenTesting
import Testing

@testable import WebSubsystem

@Suite("Atomic batches of the conduit", .timeLimit(.minutes(2)))
struct ConduitAtomicTests {
    private static func add(_ id: Int) -> String { #"{"query_ref":3,"params":{"id":\#(id),"text":"x"}}"# }
    private static let count = #"{"query_ref":11}"#

    private static func body(_ queries: [String]) -> String {
        #"{"database":"Kiosk","atomic":true,"queries":[\#(queries.joined(separator: ","))]}"#
    }

    private func ask(_ wire: Wire, _ queries: [String]) async throws -> Wire.Response {
        try await wire.request("POST", "/api/conduit/queries", body: Self.body(queries))
    }

    @Test("all of it takes effect, also for what is kept, and a query may stand twice")
    func together() async throws {
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                let counted = "/api/query/Kiosk/11/fast"
                #expect(try await wire.request("GET", counted).body.contains(#""n":0}"#))
                let response = try await ask(wire, [Self.count, Self.add(1), Self.add(2), Self.count])
                #expect(
                    response.status == 200 && response.body.hasPrefix(#"{"success":true,"results":[{"success":true,"#)
                )
                #expect(response.body.contains(#"[{"n":0}]"#) && response.body.contains(#"[{"n":2}]"#))
                #expect(response.body.ranges(of: #""affected_rows":1"#).count == 2)
                #expect(response.headers["x-query-table"] != nil)
                let after = try await wire.request("GET", counted)
                #expect(after.body.contains(#""n":2}"#) && after.headers["x-cache"] == "MISS")
            }
        }
    }

    @Test(
        "what is at fault has its error, the others say that they have no effect, and the status is that of the fault",
        arguments: [
            ([add(1), add(1)], 422, "Database error"), ([add(1), #"{"query_ref":1}"#], 400, "Missing parameters"),
            ([add(1), #"{"query_ref":999}"#], 200, "queryref not found or not public"),
            ([add(1), #"{"query_ref":6}"#], 200, "queryref not found or not public"),
            ([add(1), #"{"query_ref":5}"#], 503, "HYD-2009"),
            ([add(1), #"{"query_ref":8}"#], 408, "Query execution timeout"),
            ((1...11).map(add), 429, "Rate limit exceeded"),
        ] as [([String], Int, String)]
    )
    func fails(queries: [String], status: Int, words: String) async throws {
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                let response = try await ask(wire, queries)
                #expect(response.status == status && response.body.hasPrefix(#"{"success":false,"#))
                #expect(response.body.contains(words), "\(response.body)")
                #expect(response.body.ranges(of: "HYD-2015").count == queries.count - 1)
                #expect(try await wire.request("GET", "/api/query/Kiosk/11/fast").body.contains(#""n":0}"#))
            }
        }
    }

    @Test("a result that is cut short says how to go on, as it does outside a batch")
    func pages() async throws {
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                let response = try await ask(wire, [#"{"query_ref":19,"params":{"count":20001}}"#, Self.add(1)])
                #expect(response.status == 200)
                #expect(
                    response.body.contains(#""truncated":true,"next":{"after":20000}"#),
                    "\(response.body.suffix(600))"
                )
            }
        }
    }

    @Test("when the client leaves, the batch is taken back, and nothing stays")
    func clientLeaves() async throws {
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                try await wire.send(
                    "POST",
                    "/api/conduit/queries",
                    body: Self.body([Self.add(1), #"{"query_ref":7}"#])
                )
                await eventually { fixture.statistics.running == 1 }
            }
            await eventually { fixture.statistics.cancelled == 1 }
            let after = try await Wire.open(port: fixture.port) {
                try await $0.request("GET", "/api/query/Kiosk/11/fast")
            }
            #expect(after.body.contains(#""n":0}"#))
        }
    }
}
