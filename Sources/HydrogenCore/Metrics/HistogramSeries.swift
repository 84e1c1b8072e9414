import CoreMetrics
import Synchronization

/// One histogram with one set of labels; timers record seconds.
///
/// An observation is a search among the bounds and two atomic additions, without a lock.
final class HistogramSeries: MetricSeries, RecorderHandler, TimerHandler {
    let identity: SeriesIdentity
    private let buckets: HistogramBuckets
    private let counts: AtomicCounts
    /// The sum of what timers recorded, in nanoseconds, so that it stays exact.
    private let nanoseconds = Atomic<Int64>(0)
    /// The sum of what recorders recorded.
    private let amount = Atomic<Double>(0)

    init(_ identity: SeriesIdentity, buckets: HistogramBuckets) {
        self.identity = identity
        self.buckets = buckets
        self.counts = AtomicCounts(count: buckets.bounds.count + 1)
    }

    /// A negative duration counts as none.
    func recordNanoseconds(_ duration: Int64) {
        let duration = max(0, duration)
        // Division rounds correctly where a product with 1e-9 would not: 100 µs must fall into the bucket of 0.0001.
        counts.increment(buckets.index(of: Double(duration) / 1e9))
        nanoseconds.wrappingAdd(duration, ordering: .relaxed)
    }

    func record(_ value: Int64) { record(Double(value)) }

    /// A value that is no number is ignored.
    func record(_ value: Double) {
        guard value.isFinite else { return }
        counts.increment(buckets.index(of: value))
        amount.add(value)
    }

    /// The count is that of the buckets, so that they agree while others record.
    var value: MetricValue {
        let sum = amount.load(ordering: .relaxed) + Double(nanoseconds.load(ordering: .relaxed)) / 1e9
        return .distribution(counts: counts.values, bounds: buckets.bounds, sum: sum)
    }
}
