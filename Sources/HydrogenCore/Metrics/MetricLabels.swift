/// The labels of one time series: sanitised names in order, each once, with their values.
struct MetricLabels: Sendable, Hashable, Comparable {
    /// One label.
    struct Pair: Sendable, Hashable {
        let name: String
        let value: String
    }

    /// The labels by name.
    let pairs: [Pair]

    /// The value of every label of the series that stands for all beyond the limit.
    static let overflowValue = "other"

    /// The labels that swift-metrics calls dimensions.
    ///
    /// Of names that become equal the values are joined with `;`. Source: OpenTelemetry, "Prometheus and OpenMetrics
    /// Compatibility". `le`, and names that begin with `__`, belong to Prometheus and get `exported` in front.
    init(_ dimensions: [(String, String)]) {
        var pairs: [Pair] = []
        for (name, value) in dimensions.map({ (Self.name($0.0), $0.1) }).sorted(by: { $0 < $1 }) {
            if let last = pairs.last, last.name == name {
                pairs[pairs.count - 1] = Pair(name: name, value: "\(last.value);\(value)")
            } else {
                pairs.append(Pair(name: name, value: value))
            }
        }
        self.pairs = pairs
    }

    private init(pairs: [Pair]) {
        self.pairs = pairs
    }

    /// The same names, each with the value `other`.
    var overflow: MetricLabels {
        MetricLabels(pairs: pairs.map { Pair(name: $0.name, value: Self.overflowValue) })
    }

    static func < (left: MetricLabels, right: MetricLabels) -> Bool {
        left.pairs.lexicographicallyPrecedes(right.pairs) { ($0.name, $0.value) < ($1.name, $1.value) }
    }

    private static func name(_ dimension: String) -> String {
        let name = MetricName.sanitized(dimension)
        guard name != "le" else { return "exported_le" }
        return name.hasPrefix("__") ? "exported\(name)" : name
    }
}
