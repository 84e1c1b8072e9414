import CoreMetrics
import Synchronization

/// One gauge with one set of labels: a swift-metrics `Meter`, or a `Gauge`, which is a recorder of the last value.
final class GaugeSeries: MetricSeries, MeterHandler, RecorderHandler {
    let identity: SeriesIdentity
    private let level = Atomic<Double>(0)

    init(_ identity: SeriesIdentity) {
        self.identity = identity
    }

    func set(_ value: Int64) { level.store(Double(value), ordering: .relaxed) }
    func set(_ value: Double) { level.store(value, ordering: .relaxed) }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }

    /// An amount that is no number is ignored.
    func increment(by amount: Double) {
        guard amount.isFinite else { return }
        level.add(amount)
    }

    func decrement(by amount: Double) { increment(by: -amount) }

    var value: MetricValue { .number(level.load(ordering: .relaxed)) }
}
