import HydrogenCore
import HydrogenTesting
import Testing

@testable import WebSubsystem

@Suite("docs/metrics.md", .timeLimit(.minutes(2)))
struct MetricsDocumentationTests {
    /// A metric with its labels, as a page or a scrape shows it.
    private struct Metric: Hashable, Comparable {
        let name: String
        let kind: String
        let labels: [String]

        static func < (left: Metric, right: Metric) -> Bool { left.name < right.name }
    }

    @Test("it lists what a scrape shows, with types and labels, and nothing else")
    func list() async throws {
        let documented = try DocumentedTable(page: "metrics.md").rows.filter {
            // Those of the message queue are compared where it flies, by the tests of the binary.
            ["histogram", "gauge", "counter"].contains($0[1]) && !$0[0].hasPrefix("hydrogen_message_queue_")
        }
        .map { row in
            Metric(
                name: row[0],
                kind: row[1],
                labels: row[2].isEmpty ? [] : row[2].split(separator: ", ").map(String.init)
            )
        }
        try await WebFixture.fly { fixture in
            fixture.metrics.registerProcessMetrics()
            fixture.log.registerMetrics(in: fixture.metrics)
            let scrape = try await Wire.open(port: fixture.port) { wire in
                _ = try await wire.request("GET", "/api/query/Kiosk/1/fast/id=1")
                return try await wire.request("GET", "/metrics")
            }
            #expect(scrape.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            let overflows = Metric(name: "hydrogen_metrics_label_overflows_total", kind: "counter", labels: ["metric"])
            #expect(documented.contains(overflows))
            #expect(documented.filter { $0 != overflows }.sorted() == Self.metrics(in: scrape.body).sorted())
        }
    }

    @Test("requests are measured by endpoint, method and status, with bounded labels")
    func requests() async throws {
        try await WebFixture.fly { fixture in
            try await Wire.open(port: fixture.port) { wire in
                _ = try await wire.request("GET", "/api/query/Kiosk/1/fast/id=1")
                _ = try await wire.request("GET", "/api/query/Kiosk/1/fast/id=2")
                _ = try await wire.request("POST", "/api/query/Kiosk/1/fast/id=3")
                _ = try await wire.request("GET", "/api/query/Kiosk/999/fast")
                for number in 0..<5 { _ = try await wire.request("GET", "/unknown/\(number)") }
                _ = try await wire.request("PURGE", "/unknown")
            }
            let text = fixture.metrics.exposition()
            let query = "/api/query/:database/:query_id/:queue_path/:params"
            for (method, status, route, count) in [
                ("GET", 200, query, 2), ("POST", 200, query, 1), ("GET", 404, query, 1), ("GET", 404, "unmatched", 5),
                ("_OTHER", 404, "unmatched", 1),
            ] {
                let labels =
                    #"http_request_method="\#(method)",http_response_status_code="\#(status)",http_route="\#(route)""#
                #expect(text.contains("http_server_request_duration_seconds_count{\(labels)} \(count)\n"), "\(labels)")
            }
        }
    }

    @Test("a client that left is measured as such, once")
    func clientLeft() async throws {
        try await WebFixture.fly { fixture in
            for method in ["GET", "POST"] {
                try await Wire.open(port: fixture.port) { wire in
                    try await wire.send(method, "/api/query/Kiosk/7/slow")
                    let running = #"hydrogen_database_queue_running{database="Kiosk",dqm="01"} 1"#
                    await eventually { fixture.metrics.exposition().contains(running) }
                }
                await eventually { Self.count(method, 499, in: fixture) != nil }
            }
            await eventually { fixture.metrics.exposition().contains("http_server_active_requests 0\n") }
            #expect(Self.count("GET", 499, in: fixture) == "1")
            #expect(Self.count("POST", 499, in: fixture) == "1")
            #expect(Self.count("POST", 503, in: fixture) == nil)
        }
    }

    @Test("a request that the gate answers in a route's place is measured once")
    func refused() async throws {
        try await WebFixture.fly(web: #"{ "Port": 0, "MaxRequestBytes": 1024 }"#) { fixture in
            try await Wire.open(port: fixture.port) { wire in
                let head = "POST /api/query/Kiosk/1/fast HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                try await wire.send(head + "401\r\n" + String(repeating: "x", count: 1025))
                let response = try await wire.response()
                #expect(response.status == 413)
                #expect(await wire.rest() == "")
            }
            await eventually { fixture.metrics.exposition().contains("http_server_active_requests 0\n") }
            #expect(Self.count("POST", 413, in: fixture) == "1")
            #expect(Self.count("POST", 499, in: fixture) == nil)
        }
    }

    /// How often a request of the query endpoint was measured.
    private static func count(_ method: String, _ status: Int, in fixture: WebFixture) -> String? {
        let labels = #"http_request_method="\#(method)",http_response_status_code="\#(status)""#
        let line = fixture.metrics.exposition().split(separator: "\n").first { line in
            line.hasPrefix("http_server_request_duration_seconds_count{\(labels)")
        }
        return line?.split(separator: " ").last.map(String.init)
    }

    @Test("after the landing nobody asks the queues any more")
    func removal() async throws {
        var metrics: MetricsRegistry?
        try await WebFixture.fly { fixture in
            metrics = fixture.metrics
            #expect(fixture.metrics.exposition().contains("hydrogen_database_ready{database=\"Kiosk\"} 1\n"))
        }
        #expect(metrics?.exposition().contains("hydrogen_database_ready") == false)
    }

    private static func metrics(in text: String) -> Set<Metric> {
        let lines = text.split(separator: "\n")
        return Set(
            lines.filter { $0.hasPrefix("# TYPE ") }.map { line in
                let words = line.split(separator: " ").map(String.init)
                let isHistogram = words[3] == "histogram"
                let sample = lines.first { $0.hasPrefix(words[2] + (isHistogram ? "_count" : "") + "{") } ?? ""
                let labels = sample.matches(of: /([a-z_]+)="/).map { String($0.1) }
                return Metric(name: words[2], kind: words[3], labels: labels)
            }
        )
    }
}
