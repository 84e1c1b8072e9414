import Synchronization

extension MetricsRegistry {
    /// The media type of ``exposition()``.
    ///
    /// Source: Prometheus, "Exposition formats", text format 0.0.4.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// All metrics with their present values, in Prometheus' text format.
    ///
    /// Families come by name, the series of each by labels, after its `# HELP` and `# TYPE` lines.
    public func exposition() -> String {
        let state = state.withLock { $0 }
        var exposition = Exposition(names: state.names, descriptions: state.descriptions)
        for family in state.families.values { exposition.add(family) }
        for (_, collect) in state.collectors.sorted(by: { $0.key < $1.key }) {
            for metric in collect() { exposition.add(metric) }
        }
        exposition.add(Self.ownOverflows(state.families.values.filter { $0.overflows > 0 }))
        exposition.add(Self.ownConflicts(state.conflicts + exposition.conflicts))
        return PrometheusText.render(exposition.ordered)
    }

    private static func ownOverflows(_ families: [MetricFamily]) -> CollectedMetric {
        .counter(
            "hydrogen.metrics.label.overflows",
            help: "Uses of a label set beyond the limit of its metric; they went to the series whose labels are other",
            samples: families.map { CollectedMetric.Sample(Double($0.overflows), labels: [("metric", $0.name.text)]) }
        )
    }

    private static func ownConflicts(_ conflicts: Int) -> CollectedMetric {
        .counter(
            "hydrogen.metrics.name.conflicts",
            help: "Metrics not shown since a metric of another kind has their name",
            samples: [CollectedMetric.Sample(Double(conflicts))]
        )
    }
}
