import CoreMetrics
import HydrogenCore

/// Rehearses the start sequence of one database: connects, migrates, loads and prepares every query, and leaves nothing behind.
struct DatabasePreflight: Sendable {
    private let connection: ConnectionConfiguration

    init(_ connection: ConnectionConfiguration) {
        self.connection = connection
    }

    /// What the rehearsal found, each line with the database's name.
    func findings() async -> [Finding] {
        let outcome = await WorkerThread.result(named: "preflight") { () throws(DatabaseError) in try rehearse() }
        switch outcome {
        case .success(let findings): return findings
        case .failure(let error):
            return [.partNoGo("\(connection.name): \(error.message)" + (error.detail.map { " (\($0))" } ?? ""))]
        }
    }

    private func rehearse() throws(DatabaseError) -> [Finding] {
        let session = try connection.engine.connectForRehearsal()
        defer { session.close() }
        let migrations = try connection.migrations.map { folder throws(DatabaseError) in
            try MigrationFolder.load(folder, files: connection.files)
        }
        var findings = try budgetFindings(session)
        try MigrationRunner(session).rehearse(migrations ?? []) { pending throws(DatabaseError) in
            findings.append(.go("\(connection.name): connected; migrations to apply: \(pending)"))
            findings += try queryFindings(session)
        }
        return findings
    }

    private func budgetFindings(_ session: any EngineConnection) throws(DatabaseError) -> [Finding] {
        guard let limit = try session.connectionLimit() else { return [] }
        switch connection.budget.check(against: limit) {
        case .fits(let arithmetic):
            return [.go("\(connection.name): connections: \(arithmetic)")]
        case .exceeded(let arithmetic):
            return [.partNoGo("\(connection.name): connections: \(arithmetic); lower Max, or raise the server's limit")]
        }
    }

    private func queryFindings(_ session: any EngineConnection) throws(DatabaseError) -> [Finding] {
        var sources = TemplateSources()
        if let folder = connection.queries.folder {
            sources.add(QueriesFolder.load(folder, files: connection.files))
        }
        if let sql = connection.queries.bootstrapSQL {
            let statement = EngineStatement(sql: sql, parameterOrder: [])
            let rows = try session.rows(statement, [], limit: BootstrapRows.maximumCount)
            sources.add(BootstrapRows.load(rows, for: connection.kind))
        }
        let table = sources.table { template throws(DatabaseError) in
            PreparedQuery(
                try template.defaulting(to: connection.parameters),
                try session.describe(template, connection.engine.placeholders),
                database: connection.name,
                metrics: NOOPMetricsHandler.instance
            )
        }
        return [.go("\(connection.name): \(table.readyCount) of \(table.count) queries prepared")]
            + table.faults.map { .partNoGo("\(connection.name): \($0)") }
    }
}
