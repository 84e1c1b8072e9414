package import CoreMetrics

/// A template that its engine has accepted: what runs, without any work that could be done once.
package final class PreparedQuery: Sendable {
    /// What the operator registered.
    package let template: QueryTemplate
    /// The SQL in the engine's syntax.
    package let statement: EngineStatement
    /// What the engine knows of it.
    package let facts: StatementFacts

    let duration: Timer
    let failures: Counter

    package init(
        _ template: QueryTemplate,
        statement: EngineStatement,
        facts: StatementFacts,
        database: String,
        metrics: any MetricsFactory
    ) {
        self.template = template
        self.statement = statement
        self.facts = facts
        let dimensions = [("database", database), ("query_id", "\(template.id)")]
        self.duration = Timer(label: MetricNames.operationDuration, dimensions: dimensions, factory: metrics)
        self.failures = Counter(label: MetricNames.operationFailures, dimensions: dimensions, factory: metrics)
    }
}
