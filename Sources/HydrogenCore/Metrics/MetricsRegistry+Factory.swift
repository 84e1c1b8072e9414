public import CoreMetrics

extension MetricsRegistry: MetricsFactory {
    /// A counter named `…_total`.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counter(label, dimensions)
    }

    /// A counter named `…_total`; one with ``makeCounter(label:dimensions:)`` of the same label.
    public func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        counter(label, dimensions)
    }

    /// A gauge.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions)
    }

    /// A histogram, or a gauge of the last value when it does not aggregate.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        aggregate ? histogram(label, dimensions, isTimed: false) : gauge(label, dimensions)
    }

    /// A histogram of seconds named `…_seconds`.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, dimensions, isTimed: true)
    }

    /// Forgets the counter with its values.
    public func destroyCounter(_ handler: any CounterHandler) { destroy(handler) }

    /// Forgets the counter with its values.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { destroy(handler) }

    /// Forgets the gauge with its value.
    public func destroyMeter(_ handler: any MeterHandler) { destroy(handler) }

    /// Forgets the histogram or gauge with its values.
    public func destroyRecorder(_ handler: any RecorderHandler) { destroy(handler) }

    /// Forgets the histogram with its values.
    public func destroyTimer(_ handler: any TimerHandler) { destroy(handler) }

    private func destroy(_ handler: any AnyObject) {
        guard let series = handler as? any MetricSeries else { return }
        remove(series)
    }

    private func counter(_ label: String, _ dimensions: [(String, String)]) -> CounterSeries {
        let key = FamilyKey(label: label, kind: .counter, isTimed: false)
        return series(key, dimensions) as? CounterSeries ?? CounterSeries(.unseen)
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> GaugeSeries {
        let key = FamilyKey(label: label, kind: .gauge, isTimed: false)
        return series(key, dimensions) as? GaugeSeries ?? GaugeSeries(.unseen)
    }

    private func histogram(_ label: String, _ dimensions: [(String, String)], isTimed: Bool) -> HistogramSeries {
        let key = FamilyKey(label: label, kind: .histogram, isTimed: isTimed)
        return series(key, dimensions) as? HistogramSeries ?? HistogramSeries(.unseen, buckets: .durations)
    }
}
