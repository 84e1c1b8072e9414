import Testing

@testable import HydrogenCore

@Suite("Metric names")
struct MetricNameTests {
    @Test(
        "Labels become names that tell kind and unit",
        arguments: [
            ("db.client.operation.duration", MetricKind.histogram, true, "db_client_operation_duration_seconds"),
            ("wait_seconds", .histogram, true, "wait_seconds"),
            ("response.size", .histogram, false, "response_size"),
            ("hydrogen.cache.hits", .counter, false, "hydrogen_cache_hits_total"),
            ("requests_total", .counter, false, "requests_total"),
            ("queue.depth", .gauge, false, "queue_depth"),
            ("rule:rate-5m", .gauge, false, "rule:rate_5m"),
            ("5xx", .gauge, false, "_5xx"),
            ("größe\n{}", .gauge, false, "gr__e___"),
            ("", .gauge, false, "_"),
        ]
    )
    func names(label: String, kind: MetricKind, isTimed: Bool, expected: String) {
        let name = MetricName(label: label, kind: kind, isTimed: isTimed)
        #expect(name.text == expected)
        #expect(name.text.wholeMatch(of: /[a-zA-Z_:][a-zA-Z0-9_:]*/) != nil)
    }

    @Test("A histogram has the names of its samples too")
    func sampleNames() {
        #expect(MetricName(label: "a", kind: .histogram).sampleNames == ["a", "a_bucket", "a_sum", "a_count"])
        #expect(MetricName(label: "a", kind: .counter).sampleNames == ["a_total"])
    }
}
