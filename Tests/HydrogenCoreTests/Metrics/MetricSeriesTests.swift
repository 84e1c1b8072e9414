import Testing

@testable import HydrogenCore

@Suite("Metric series")
struct MetricSeriesTests {
    @Test("A counter adds whole and fractional amounts, and never falls")
    func counter() {
        let counter = CounterSeries(.unseen)
        counter.increment(by: Int64(3))
        counter.increment(by: Int64(-5))
        counter.increment(by: 0.25)
        for amount in [-1, -Double.infinity, .infinity, .nan, 0] { counter.increment(by: amount) }
        #expect(counter.value == .number(3.25))
        counter.reset()
        #expect(counter.value == .number(0))
    }

    @Test("A gauge is set, raised and lowered")
    func gauge() {
        let gauge = GaugeSeries(.unseen)
        gauge.set(Int64(7))
        gauge.increment(by: 2.5)
        gauge.decrement(by: 0.5)
        gauge.increment(by: .nan)
        gauge.decrement(by: .infinity)
        #expect(gauge.value == .number(9))
        gauge.record(-1.5)
        #expect(gauge.value == .number(-1.5))
        gauge.record(Int64(4))
        #expect(gauge.value == .number(4))
    }

    @Test("A histogram counts each observation once, and sums them")
    func histogram() {
        let histogram = HistogramSeries(.unseen, buckets: HistogramBuckets([1, 2]))
        for value in [0.5, 1, 1.5, 2, 3, -1] { histogram.record(value) }
        for value in [Double.nan, .infinity, -.infinity] { histogram.record(value) }
        histogram.record(Int64(2))
        #expect(histogram.value == .distribution(counts: [3, 3, 1], bounds: [1, 2], sum: 9))
    }

    @Test("A duration that is a bound falls into the bucket of that bound")
    func timerBounds() {
        let milliseconds = Array(1...200)
        let timer = HistogramSeries(.unseen, buckets: HistogramBuckets(milliseconds.map { Double($0) / 1000 }))
        for count in milliseconds { timer.recordNanoseconds(Int64(count) * 1_000_000) }
        guard case .distribution(let counts, _, _) = timer.value else {
            Issue.record("a timer is a histogram")
            return
        }
        #expect(counts == milliseconds.map { _ in 1 } + [0])
    }

    @Test("A timer records seconds, exactly, and no negative ones")
    func timer() {
        let timer = HistogramSeries(.unseen, buckets: HistogramBuckets([0.0001, 1]))
        for nanoseconds: Int64 in [100_000, 100_001, 1_000_000_000, 5_000_000_000, -7] {
            timer.recordNanoseconds(nanoseconds)
        }
        #expect(timer.value == .distribution(counts: [2, 2, 1], bounds: [0.0001, 1], sum: 6.000200001))
    }
}
