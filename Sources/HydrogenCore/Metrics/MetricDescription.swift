/// What a metric tells, for those who read the exposition.
///
/// A module describes its metrics once, before it makes them.
public struct MetricDescription: Sendable, Hashable {
    /// The label that code gives the metric: `db.client.operation.duration`.
    public let label: String
    /// What moves the metric, with its unit.
    public let help: String
    /// The buckets of a histogram; `nil` for the default of its kind.
    public let buckets: HistogramBuckets?

    /// A description.
    public init(_ label: String, help: String, buckets: HistogramBuckets? = nil) {
        self.label = label
        self.help = help
        self.buckets = buckets
    }
}
