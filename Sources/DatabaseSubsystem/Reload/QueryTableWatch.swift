import HydrogenCore

/// Loads queries anew when the change feed of a database tells a change of the table that they stand in.
///
/// That is `QueryTables.PrimaryTable` of the database itself, and for those that it is the host of what its query reads.
struct QueryTableWatch: Sendable {
    /// How long the feed may go on to tell changes that one reload answers.
    static let pause = Duration.milliseconds(200)

    private let database: Database
    private let subscription: ChangeSubscription
    private let subsystem: DatabaseSubsystem

    /// A watch over the feed of `database`; `nil` where it has none, or nobody's queries can stand in what it follows.
    init?(_ database: Database, of subsystem: DatabaseSubsystem) {
        let isHost = subsystem.configuration.connections.contains { $0.queries.host?.host == database.name }
        guard let feed = database.feed, isHost || feed.follows(database.configuration.queries.table) else { return nil }
        self.database = database
        self.subscription = feed.subscription(to: database.configuration.feed.tables)
        self.subsystem = subsystem
    }

    /// The name of the database whose feed is watched.
    var name: String { database.name }

    /// Watches until the database lands, or the task is cancelled.
    func run() async {
        while var events = await subscription.batch() {
            guard !concerned(by: events).isEmpty else { continue }
            guard (try? await database.clock.sleep(for: Self.pause)) != nil else { return }
            events += subscription.waiting()
            let cause: ReloadCause = events.contains { $0 != .gap } ? .change : .gap
            _ = await subsystem.reloadQueries(of: concerned(by: events), because: cause)
        }
    }

    /// The databases whose queries may be others now, and those that get theirs from them.
    private func concerned(by events: [ChangeEvent]) -> [Database] {
        let all = subsystem.databases
        var concerned = all.filter { isConcerned($0, by: events) }
        while true {
            let more = all.filter { one in
                one.host.map { host in concerned.contains { $0 === host } } == true
                    && !concerned.contains { $0 === one }
            }
            guard !more.isEmpty else { return concerned }
            concerned += more
        }
    }

    private func isConcerned(_ other: Database, by events: [ChangeEvent]) -> Bool {
        // A database without its queries loads them with its start sequence.
        guard other.obstacle == nil else { return false }
        let tables: [TableName]
        if other === database {
            tables = other.configuration.queries.table.map { [TableName($0)] } ?? []
        } else if other.host === database, let query = other.configuration.queries.host {
            tables = database.query(query.id)?.template.tables.map(TableName.init) ?? []
        } else {
            return false
        }
        let followed = database.configuration.feed.tables.map(TableName.init)
        return events.contains { event in
            switch event {
            case .gap: tables.contains { table in followed.contains { $0.mayBe(table) } }
            case .change(let change): tables.contains(nameOf: change.table)
            }
        }
    }
}
