/// What became of one database's queries in a reload.
package struct ReloadOutcome: Sendable, Hashable, Encodable {
    /// The database.
    package let database: String
    /// Whether what was loaded is in use; otherwise the queries from before are.
    package let reloaded: Bool
    /// Whether queries are others than before.
    package let changed: Bool
    /// The version of the query table that is in use.
    package let version: String
    /// How many of its queries can be used.
    package let ready: Int
    /// How many queries it has.
    package let total: Int
    /// What in it is No-Go, one line each.
    package let faults: [String]
    /// Why what was loaded is not in use.
    package let reason: String?

    /// A table that took the place of another.
    init(_ database: String, replaced old: QueryTable, by new: QueryTable) {
        self.init(database, table: new, changed: old.version != new.version || old.faults != new.faults)
    }

    /// A table that stays in use, as another could not be made.
    init(_ database: String, kept table: QueryTable, because reason: String) {
        self.init(database, table: table, changed: false, reason: reason)
    }

    private init(_ database: String, table: QueryTable, changed: Bool, reason: String? = nil) {
        self.database = database
        self.reloaded = reason == nil
        self.changed = changed
        self.version = table.versionText
        self.ready = table.readyCount
        self.total = table.count
        self.faults = table.faults
        self.reason = reason
    }
}

extension ReloadOutcome: CustomStringConvertible {
    package var description: String {
        "\(ready) of \(total) queries ready, version \(version)" + (changed ? "" : ", nothing changed")
    }
}

/// What a reload of queries was for, in the words of the log.
package enum ReloadCause: String, Sendable, Hashable {
    /// An operator asked for it.
    case request = "as asked"
    /// The change feed told of a change of the table that the queries stand in.
    case change = "as their table changed"
    /// The change feed may have missed one.
    case gap = "as changes may have been missed"
}
