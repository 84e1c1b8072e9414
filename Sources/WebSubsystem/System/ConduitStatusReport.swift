import DatabaseSubsystem
import HydrogenCore

/// Which databases serve, as the original server's `/api/conduit/status` says it.
struct ConduitStatusReport: Sendable, Encodable {
    /// One database.
    struct DatabaseStatus: Sendable, Encodable {
        let ready: Bool
        let lastChecked: String
        /// `not_found`, `in_progress` or `completed`; for callers who may use the database.
        var migrationStatus: String?
        /// How many queries its table has; for the same callers.
        var queryCacheEntries: Int?
        /// What its DQMs have done; for the same callers.
        var dqmStatistics: [QueueReport]?
    }

    let success = true
    let databases: [String: DatabaseStatus]

    /// - Parameter grounded: The names of those that did not launch.
    init(_ databases: [Database], grounded: [String], caller: Caller) {
        let checked = WallTime.now.rfc3339
        let flying = databases.map { ($0.name, Self.status(of: $0, checked, caller)) }
        let others = grounded.map { ($0, DatabaseStatus(ready: false, lastChecked: checked)) }
        self.databases = Dictionary(flying + others) { first, _ in first }
    }

    private static func status(of database: Database, _ checked: String, _ caller: Caller) -> DatabaseStatus {
        let isReady = database.phase == .ready
        var status = DatabaseStatus(ready: isReady, lastChecked: checked)
        guard caller.isKnown, caller.mayUse(database.name) || caller.isOperator else { return status }
        let table = database.table
        let hasTable = isReady || table.count > 0
        status.migrationStatus =
            database.configuration.migrations == nil ? "not_found" : hasTable ? "completed" : "in_progress"
        status.queryCacheEntries = table.count
        status.dqmStatistics = database.queues.map(QueueReport.init)
        return status
    }
}
