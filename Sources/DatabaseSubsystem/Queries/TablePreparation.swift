import CoreMetrics
import HydrogenCore

/// Has an engine accept the templates of one database, by the same rules at launch, in flight and in a rehearsal.
struct TablePreparation: Sendable {
    private let configuration: ConnectionConfiguration
    private let epochs: TableEpochs
    private let metrics: any MetricsFactory

    init(_ configuration: ConnectionConfiguration, epochs: TableEpochs, metrics: any MetricsFactory) {
        self.configuration = configuration
        self.epochs = epochs
        self.metrics = metrics
    }

    /// The query table of what was read, and the contracts that are known after it. A template at fault is No-Go by itself.
    ///
    /// - Parameter former: The table whose queries stay where they are the same.
    func table(
        of sources: TemplateSources,
        on connection: any EngineConnection,
        contracts judgement: QueryContracts.Judgement,
        former: QueryTable = .empty
    ) -> (QueryTable, QueryContracts.Judgement) {
        var judgement = judgement
        let table = sources.table { template throws(DatabaseError) in
            let prepared = try prepared(template, on: connection, &judgement)
            if case .ready(let old)? = former[template.id], old.isSame(as: prepared) { return old }
            return prepared
        }
        return (table, judgement)
    }

    /// Has the engine accept one template, and holds it to the contract that is known of it.
    ///
    /// - Throws: Why the template is No-Go.
    func prepared(
        _ template: QueryTemplate,
        on connection: any EngineConnection,
        _ judgement: inout QueryContracts.Judgement
    ) throws(DatabaseError) -> PreparedQuery {
        let described: DescribedStatement
        do throws(DatabaseError) {
            described = try connection.describe(template, configuration.engine.placeholders)
        } catch {
            judgement.keep(template)
            throw error
        }
        try judgement.judge(template, described.facts)
        return try completed(template, described)
    }

    /// Has the engine accept a statement of Hydrogen's own, which is held to no contract.
    func prepared(_ template: QueryTemplate, on connection: any EngineConnection) throws(DatabaseError) -> PreparedQuery
    {
        try completed(template, try connection.describe(template, configuration.engine.placeholders))
    }

    /// Completes a template that the engine has accepted.
    private func completed(
        _ template: QueryTemplate,
        _ described: DescribedStatement
    ) throws(DatabaseError) -> PreparedQuery {
        let template = try template.defaulting(to: configuration.parameters)
        let maximumRows = template.maximumRows ?? configuration.maximumRows
        try template.page?.check(described.facts, isLimited: maximumRows > 0)
        return PreparedQuery(
            template,
            described,
            database: configuration.name,
            cachePolicy: template.cachePolicy(default: configuration.cache.defaultLifetime),
            maximumRows: maximumRows > 0 ? maximumRows : nil,
            epochs: epochs.epochs(of: template.tables),
            metrics: metrics
        )
    }
}

extension EngineConnection {
    /// Has the engine accept a template.
    func describe(
        _ template: QueryTemplate,
        _ placeholders: ParsedSQL.Placeholders
    ) throws(DatabaseError) -> DescribedStatement {
        try describe(EngineStatement(template, for: placeholders))
    }
}
