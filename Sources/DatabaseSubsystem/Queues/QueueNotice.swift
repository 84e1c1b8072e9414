import HydrogenCore
import Logging

/// What a DQM tells operators: every line of it begins with a label.
struct QueueNotice: Sendable, Hashable {
    /// What happened.
    enum Event: Sendable, Hashable {
        case threadStarted(isChild: Bool)
        case connected
        case migrated(available: Int, applied: Int)
        /// A template that cannot be used, or a source of templates that cannot be read.
        case noGo(fault: String)
        /// A query that could not be used can be again.
        case goodAgain(QueryID)
        /// The contracts of queries could not be written to their file.
        case contractsNotKept(String)
        /// The schema cannot be asked for, so that its changes go unnoticed.
        case schemaNotSeen(DatabaseError)
        /// Another database has to serve first.
        case waitsForHost(String)
        /// The query table was loaded anew and is in use.
        case reloaded(ReloadOutcome, because: ReloadCause)
        /// It was not, and the old one stays in use.
        case notReloaded(DatabaseError, because: ReloadCause)
        /// Queries were loaded anew again before that came into use; whether the contracts that it accepts count all the same.
        case reloadSuperseded(isAccepted: Bool)
        /// More connections than the server gives.
        case budgetExceeded(arithmetic: String)
        case initialized(ready: Int, queries: Int, children: Int)
        /// An attempt failed, as so many before it that were not told.
        case startFailed(DatabaseError, alike: Int, retryIn: Duration)
        /// There is no connection, for this reason.
        case reconnecting(DatabaseError)
        case heartbeat(connections: Int, processed: Int)
        case scaledUp(Crew)
        case scaledDown(Crew)
        case notSpawned(QueueTag, DatabaseError, retryIn: Duration)
        /// The worker is dead: another child takes its place.
        case replaced
        /// The database is given up until the next launch.
        case grounded(reason: String)
        /// Changes of tables are told from now on.
        case feedLive(tables: Int)
        /// They are, but a commit does not wake the feed.
        case feedPolled(every: Duration)
        /// They are not, as so often before without being told.
        case feedLost(DatabaseError, alike: Int, retryIn: Duration)
        /// Some changes may have been missed: everything counts as changed.
        case feedGap
        case notWatched(String, DatabaseError)
        /// Ways in which a table is changed that nobody tells.
        case blindSpots(String, [String])
        case sessionsLeft(Int, children: Int)
        case sessionsNotAsked(DatabaseError)
        case landed(processed: Int)
    }

    /// The children of one tag after one came or went.
    struct Crew: Sendable, Hashable {
        let tag: QueueTag
        let count: Int
        let maximum: Int
        /// The Lead's label of that moment.
        let lead: QueueLabel
    }

    /// The DQM that speaks.
    let label: QueueLabel
    /// What happened.
    let event: Event

    init(_ label: QueueLabel, _ event: Event) {
        self.label = label
        self.event = event
    }

    /// The whole line.
    var line: String {
        switch event {
        // The two forms that operators know from the original server.
        case .heartbeat(let connections, let processed):
            "\(label) [Connected] - Active connections: \(connections), Queries processed: \(processed)"
        case .reconnecting(let reason):
            "\(label) [Reconnecting] - Connection lost, attempting to reconnect... \(String(reflecting: reason))"
        default:
            "\(label): \(text)"
        }
    }

