/// The values of one metric with one set of labels; a swift-metrics handler at the same time.
protocol MetricSeries: AnyObject, Sendable {
    /// Where the series stands in the registry.
    var identity: SeriesIdentity { get }
    /// What the exposition shows now.
    var value: MetricValue { get }
}

/// Where a series stands in the registry.
struct SeriesIdentity: Sendable, Hashable {
    /// The name of its family.
    let family: String
    /// Its labels.
    let labels: MetricLabels

    /// That of a series which no exposition shows.
    static let unseen = SeriesIdentity(family: "", labels: MetricLabels([]))
}

/// What the exposition shows of one series.
enum MetricValue: Sendable, Hashable {
    /// A counter or gauge.
    case number(Double)
    /// A histogram: how many observations each bucket holds, the last being that without bound, and their sum.
    case distribution(counts: [Int], bounds: [Double], sum: Double)
}
