import HydrogenCore

/// Makes the query tables of several databases anew, each after the one that its queries come from.
///
/// Nothing is in use before ``publish(_:)`` or `Database.publish`; what could not be made leaves its database as it was, and no other.
struct QueryReload: Sendable {
    /// One database and what was made for it.
    struct Attempt: Sendable {
        let database: Database
        let result: Result<TableDraft, DatabaseError>
    }

    /// What became of one reload.
    struct Run: Sendable {
        var attempts: [Attempt] = []
        /// Of each attempt, once it was published.
        var outcomes: [ReloadOutcome] = []
    }

    /// What makes two reloads the same: those who wait for it share it.
    enum Key: Sendable, Hashable {
        /// All that serve, not published.
        case prepared
        case published(databases: Set<String>, ReloadCause)
    }

    private let databases: [Database]
    private let acceptsContracts: Bool

    /// A reload of `databases`, in any order.
    ///
    /// - Parameter acceptsContracts: Whether the present contracts of queries count: an operator asks for the reload.
    init(of databases: [Database], acceptsContracts: Bool) {
        self.acceptsContracts = acceptsContracts
        let order = BootstrapHosts(databases.map(\.configuration))
        self.databases = databases.enumerated()
            .map { (depth: order.depth(of: $1.name), place: $0, database: $1) }
            .sorted { ($0.depth, $0.place) < ($1.depth, $1.place) }
            .map(\.database)
    }

    /// Makes the tables. A database asks the new queries of its host, where these could be made.
    func attempts() async -> [Attempt] {
        var attempts: [Attempt] = []
        for database in databases {
            let host = attempts.first { $0.database === database.host }
            attempts.append(await attempt(database, hostTable: try? host?.result.get().table))
        }
        return attempts
    }

    /// Puts what was made in use, and says what that changed. What something newer stands against is made again.
    func publish(_ attempt: Attempt) async -> (Attempt, ReloadOutcome) {
        var attempt = attempt
        while true {
            let database = attempt.database
            switch attempt.result {
            case .failure(let error):
                return (attempt, ReloadOutcome(database.name, kept: database.table, because: error.message))
            case .success(let draft):
                switch database.publish(draft) {
                case .replaced(let old): return (attempt, ReloadOutcome(database.name, replaced: old, by: draft.table))
                case .superseded, .outdated: attempt = await self.attempt(database, hostTable: nil)
                }
            }
        }
    }

    private func attempt(_ database: Database, hostTable: QueryTable?) async -> Attempt {
        do throws(DatabaseError) {
            if let obstacle = database.obstacle { throw obstacle }
            let draft = try await StartSequence(database).buildTable(
                definitions: TemplateSources(filesOf: database.configuration),
                acceptsContracts: acceptsContracts,
                hostTable: hostTable ?? database.host?.table
            )
            return Attempt(database: database, result: .success(draft))
        } catch {
            return Attempt(database: database, result: .failure(error))
        }
    }
}
