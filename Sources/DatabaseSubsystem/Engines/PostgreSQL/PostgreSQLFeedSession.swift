import HydrogenCore

/// Follows the change feed of a PostgreSQL database: wake-ups by notification, changes by reading.
final class PostgreSQLFeedSession: FeedSession {
    private let connection: PostgreSQLConnection
    private let events = EngineStatement(ParsedSQL(PostgreSQLFeedSQL.events), for: .dollar, types: [.string])

    /// - Throws: What listening threw; the connection is closed then.
    init(_ connection: PostgreSQLConnection) throws(DatabaseError) {
        self.connection = connection
        try connection.listen(to: PostgreSQLFeedSQL.channel)
    }

    func watch(_ table: String) throws(DatabaseError) -> String {
        try transact { () throws(DatabaseError) in
            if try first(PostgreSQLFeedSQL.isFounded, [:])?["founded"] != .boolean(true) {
                for sql in PostgreSQLFeedSQL.foundation { try connection.run(sql) }
            }
            try connection.run(PostgreSQLFeedSQL.watch(table))
        }
        return try text("name", of: PostgreSQLFeedSQL.fullName(table)) ?? table
    }

    func silence(of table: String) throws(DatabaseError) -> String? {
        let silent = try text("silent", of: PostgreSQLFeedSQL.silentTriggers(of: table)) ?? ""
        guard !silent.isEmpty else { return nil }
        return "missing or switched off: \(silent); ALTER TABLE \(table) ENABLE TRIGGER switches on"
    }

    func provesWakeup(_ signal: WakeupSignal, atMost limit: Duration) throws(DatabaseError) -> Bool {
        try connection.run("NOTIFY \(PostgreSQLFeedSQL.channel)")
        let end = ContinuousClock.now + limit
        // Any notification is proof, also one that a writer caused.
        while !connection.takeNotifications() {
            let isReadable = signal.wait(
                orReadable: connection.descriptor,
                atMost: ContinuousClock.now.duration(to: end)
            )
            guard isReadable else { return false }
            connection.receiveWhileIdle()
            if let loss = connection.loss { throw loss }
        }
        return true
    }

    func read(from place: inout FeedPlace) throws(DatabaseError) -> [TableChange]? {
        guard let position = place.position else {
            place = FeedPlace(position: try text("position", of: PostgreSQLFeedSQL.present))
            return nil
        }
        let rows: [DatabaseRow]
        do throws(DatabaseError) {
            rows = try connection.rows(events, [Self.string(position)], limit: FeedLimits.changes)
        } catch  where error.code == .resultTooLarge {
            place = FeedPlace(position: try text("position", of: PostgreSQLFeedSQL.present))
            return nil
        }
        var next = FeedPlace(position: rows.first?["position"]?.trimmedText)
        var changes: [TableChange] = []
        for row in rows {
            guard let change = TableChange(row, keys: "keys") else { continue }
            next.seen.insert(change.sequence)
            if !place.seen.contains(change.sequence) { changes.append(change) }
        }
        place = next
        return changes
    }

    func report(_ place: FeedPlace, as instance: String) throws(DatabaseError) -> Bool {
        guard let position = place.position else { return false }
        let row = try first(PostgreSQLFeedSQL.report, ["name": instance, "position": position])
        for sql in PostgreSQLFeedSQL.housekeeping { try connection.run(sql) }
        return row?["known"] == .boolean(true)
    }

    func wait(for signal: WakeupSignal, atMost limit: Duration) throws(DatabaseError) {
        try connection.waitForNotification(or: signal, atMost: limit)
    }

    func leave(as instance: String) throws(DatabaseError) -> Bool {
        try transact { () throws(DatabaseError) in
            _ = try first(PostgreSQLFeedSQL.strikeOff, ["name": instance])
            let isLast = try first(PostgreSQLFeedSQL.others, ["name": instance])?["others"]?.wholeNumber == 0
            if isLast { for sql in PostgreSQLFeedSQL.removal { try connection.run(sql) } }
            return isLast
        }
    }

    /// Does something that no other instance does at the same time.
    private func transact<Value>(_ body: () throws(DatabaseError) -> Value) throws(DatabaseError) -> Value {
        try connection.transact { () throws(DatabaseError) in
            for sql in PostgreSQLFeedSQL.exclusion { try connection.run(sql) }
            return try body()
        }
    }

    func close() {
        connection.close()
    }

    // MARK: Asking

    private static func string(_ text: String) -> ParameterValue { ParameterValue(type: .string, content: .text(text)) }

    private func text(_ column: String, of sql: String) throws(DatabaseError) -> String? {
        try first(sql, [:])?[column]?.trimmedText
    }

    private func first(_ sql: String, _ values: [String: String]) throws(DatabaseError) -> DatabaseRow? {
        try connection.rows(sql, values, for: .dollar, limit: 1).first
    }
}
