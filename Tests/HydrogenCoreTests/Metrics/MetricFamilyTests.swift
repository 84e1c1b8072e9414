import Testing

@testable import HydrogenCore

@Suite("Metric family")
struct MetricFamilyTests {
    private let fixture = Fixture()

    /// A family of two label sets at most, changed in place.
    private final class Fixture {
        var family = MetricFamily(
            name: MetricName(label: "a", kind: .counter),
            kind: .counter,
            label: "a",
            buckets: .durations,
            limit: 2
        )
    }

    private func series(_ value: String) -> any MetricSeries {
        fixture.family.series(MetricLabels([("k", value)]))
    }

    private var shown: [String] {
        fixture.family.ordered.map { $0.identity.labels.pairs.map(\.value).joined() }
    }

    @Test("A label set has one series")
    func same() {
        let first = series("1")
        #expect(series("1") === first)
        #expect(series("2") !== first)
        #expect(first.identity == SeriesIdentity(family: "a_total", labels: MetricLabels([("k", "1")])))
    }

    @Test("Beyond the limit all share one series, and are counted")
    func overflow() {
        _ = (series("2"), series("1"))
        let third = series("3")
        #expect(series("4") === third)
        #expect(fixture.family.series(MetricLabels([("another", "5")])) === third)
        #expect(shown == ["1", "2", "other"])
        #expect(fixture.family.overflows == 3)
        #expect(series("1") !== third)
        #expect(fixture.family.overflows == 3)
    }

    @Test("A series without labels always has its place")
    func unlabelled() {
        _ = (series("1"), series("2"))
        let plain = fixture.family.series(MetricLabels([]))
        #expect(plain.identity.labels.pairs.isEmpty)
        #expect(fixture.family.overflows == 0)
    }

    @Test("A caller's own label set that reads other is shared, never shown twice")
    func ownOther() {
        let own = series("other")
        _ = series("1")
        #expect(series("3") === own)
        #expect(shown == ["1", "other"])
    }

    @Test("The shared series stays shared when room was made")
    func otherAfterRoom() {
        let first = series("1")
        _ = series("2")
        let shared = series("3")
        fixture.family.remove(first)
        #expect(series("other") === shared)
        #expect(shown == ["2", "other"])
    }

    @Test("A removed series is forgotten and makes room; one that was replaced is left alone")
    func remove() {
        let first = series("1")
        _ = series("2")
        fixture.family.remove(first)
        #expect(shown == ["2"])
        let again = series("1")
        #expect(again !== first)
        fixture.family.remove(first)
        #expect(series("1") === again)
        #expect(fixture.family.overflows == 0)
    }
}
