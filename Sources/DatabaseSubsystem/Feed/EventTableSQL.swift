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

    /// Makes the table of events: `id`, `source`, `operation`, `row_keys`.
    let events: String
    /// Makes the list of instances: `name`, `reached`, `beat`.
    let instances: String
    /// One row for each column of the primary key of the table `:name` in the schema `:place`, at least one row when there is such a table:
    /// `place`, `name`, `key_column`. An empty schema is the connection's own.
    let lookUp: String
    /// One row for each trigger of the feed that the table `:name` of the schema `:place` has and that is switched on: `name`.
    let triggers: String
    /// Makes one trigger.
    let makeTrigger: @Sendable (TableChange.Operation, Table) -> String
    /// One row for each trigger of the feed in the database: `name`, as a statement needs it that drops it.
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
