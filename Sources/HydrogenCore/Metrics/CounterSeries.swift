import CoreMetrics
import Synchronization

/// One counter with one set of labels; whole and fractional increments add up.
final class CounterSeries: MetricSeries, CounterHandler, FloatingPointCounterHandler {
    let identity: SeriesIdentity
    private let whole = Atomic<Int64>(0)
    private let fraction = Atomic<Double>(0)

    init(_ identity: SeriesIdentity) {
        self.identity = identity
    }

    /// Negative amounts are ignored: a counter never falls.
    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        whole.wrappingAdd(amount, ordering: .relaxed)
    }

    /// Negative amounts and those that are no number are ignored.
    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        fraction.add(amount)
    }

    func reset() {
        whole.store(0, ordering: .relaxed)
        fraction.store(0, ordering: .relaxed)
    }

    var value: MetricValue {
        .number(Double(whole.load(ordering: .relaxed)) + fraction.load(ordering: .relaxed))
    }
}
