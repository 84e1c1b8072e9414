import HydrogenCore

/// Follows the change feed of a SQLite database: three triggers a table, one event a row, read in the order of commits.
///
/// SQLite has one writer at a time, so the numbers of events are in the order of commits, also those of other processes.
/// `PRAGMA data_version` tells for next to nothing whether anything was committed.
final class SQLiteFeedSession: FeedSession {
    private let connection: SQLiteConnection
    /// Whether other connections share this one's cache, which hides their commits from `data_version`.
    private let isShared: Bool
    private var version: Int64?

    init(_ connection: SQLiteConnection, isShared: Bool) {
        self.connection = connection
        self.isShared = isShared
    }

    private static let foundation = [
        """
        CREATE TABLE IF NOT EXISTS hydrogen_events (
            id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, operation TEXT NOT NULL, keys TEXT)
        """,
        "CREATE TABLE IF NOT EXISTS hydrogen_instances (name TEXT PRIMARY KEY, position INTEGER NOT NULL, seen INTEGER NOT NULL)",
    ]

    func watch(_ table: String) throws(DatabaseError) -> String {
        let columns = try rows("SELECT name FROM pragma_table_info(:table) WHERE pk > 0 ORDER BY pk", ["table": table])
            .compactMap { $0["name"]?.trimmedText }
        let isPlain = columns.allSatisfy { !$0.contains("'") && !$0.contains("\"") }
        guard
            try first("SELECT 1 AS there FROM sqlite_schema WHERE type = 'table' AND name = :table", ["table": table])
                != nil
        else { throw DatabaseError(.refused, "there is no table \(table)") }
        try connection.transact(
            Self.foundation
                + Self.proof(of: table)
                + Self.operations.map { Self.trigger($0, on: table, isPlain ? columns : []) }
        )
        return table
    }

    private static let operations = TableChange.Operation.allCases.filter { $0 != .truncate }

    /// Proves that the table of events takes a row, and leaves none: a trigger that cannot write would fail every writer.
    private static func proof(of table: String) -> [String] {
        [
            "SAVEPOINT hydrogen_proof",
            "INSERT INTO hydrogen_events (source, operation, keys) VALUES ('\(table)', 'update', NULL)",
            "ROLLBACK TO hydrogen_proof",
            "RELEASE hydrogen_proof",
        ]
    }

    func silence(of table: String) throws(DatabaseError) -> String? {
        let there = try rows(
            """
            SELECT name FROM sqlite_schema
            WHERE type = 'trigger' AND tbl_name = :table COLLATE NOCASE AND sql LIKE '%INSERT INTO hydrogen_events%'
            """,
            ["table": table]
        ).compactMap { $0["name"]?.trimmedText }
        let missing = Self.operations.map { "hydrogen_\($0.rawValue)_\(table)" }.filter { !there.contains($0) }
        guard !missing.isEmpty else { return nil }
        return
            "it has no trigger \(missing.joined(separator: ", ")); one of that name on another table is in the way: drop it"
    }

    private static func trigger(_ operation: TableChange.Operation, on table: String, _ columns: [String]) -> String {
        let row = operation == .delete ? "OLD" : "NEW"
        let list = columns.map { "'\($0)', \(row).\"\($0)\"" }.joined(separator: ", ")
        let keys = columns.isEmpty ? "NULL" : "json_array(json_object(\(list)))"
        return """
            CREATE TRIGGER IF NOT EXISTS "hydrogen_\(operation.rawValue)_\(table)" AFTER \(operation.rawValue) ON "\(table)" BEGIN
                INSERT INTO hydrogen_events (source, operation, keys) VALUES ('\(table)', '\(operation.rawValue)', \(keys));
            END
            """
    }

    func read(from place: inout FeedPlace) throws(DatabaseError) -> [TableChange]? {
        guard let position = place.position else {
            place = try present()
            return nil
        }
        guard try isChanged() else { return [] }
        let found: [DatabaseRow]
        do throws(DatabaseError) {
            found = try rows(
                "SELECT id, source, operation, keys FROM hydrogen_events WHERE id > CAST(:position AS INTEGER) ORDER BY id",
                ["position": position],
                limit: FeedLimits.changes
            )
        } catch  where error.code == .resultTooLarge {
            place = try present()
            return nil
        }
        let changes = found.compactMap { TableChange($0, keys: "keys") }
        if let last = changes.last { place.position = String(last.sequence) }
        return changes
    }

    private func present() throws(DatabaseError) -> FeedPlace {
        // The highest number ever given, also when its event has been removed.
        let row = try first(
            "SELECT coalesce(max(seq), 0) AS last FROM sqlite_sequence WHERE name = 'hydrogen_events'",
            [:]
        )
        return FeedPlace(position: String(row?["last"]?.wholeNumber ?? 0))
    }

    /// Whether another connection has committed since the last call.
    private func isChanged() throws(DatabaseError) -> Bool {
        guard !isShared else { return true }
        let now = try first("PRAGMA data_version", [:])?["data_version"]?.wholeNumber
        defer { version = now }
        return now != version
    }

    func report(_ place: FeedPlace, as instance: String) throws(DatabaseError) -> Bool {
        guard let position = place.position else { return false }
        let isKnown =
            try first("SELECT 1 AS known FROM hydrogen_instances WHERE name = :name", ["name": instance]) != nil
        _ = try rows(
            """
            INSERT OR REPLACE INTO hydrogen_instances (name, position, seen)
            VALUES (:name, CAST(:position AS INTEGER), CAST(strftime('%s') AS INTEGER))
            """,
            ["name": instance, "position": position]
        )
        try connection.run(
            "DELETE FROM hydrogen_instances WHERE seen < CAST(strftime('%s') AS INTEGER) - \(FeedLimits.silence)"
        )
        try connection.run("DELETE FROM hydrogen_events WHERE id <= (SELECT min(position) FROM hydrogen_instances)")
        return isKnown
    }

    func wait(for signal: WakeupSignal, atMost limit: Duration) throws(DatabaseError) {
        signal.wait(atMost: limit)
    }

    func leave(as instance: String) throws(DatabaseError) -> Bool {
        try connection.transact { () throws(DatabaseError) in
            _ = try rows("DELETE FROM hydrogen_instances WHERE name = :name", ["name": instance])
            let others = try first(
                "SELECT count(*) AS others FROM hydrogen_instances WHERE seen > CAST(strftime('%s') AS INTEGER) - \(FeedLimits.silence)",
                [:]
            )
            let isLast = others?["others"]?.wholeNumber == 0
            if isLast {
                let triggers = try rows(
                    "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND sql LIKE '%INSERT INTO hydrogen_events%'",
                    [:]
                )
                for name in triggers.compactMap({ $0["name"]?.trimmedText }) {
                    try connection.run("DROP TRIGGER \"\(name)\"")
                }
                try connection.run("DROP TABLE hydrogen_events")
                try connection.run("DROP TABLE hydrogen_instances")
            }
            return isLast
        }
    }

    func schemaMark() throws(DatabaseError) -> String? {
        try connection.schemaMark()
    }

    func close() {
        connection.close()
    }

    // MARK: Asking

    private func first(_ sql: String, _ values: [String: String]) throws(DatabaseError) -> DatabaseRow? {
        try rows(sql, values, limit: 1).first
    }

    private func rows(
        _ sql: String,
        _ values: [String: String],
        limit: Int = 1000
    ) throws(DatabaseError) -> [DatabaseRow] {
        try connection.rows(sql, values, for: .questionNumbered, limit: limit)
    }
}
