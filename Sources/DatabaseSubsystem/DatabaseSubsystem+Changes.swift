/// The change feeds, for other subsystems.
extension DatabaseSubsystem {
    /// Subscribes to the changes of tables of a database, by whomever they are made.
    ///
    /// ```swift
    /// for await event in try databases.changes(of: "Shop", tables: ["orders"]) { … }
    /// ```
    ///
    /// - Parameters:
    ///   - name: The database.
    ///   - tables: Tables that its change feed follows, `name` or `schema.name`.
    /// - Throws: `refused` for a database that does not fly, and for a table that its feed does not follow, with the key to set.
    package func changes(of name: String, tables: Set<String>) throws(DatabaseError) -> ChangeSubscription {
        guard let database = database(named: name) else {
            throw DatabaseError(.refused, "no database in flight is named \(name); see Databases.Connections[].Name")
        }
        let unknown = tables.filter { database.feed?.follows($0) != true }.sorted()
        guard unknown.isEmpty, let feed = database.feed else {
            let list = unknown.isEmpty ? "no table" : unknown.joined(separator: ", ")
            throw DatabaseError(
                .refused,
                "the change feed of \(name) does not follow \(list); name it in Triggers.Tables of that connection"
            )
        }
        return feed.subscription(to: tables)
    }
}
