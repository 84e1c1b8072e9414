/// The SQL by which an engine without wake-ups keeps a change feed in a table of events.
struct EventTableSQL: Sendable {
    /// A table as the database knows it.
    struct Table: Sendable {
        /// The schema, or the database, that the table is in.
        let place: String
        /// The name without its schema.
        let name: String
        /// The columns of the primary key, in order.
        let keys: [String]

        /// The name as changes tell it: `shop.orders`.
        var shown: String { "\(place).\(name)" }
    }

    /// How an instance makes or removes things while no other one does.
    enum Turns: Sendable {
        /// By a lock of the server, as its changes of the schema belong to no transaction: statements that take it, waiting for a short
        /// while, and give it back. `taken` is 1 where it was taken.
        case lock(take: String, release: String)
        /// By a transaction that changes of the schema belong to, and that locks the list of instances first.
        case transaction(lock: String)
    }

    /// How long a change of the schema waits for transactions that use the table, in seconds: those that come behind it wait, too.
    static let lockLimit = 3

    /// How instances take turns.
    let turns: Turns
    /// Makes the table of events: `id`, `source`, `operation`, `row_keys`.
    let events: String
    /// Makes the list of instances: `name`, `reached`, `beat`.
    let instances: String
    /// One row for each column of the primary key of the table `:name` in the schema `:place`, at least one row when there is such a table:
    /// `place`, `name`, `key_column`. An empty schema is the connection's own.
    let lookUp: String
    /// One row for each trigger that the table `:name` of the schema `:place` has for this feed, and not for another one in the same
    /// server, and that is switched on: `name`.
    let triggers: String
    /// A row when there is a trigger called `:name`, in small letters, whoever made it, where those of a table of the schema `:place` are.
    let taken: String
    /// Makes one trigger.
    let makeTrigger: @Sendable (TableChange.Operation, Table) -> String
    /// One row for each trigger of this feed: `name`, as a statement needs it that drops it.
    let allTriggers: String
    /// One row for each way in which the table `:name` of the schema `:place` is changed without a trigger: `words`.
    let blindSpots: String?
    /// What no trigger ever sees, in words.
    let unseen: String

    /// What a trigger is called, in small letters.
    static func trigger(_ operation: TableChange.Operation, on table: String) -> String {
        "hydrogen_\(operation.rawValue)_\(TableName(table).name)"
    }

    /// What triggers are made for.
    static let operations = TableChange.Operation.allCases.filter { $0 != .truncate }
}
