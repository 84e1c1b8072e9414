import HydrogenCore

/// What must hold before the Database subsystem launches.
struct DatabaseReadiness: Sendable {
    private let configuration: DatabasesConfiguration

    init(_ configuration: DatabasesConfiguration) {
        self.configuration = configuration
    }

    private var enabled: [ConnectionConfiguration] { configuration.connections.filter(\.isEnabled) }

    /// The checks, in order.
    var checks: [ReadinessCheck] {
        [
            .single("databases") { countFinding },
            ReadinessCheck("engines") {
                configuration.connections.flatMap { connection in
                    findings(of: connection).map { $0.prefixed(with: connection.name) }
                }
            },
            .single("decision") { decision },
        ]
    }

    private var countFinding: Finding {
        guard !enabled.isEmpty else {
            return .noGo("no database is enabled; add one to Databases.Connections")
        }
        let counts = DatabaseSubsystem.counts(enabled.map(\.kind.title))
        return .go("databases enabled: \(counts) (\(enabled.map(\.name).joined(separator: ", ")))")
    }

    private var decision: Finding {
        let flying = enabled.filter { groundingReason(of: $0) == nil }
        return flying.isEmpty
            ? .noGo("none of the \(enabled.count) enabled databases can fly")
            : .go("databases that can fly: \(flying.count) of \(enabled.count)")
    }

    /// Everything that is known of one database before it is connected.
    private func findings(of connection: ConnectionConfiguration) -> [Finding] {
        guard connection.isEnabled else { return [.go("disabled")] }
        return connection.engine.inspect() + folderFindings(of: connection) + [budgetFinding(of: connection)]
            + contractFindings(of: connection) + hostFindings(of: connection)
    }

    private func contractFindings(of connection: ConnectionConfiguration) -> [Finding] {
        guard let file = connection.contractFile else { return [] }
        return [file.obstacle.map { .partNoGo($0) } ?? .go("contracts of queries are kept in \(file.path)")]
    }

    /// Whether the database can fly that the queries come from.
    private func hostFindings(of connection: ConnectionConfiguration) -> [Finding] {
        guard let query = connection.queries.host,
            let host = configuration.connections.first(where: { $0.name == query.host })
        else { return [] }
        if let reason = groundingReason(of: host) {
            return [.partNoGo("needs \(host.name), which is No-Go: \(reason)")]
        }
        return [.go("queries come from query \(query.id) of \(host.name)")]
    }

    private func budgetFinding(of connection: ConnectionConfiguration) -> Finding {
        switch connection.budget.againstPool {
        case .fits(let arithmetic):
            .go("connections at launch: \(connection.budget.minimum); \(arithmetic)")
        case .exceeded(let arithmetic):
            .partNoGo("\(arithmetic); lower Max of the queues or MaxChildQueues, or raise MaxConnectionsPerPool")
        }
    }

    private func folderFindings(of connection: ConnectionConfiguration) -> [Finding] {
        [("Queries", connection.queries.folder), ("Migrations", connection.migrations)].compactMap { key, folder in
            guard let folder else { return nil }
            do {
                let files = try connection.files.names(in: folder).filter { $0.hasSuffix(".sql") }
                return .go("\(key): \(files.count) files in \(connection.files.resolved(folder))")
            } catch {
                return .partNoGo("\(key): \(error)")
            }
        }
    }

    /// The first reason for which a database cannot fly; `nil` when it can.
    func groundingReason(of connection: ConnectionConfiguration) -> String? {
        findings(of: connection).first { $0.verdict != .go }?.text
    }
}

extension Finding {
    /// The same finding about a named thing.
    fileprivate func prefixed(with name: String) -> Finding {
        switch verdict {
        case .go: .go("\(name): \(text)")
        case .partNoGo: .partNoGo("\(name): \(text)")
        case .noGo: .noGo("\(name): \(text)")
        }
    }
}
