/// What another subsystem keeps in a database beside the operator's own: tables, and statements that no caller can name.
extension Database {
    /// Applies migrations that have a history of their own.
    ///
    /// - Parameter historyTable: The table that remembers what was applied.
    /// - Returns: How many were applied now.
    /// - Throws: `migration` as for those of the operator; `unavailable` without a connection.
    package func migrate(_ migrations: [Migration], historyTable: String) async throws(DatabaseError) -> Int {
        try await lead.withConnection { connection throws(DatabaseError) in
            try MigrationRunner(connection, historyTable: historyTable).apply(migrations).count
        }
    }

    /// Has the engine accept statements. They are for ``submit(_:values:queue:format:timeLimit:cacheUse:stream:completion:)``, and
    /// stay good when connections are replaced.
    package func prepare(_ templates: [QueryTemplate]) async throws(DatabaseError) -> [PreparedQuery] {
        let preparation = preparation
        return try await lead.withConnection { connection throws(DatabaseError) in
            try templates.map { template throws(DatabaseError) in try preparation.prepared(template, on: connection) }
        }
    }

    /// Hears what is notified on a channel, over one more connection, until the task is cancelled.
    ///
    /// - Parameters:
    ///   - channel: An identifier that needs no quotes.
    ///   - onNotification: Called by a thread of its own for each notification, or several, and whenever some may have been missed.
    /// - Throws: `unavailable` when there is no thread or descriptor left.
    package func listen(
        to channel: String,
        onNotification: @escaping @Sendable () -> Void
    ) async throws(DatabaseError) {
        let engine = configuration.engine
        let name = "DQM-\(self.name)-listener"
        let listener = try NotificationListener { abort throws(DatabaseError) in
            try engine.listen(to: channel, as: name, abort: abort)
        } onNotification: {
            onNotification()
        }
        try await listener.run(named: "listen-\(self.name)")
    }
}
