/// The series of one metric: a bounded number of label sets, and one series for all beyond the bound.
struct MetricFamily {
    /// The names in the exposition.
    let name: MetricName
    /// What the values mean.
    let kind: MetricKind
    /// The label that code gave the metric.
    let label: String
    /// The bounds of its histograms.
    let buckets: HistogramBuckets
    /// How often a label set was asked for that had no place.
    private(set) var overflows = 0

    private let limit: Int
    private var series: [MetricLabels: any MetricSeries] = [:]
    private var overflow: (any MetricSeries)?

    /// A family without series.
    ///
    /// - Parameters:
    ///   - name: Its names in the exposition.
    ///   - kind: What its values mean.
    ///   - label: The label that code gave the metric.
    ///   - buckets: The bounds of its histograms.
    ///   - limit: How many label sets it holds at most.
    init(name: MetricName, kind: MetricKind, label: String, buckets: HistogramBuckets, limit: Int) {
        self.name = name
        self.kind = kind
        self.label = label
        self.buckets = buckets
        self.limit = limit
    }

    /// The series of a label set, made when there is none; beyond the limit that of all others.
    mutating func series(_ labels: MetricLabels) -> any MetricSeries {
        if let known = series[labels] { return known }
        if let overflow, overflow.identity.labels == labels { return overflow }
        guard series.count < limit || labels.pairs.isEmpty else { return overflowing(labels) }
        let made = make(labels)
        series[labels] = made
        return made
    }

    /// Forgets a series with its values.
    ///
    /// That of all label sets beyond the limit stays: it is not one caller's own.
    mutating func remove(_ removed: any MetricSeries) {
        let labels = removed.identity.labels
        if let known = series[labels], known === removed { series[labels] = nil }
    }

    /// The series in the order of their labels.
    var ordered: [any MetricSeries] {
        let kept = series.sorted { $0.key < $1.key }.map(\.value)
        return overflow.map { kept + [$0] } ?? kept
    }

    private mutating func overflowing(_ labels: MetricLabels) -> any MetricSeries {
        overflows += 1
        if let overflow { return overflow }
        // A caller's own label set may read the same as that of all others; then they share its series.
        if let known = series[labels.overflow] { return known }
        let made = make(labels.overflow)
        overflow = made
        return made
    }

    private func make(_ labels: MetricLabels) -> any MetricSeries {
        let identity = SeriesIdentity(family: name.text, labels: labels)
        return switch kind {
        case .counter: CounterSeries(identity)
        case .gauge: GaugeSeries(identity)
        case .histogram: HistogramSeries(identity, buckets: buckets)
        }
    }
}
