import DatabaseSubsystem

/// What a reload that an operator asked for has brought.
struct ReloadReport: Sendable, Encodable {
    /// Whether every database has its new queries.
    let success: Bool
    let databases: [ReloadOutcome]

    init(databases: [ReloadOutcome]) {
        success = databases.allSatisfy(\.reloaded)
        self.databases = databases
    }
}
