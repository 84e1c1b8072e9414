import DatabaseSubsystem
import HydrogenCore

/// Every queue and every query of every database.
struct QueuesReport: Sendable, Encodable {
    let success = true
    let databases: [DatabaseReport]

    init(_ databases: [Database]) {
        self.databases = databases.map(DatabaseReport.init)
    }
}

/// One database with its DQMs and its query table.
struct DatabaseReport: Sendable, Encodable {
    let name: String
    let engine: String
    /// `starting`, `ready`, `recovering`, `grounded`, `landing` or `landed`.
    let phase: String
    /// Why it does not serve, if it does not.
    let reason: String?
    let queues: [QueueReport]
    let queryTable: QueryTableReport

    init(_ database: Database) {
        name = database.name
        engine = database.configuration.kind.name
        (phase, reason) = Self.words(for: database.phase)
        queues = database.queues.map(QueueReport.init)
        queryTable = QueryTableReport(database.table)
    }

    private static func words(for phase: Database.Phase) -> (String, String?) {
        switch phase {
        case .starting(let reason): ("starting", reason)
        case .ready: ("ready", nil)
        case .recovering(let reason): ("recovering", reason)
        case .grounded(let reason): ("grounded", reason)
        case .landing: ("landing", nil)
        case .landed: ("landed", nil)
        }
    }
}

/// One DQM.
///
/// Counts are since it was spawned.
struct QueueReport: Sendable, Encodable {
    let label: String
    let number: Int
    /// The letters of `LSMFC` that it bears.
    let tags: String
    let connected: Bool
    let depth: Int
    let running: Int
    let processed: Int
    let failed: Int
    let timedOut: Int
    let cancelled: Int
    let rejected: Int
    let busySeconds: Double

    init(_ queue: WorkerQueue) {
        let (label, statistics) = (queue.label, queue.statistics)
        self.label = label.description
        number = label.number
        tags = label.tags.description
        connected = queue.isConnected
        depth = statistics.depth
        running = statistics.running
        processed = statistics.processed
        failed = statistics.failed
        timedOut = statistics.timedOut
        cancelled = statistics.cancelled
        rejected = statistics.rejected
        busySeconds = statistics.busyTime.seconds
    }
}

/// The queries of one database at one moment.
struct QueryTableReport: Sendable, Encodable {
    /// One query.
    struct Query: Sendable, Encodable {
        let queryId: Int
        let name: String
        let queue: String?
        let access: QueryAccess
        /// Whether it can be called.
        let ready: Bool
        /// Whether only POST runs it; `nil` of a query that is No-Go.
        let writes: Bool?
        /// Why it cannot be called.
        let reason: String?
    }

    /// 16 hexadecimal digits: the same as long as no query changes.
    let version: String
    let count: Int
    let readyCount: Int
    /// What is No-Go, one line each.
    let faults: [String]
    let queries: [Query]

    init(_ table: QueryTable) {
        version = table.versionText
        count = table.count
        readyCount = table.readyCount
        faults = table.faults
        queries = table.sortedEntries.map(Self.query)
    }

    private static func query(_ entry: QueryTable.Entry) -> Query {
        let template = entry.template
        let (writes, reason): (Bool?, String?) =
            switch entry {
            case .ready(let query): (!query.isReadOnly, nil)
            case .noGo(let query): (nil, query.reason)
            }
        return Query(
            queryId: template.id.number,
            name: template.name,
            queue: template.queue?.rawValue,
            access: template.access,
            ready: reason == nil,
            writes: writes,
            reason: reason
        )
    }
}