    private var text: String {
        switch event {
        case .threadStarted: "Worker thread started"
        case .connected: "Connection attempt: SUCCESS"
        case .migrated(let available, let applied): "Migrations: \(available) available, \(applied) applied now"
        case .noGo(let fault): "No-Go: \(fault)"
        case .goodAgain(let id): "Go: query \(id) can be used again"
        case .contractsNotKept(let reason): "Contracts: NOT kept: \(reason)"
        case .schemaNotSeen(let error):
            "Contracts: changes of the schema go unnoticed: \(String(reflecting: error))"
        case .waitsForHost(let need): "Bootstrap: waits: \(need)"
        case .reloaded(let outcome, let cause): "Queries reloaded, \(cause.rawValue): \(outcome)"
        case .notReloaded(let error, let cause):
            "Queries NOT reloaded, \(cause.rawValue); the old ones stay: \(String(reflecting: error))"
        case .reloadSuperseded(let isAccepted):
            "Queries NOT reloaded, as asked: a later load of them is in use"
                + (isAccepted ? "; the contracts that the reload accepts count for it" : "")
        case .budgetExceeded(let arithmetic): "Connection budget: \(arithmetic); scaling stops there"
        case .initialized(let ready, let queries, let children):
            "Lead DQM initialization is complete: \(ready) of \(queries) queries ready, child queues: \(children)"
        case .startFailed(let error, let alike, let wait):
            "Start sequence: FAILED: \(String(reflecting: error))\(Self.more(alike)); next attempt in \(wait.report)"
        case .heartbeat, .reconnecting: ""
        case .scaledUp(let crew): "Scaled up: \(crew)"
        case .scaledDown(let crew): "Scaled down: \(crew)"
        case .notSpawned(let tag, let error, let wait):
            "No further \(tag.title) queue: \(String(reflecting: error)); next attempt in \(wait.report)"
        case .replaced: "Worker does not answer and is replaced"
        case .grounded(let reason): "No-Go: \(reason); restart the server"
        case .feedLive(let tables): "Change feed: live, tables: \(tables)"
        case .feedPolled(let interval):
            "Change feed: no notification came within \(FeedLimits.wakeup.report), as behind a pooler that shares sessions; "
                + "changes are polled every \(interval.report) (PollIntervalMilliseconds)"
        case .feedLost(let error, let alike, let wait):
            "Change feed: FAILED: \(String(reflecting: error))\(Self.more(alike)); next attempt in \(wait.report)"
        case .feedGap: "Change feed: changes may have been missed, no kept result is served"
        case .notWatched(let table, let error): "Change feed: \(table) is not watched: \(String(reflecting: error))"
        case .blindSpots(let table, let ways):
            "Change feed: \(table): not told is what comes by \(Self.list(ways))"
        case .sessionsLeft(let left, let children): "server sessions of \(children) children left: \(left)"
        case .sessionsNotAsked(let error): "The server was not asked for sessions: \(error.message)"
        case .landed(let processed): "landed, queries processed: \(processed)"
        }
    }

    private static func list(_ words: [String]) -> String { words.joined(separator: ", ") }

    private static func more(_ alike: Int) -> String { alike == 0 ? "" : "; \(alike) more like it before" }

    /// How grave it is: what belongs to launch, flight and landing is a notice, the details of children are for debugging.
    var level: Logger.Level {
        switch event {
        case .threadStarted(let isChild): isChild ? .debug : .notice
        case .connected, .migrated, .initialized, .reconnecting, .heartbeat, .scaledUp, .scaledDown, .feedLive,
            .blindSpots,
            .sessionsLeft, .landed, .waitsForHost, .reloaded, .goodAgain:
            .notice
        case .noGo, .notReloaded, .reloadSuperseded, .contractsNotKept, .schemaNotSeen, .budgetExceeded, .startFailed,
            .notSpawned, .feedLost, .feedGap, .feedPolled, .notWatched, .sessionsNotAsked:
            .warning
        case .replaced, .grounded: .error
        }
    }
}

extension QueueNotice.Crew: CustomStringConvertible {
    var description: String { "\(tag.title) queues \(count) of at most \(maximum), Lead is \(lead)" }
}

extension Logger {
    /// Tells operators what a DQM did.
    func report(_ label: QueueLabel, _ event: QueueNotice.Event) {
        let notice = QueueNotice(label, event)
        log(level: notice.level, "\(notice.line)")
    }
}
