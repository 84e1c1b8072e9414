import HydrogenCore
import Synchronization

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
        let pending = Pending()
        await withDiscardingTaskGroup { group in
            while var events = await subscription.batch() {
                guard !concerned(by: events).isEmpty else { continue }
                guard (try? await database.clock.sleep(for: Self.pause)) != nil else { break }
                events += subscription.waiting()
                let cause: ReloadCause = events.contains { $0 != .gap } ? .change : .gap
                let concerned = concerned(by: events)
                let left = await reload(concerned, because: cause)
                for one in concerned where left.contains(one.name) && pending.insert(one.name) {
                    group.addTask { await reloadOnceReady(one, because: cause, pending) }
                }
            }
            group.cancelAll()
        }
    }

    /// The databases that a task waits for, by name.
    private final class Pending: Sendable {
        private let names = Mutex<Set<String>>([])

        func insert(_ name: String) -> Bool { names.withLock { $0.insert(name).inserted } }
        func remove(_ name: String) { names.withLock { _ = $0.remove(name) } }
    }

    /// Loads the queries of those that can. Returns the names of those that cannot at present, they or their hosts.
    private func reload(_ databases: [Database], because cause: ReloadCause) async -> Set<String> {
        let able = databases.filter { $0.obstacle == nil && $0.host?.obstacle == nil }
        var left = Set(databases.map(\.name)).subtracting(able.map(\.name))
        guard !able.isEmpty else { return left }
        for attempt in await subsystem.reload(able, because: cause).attempts {
            if case .failure(let error) = attempt.result, error.isRetryable { left.insert(attempt.database.name) }
        }
        return left
    }

    /// Loads the queries of a database that could not, and of those that get theirs from it, when it and its host serve.
    ///
    /// What its start sequence has read may be older than the change.
    private func reloadOnceReady(_ one: Database, because cause: ReloadCause, _ pending: Pending) async {
        var backoff = Backoff(first: .seconds(1))
        var random = SystemRandomNumberGenerator()
        while await one.awaitReady(), await one.host?.awaitReady() ?? true {
            // A change from here on is another task's.
            pending.remove(one.name)
            let left = await reload(withDependents(of: [one]), because: cause)
            guard left.contains(one.name), pending.insert(one.name) else { return }
            let wait = backoff.next(limit: .seconds(30), using: &random)
            guard (try? await database.clock.sleep(for: wait)) != nil else { return }
        }
        pending.remove(one.name)
    }

    /// The databases whose queries may be others now, and those that get theirs from them.
    private func concerned(by events: [ChangeEvent]) -> [Database] {
        withDependents(of: subsystem.databases.filter { isConcerned($0, by: events) })
    }

    private func withDependents(of databases: [Database]) -> [Database] {
        let all = subsystem.databases
        var concerned = databases
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
