/// What one scrape shows, gathered from recorded and collected metrics.
struct Exposition {
    /// One metric with its values.
    struct Family: Sendable {
        let name: String
        let kind: MetricKind
        let help: String
        fileprivate(set) var values: [MetricLabels: MetricValue]
    }

    /// How many collected metrics had a name that belongs to a metric of another kind.
    private(set) var conflicts = 0

    private var names: MetricNameTable
    private let descriptions: [String: MetricDescription]
    private var families: [String: Family] = [:]

    /// Nothing yet.
    ///
    /// - Parameters:
    ///   - names: The names of all recorded metrics.
    ///   - descriptions: What was described, by label.
    init(names: MetricNameTable, descriptions: [String: MetricDescription]) {
        self.names = names
        self.descriptions = descriptions
    }

    /// Adds a recorded metric with its present values.
    mutating func add(_ family: MetricFamily) {
        let values = family.ordered.map { ($0.identity.labels, $0.value) }
        add(family.name, family.kind, label: family.label, help: nil, values)
    }

    /// Adds a collected metric, unless its name belongs to a metric of another kind.
    mutating func add(_ metric: CollectedMetric) {
        let name = MetricName(label: metric.label, kind: metric.kind)
        guard names.claim(name, kind: metric.kind) else {
            conflicts += 1
            return
        }
        let values = metric.samples.map { (MetricLabels($0.labels), MetricValue.number($0.value)) }
        add(name, metric.kind, label: metric.label, help: metric.help, values)
    }

    /// The metrics that have values, by name.
    var ordered: [Family] {
        families.values.filter { !$0.values.isEmpty }.sorted { $0.name < $1.name }
    }

    private mutating func add(
        _ name: MetricName,
        _ kind: MetricKind,
        label: String,
        help: String?,
        _ values: [(MetricLabels, MetricValue)]
    ) {
        let help = descriptions[label]?.help ?? help ?? label
        families[name.text, default: Family(name: name.text, kind: kind, help: help, values: [:])]
            .values.merge(values, uniquingKeysWith: { first, _ in first })
    }
}
