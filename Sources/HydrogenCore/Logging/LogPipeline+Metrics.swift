extension LogPipeline {
    /// Adds `hydrogen_log_lines_total` and `hydrogen_log_lines_dropped_total` to the metrics of the process.
    public func registerMetrics(in registry: MetricsRegistry) {
        registry.registerCollector { [weak self] in
            guard let counts = self?.counts else { return [] }
            return [
                .counter(
                    "hydrogen.log.lines",
                    help: "Log lines that the output took",
                    samples: [CollectedMetric.Sample(Double(counts.written))]
                ),
                .counter(
                    "hydrogen.log.lines.dropped",
                    help: "Log lines that the output did not take",
                    samples: [CollectedMetric.Sample(Double(counts.dropped))]
                ),
            ]
        }
    }
}
