import Testing

@testable import HydrogenCore

@Suite("Metric name table")
struct MetricNameTableTests {
    @Test(
        "A name belongs to one family of one kind",
        arguments: [
            ("gauge", MetricKind.gauge, true),
            ("histogram", .histogram, true),
            ("gauge", .histogram, false),
            ("gauge", .counter, true),
            ("gauge.total", .gauge, true),
            ("histogram", .gauge, false),
            ("histogram.sum", .gauge, false),
            ("histogram_bucket", .histogram, false),
            ("histogram.sum", .counter, true),
            ("other", .histogram, true),
        ]
    )
    func claims(label: String, kind: MetricKind, isFree: Bool) {
        var table = MetricNameTable()
        for taken in [MetricKind.gauge, .histogram] {
            let isClaimed = table.claim(MetricName(label: taken.rawValue, kind: taken), kind: taken)
            #expect(isClaimed)
        }
        let isClaimed = table.claim(MetricName(label: label, kind: kind), kind: kind)
        #expect(isClaimed == isFree)
    }

    @Test("A refused family takes none of its names")
    func refusedTakesNothing() {
        var table = MetricNameTable()
        let claims = [("a.sum", MetricKind.gauge), ("a", .histogram), ("a.count", .gauge)].map { label, kind in
            table.claim(MetricName(label: label, kind: kind), kind: kind)
        }
        #expect(claims == [true, false, true])
    }
}
