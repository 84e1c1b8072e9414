import CoreMetrics
import Testing

@testable import HydrogenCore

@Suite("Prometheus text")
struct PrometheusTextTests {
    @Test(
        "Numbers read back the same",
        arguments: [
            (0.0, "0"), (-0.0, "0"), (3, "3"), (-2, "-2"), (0.0001, "0.0001"), (0.00001, "1e-05"), (1.5, "1.5"),
            (1e9, "1000000000"), (1e300, "1e+300"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
        ]
    )
    func numbers(number: Double, expected: String) {
        #expect(PrometheusText.format(number) == expected)
    }

    @Test("A page as it is served")
    func page() {
        let registry = MetricsRegistry()
        registry.describe([
            MetricDescription("hydrogen.queries", help: "Queries answered\\refused\nby database"),
            MetricDescription("wait", help: "Wait for a queue, in seconds", buckets: HistogramBuckets([0.1, 1])),
        ])
        registry.makeCounter(label: "hydrogen.queries", dimensions: [("database", "B")]).increment(by: 2)
        registry.makeCounter(label: "hydrogen.queries", dimensions: [("database", "A\"\\\n")]).increment(by: 1)
        let timer = registry.makeTimer(label: "wait", dimensions: [("queue", "fast")])
        for milliseconds: Int64 in [50, 100, 500, 2000] { timer.recordNanoseconds(milliseconds * 1_000_000) }
        registry.makeMeter(label: "depth", dimensions: []).set(4.5)
        #expect(
            registry.exposition() == #"""
                # HELP depth depth
                # TYPE depth gauge
                depth 4.5
                # HELP hydrogen_metrics_name_conflicts_total Metrics not shown since a metric of another kind has their name
                # TYPE hydrogen_metrics_name_conflicts_total counter
                hydrogen_metrics_name_conflicts_total 0
                # HELP hydrogen_queries_total Queries answered\\refused\nby database
                # TYPE hydrogen_queries_total counter
                hydrogen_queries_total{database="A\"\\\n"} 1
                hydrogen_queries_total{database="B"} 2
                # HELP wait_seconds Wait for a queue, in seconds
                # TYPE wait_seconds histogram
                wait_seconds_bucket{queue="fast",le="0.1"} 2
                wait_seconds_bucket{queue="fast",le="1"} 3
                wait_seconds_bucket{queue="fast",le="+Inf"} 4
                wait_seconds_sum{queue="fast"} 2.65
                wait_seconds_count{queue="fast"} 4

                """#
        )
    }
}
