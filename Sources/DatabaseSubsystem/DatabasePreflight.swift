import CoreMetrics
import HydrogenCore

/// Rehearses the start sequence of one database: connects, migrates, loads and prepares every query, and leaves nothing behind.
///
/// A database whose queries come from another one has that one rehearsed as well, as far as its query needs it.
struct DatabasePreflight: Sendable {
    private let connection: ConnectionConfiguration
    private let all: [ConnectionConfiguration]

    /// - Parameter all: The connections among which a host is.
    init(_ connection: ConnectionConfiguration, among all: [ConnectionConfiguration]) {
        self.connection = connection
        self.all = all
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
        var findings = try budgetFindings(session)
        try withMigrations(on: session) { pending throws(DatabaseError) in
            let words =
                pending.isApplied ? "" : ", not rehearsed: \(connection.kind.title) cannot undo changes of the schema"
            findings.append(.go("\(connection.name): connected; migrations to apply: \(pending.count)\(words)"))
            findings += try queryFindings(session, pending)
        }
        return findings
    }

    /// Performs `body` as if all migrations were applied, where they can be undone.
    private func withMigrations(
        on session: any EngineConnection,
        _ body: (MigrationRunner.Pending) throws(DatabaseError) -> Void
    ) throws(DatabaseError) {
        // Prompts have no tables to migrate, and no transaction to rehearse in.
        guard connection.kind.dialect != .prompt else {
            return try body(MigrationRunner.Pending(count: 0, isApplied: true))
        }
        try MigrationRunner(session).rehearse(connection.loadMigrations() ?? [], body)
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

    /// Before migrations that are not rehearsed, a query that is not prepared is no No-Go: it may be one of those that need them.
    private func queryFindings(
        _ session: any EngineConnection,
        _ pending: MigrationRunner.Pending
    ) throws(DatabaseError) -> [Finding] {
        let table: QueryTable
        do throws(DatabaseError) {
            table = try self.table(on: session)
        } catch {
            guard !pending.isApplied, error.code == .refused else { throw error }
            return [.go("\(connection.name): before its migrations: the bootstrap: \(error.detail ?? error.message)")]
        }
        return [.go("\(connection.name): \(table.readyCount) of \(table.count) queries prepared")]
            + table.faults.map { fault in
                pending.isApplied
                    ? .partNoGo("\(connection.name): \(fault)")
                    : .go("\(connection.name): before its migrations: \(fault)")
            }
    }

    private func table(on session: any EngineConnection) throws(DatabaseError) -> QueryTable {
        var sources = TemplateSources(filesOf: connection)
        switch connection.queries.bootstrap {
        case .sql(let sql): sources.add(BootstrapRows.load(try session.bootstrapRows(sql), for: connection.kind))
        case .host(let query): sources.add(BootstrapRows.load(try rows(of: query), for: connection.kind))
        case nil: break
        }
        let contracts = (try? connection.contractFile?.load()) ?? QueryContracts()
        return TablePreparation(connection, epochs: TableEpochs(), metrics: NOOPMetricsHandler.instance)
            .table(of: sources, on: session, contracts: QueryContracts.Judgement(contracts, acceptsChanges: false)).0
    }

    /// What the host will give: its own rehearsal, up to its query.
    private func rows(of query: HostQuery) throws(DatabaseError) -> [DatabaseRow] {
        guard let host = all.first(where: { $0.name == query.host }) else {
            throw DatabaseError(.refused, "needs \(query.host), which is not among the connections")
        }
        let rehearsal = DatabasePreflight(host, among: all)
        let session: any EngineConnection
        do throws(DatabaseError) {
            session = try host.engine.connectForRehearsal()
        } catch {
            throw DatabaseError(
                error.code,
                "needs \(host.name), which cannot be asked: \(error.message)",
                detail: error.detail,
                sqlState: error.sqlState
            )
        }
        defer { session.close() }
        var rows: [DatabaseRow] = []
        try rehearsal.withMigrations(on: session) { _ throws(DatabaseError) in
            let table = try rehearsal.table(on: session)
            rows = try query.rows(in: table, defaultTimeout: host.queryTimeout, on: session)
        }
        return rows
    }
}
