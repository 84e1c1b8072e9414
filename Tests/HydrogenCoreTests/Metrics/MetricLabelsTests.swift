import Testing

@testable import HydrogenCore

@Suite("Metric labels")
struct MetricLabelsTests {
    private func pairs(_ dimensions: [(String, String)]) -> [String] {
        MetricLabels(dimensions).pairs.map { "\($0.name)=\($0.value)" }
    }

    @Test("The order of dimensions does not matter")
    func order() {
        #expect(MetricLabels([("b", "2"), ("a", "1")]) == MetricLabels([("a", "1"), ("b", "2")]))
        #expect(pairs([("b", "2"), ("a", "1")]) == ["a=1", "b=2"])
    }

    @Test("Names are sanitised; those of Prometheus are left to it")
    func names() {
        #expect(
            pairs([("http.route", "/a"), ("le", "1"), ("__x", "2"), ("9", "3"), ("a:b", "4"), ("", "5")])
                == ["_=5", "_9=3", "a_b=4", "exported__x=2", "exported_le=1", "http_route=/a"]
        )
    }

    @Test("Names that become equal share a label")
    func merged() {
        #expect(pairs([("a.b", "2"), ("a_b", "1"), ("a-b", "3")]) == ["a_b=1;2;3"])
    }

    @Test("Beyond the limit every value reads other")
    func overflow() {
        let labels = MetricLabels([("a", "1"), ("b", "2")])
        #expect(labels.overflow == MetricLabels([("a", "other"), ("b", "other")]))
    }
}
