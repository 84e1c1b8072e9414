import Testing

@testable import HydrogenCore

@Suite("Histogram buckets")
struct HistogramBucketsTests {
    @Test(
        "A bound belongs to its bucket",
        arguments: [(-1.0, 0), (0, 0), (1, 0), (1.5, 1), (10, 1), (10.1, 2), (100, 2), (1000, 3), (.infinity, 3)]
    )
    func index(value: Double, expected: Int) {
        #expect(HistogramBuckets([1, 10, 100]).index(of: value) == expected)
    }

    @Test("Every default bound, in nanoseconds, falls into its own bucket")
    func exactBounds() {
        for (index, bound) in HistogramBuckets.durations.bounds.enumerated() {
            let nanoseconds = Int64((bound * 1e9).rounded())
            #expect(HistogramBuckets.durations.index(of: Double(nanoseconds) / 1e9) == index)
            #expect(HistogramBuckets.durations.index(of: Double(nanoseconds + 1) / 1e9) == index + 1)
        }
    }

    @Test("The defaults span 100 µs to 60 s, and 1 to a billion")
    func defaults() {
        #expect(HistogramBuckets.durations.bounds.first == 0.0001)
        #expect(HistogramBuckets.durations.bounds.last == 60)
        #expect(HistogramBuckets.quantities.bounds.first == 1)
        #expect(HistogramBuckets.quantities.bounds.last == 1_000_000_000)
    }

    @Test("Without bounds everything is in one bucket")
    func none() {
        #expect(HistogramBuckets([]).index(of: 5) == 0)
    }
}
