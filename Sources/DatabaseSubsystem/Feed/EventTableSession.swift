import HydrogenCore

/// Follows the change feed of a database that wakes nobody: triggers write into a table of events, which is asked again and again.
///
/// Each instance reads for itself from where it stood, and goes back to numbers that were missing: see ``EventGaps``.
final class EventTableSession: FeedSession {
    private let connection: any EngineConnection
    private let sql: EventTableSQL
    /// What other instances said last, and since when they say it: one that says the same for long is gone.
    private var beats: [String: (beat: Int64, since: ContinuousClock.Instant)] = [:]

    init(_ connection: any EngineConnection, _ sql: EventTableSQL) {
        self.connection = connection
        self.sql = sql
    }

    // MARK: Watching

    func watch(_ table: String) throws(DatabaseError) -> String {
        if case .transaction = sql.turns { try makeInstances() }
        return try takingTurns { () throws(DatabaseError) in
            try make(sql.events, ifFailing: "SELECT id FROM hydrogen_events WHERE id < 0")
            try makeInstances()
            let found = try find(table)
            let there = try triggers(of: table)
            let missing = EventTableSQL.operations.filter { !there.contains(EventTableSQL.trigger($0, on: table)) }
            guard !missing.isEmpty else { return found.shown }
            try refuseTaken(missing.map { EventTableSQL.trigger($0, on: table) }, found)
            try proveEvents()
            for operation in missing { try connection.run(sql.makeTrigger(operation, found)) }
            return found.shown
        }
    }

    private func makeInstances() throws(DatabaseError) {
        try make(sql.instances, ifFailing: "SELECT name FROM hydrogen_instances WHERE beat < 0")
    }

    /// Makes what is missing. Another instance may do the same at the same moment.
    private func make(_ definition: String, ifFailing probe: String) throws(DatabaseError) {
        if isAnswered(probe) { return }
        do throws(DatabaseError) {
            try connection.run(definition)
        } catch {
            guard isAnswered(probe) else { throw error }
        }
    }

    /// A trigger of that name may tell the changes elsewhere: this feed would never hear of them.
    private func refuseTaken(_ names: [String], _ table: EventTableSQL.Table) throws(DatabaseError) {
        for name in names where try !rows(sql.taken, ["name": name, "place": table.place.lowercased()]).isEmpty {
            throw DatabaseError(
                .refused,
                "\(table.shown) cannot be watched: the name \(name) is taken by a trigger of another feed or table, or by one that "
                    + "is switched off; drop that, or take the table out of Triggers.Tables"
            )
        }
    }

    /// Proves that the table of events takes a row, and leaves none: a trigger that cannot write would fail every writer.
    private func proveEvents() throws(DatabaseError) {
        let insert =
            "INSERT INTO hydrogen_events (source, operation, row_keys) VALUES ('hydrogen_proof', 'update', NULL)"
        switch sql.turns {
        case .lock:
            try connection.rehearse { () throws(DatabaseError) in try connection.run(insert) }
        case .transaction:
            try connection.run(insert)
            try connection.run("DELETE FROM hydrogen_events WHERE source = 'hydrogen_proof'")
        }
    }

    private func isAnswered(_ sql: String) -> Bool {
        (try? rows(sql)) != nil
    }

    private func find(_ table: String) throws(DatabaseError) -> EventTableSQL.Table {
        let found = try rows(sql.lookUp, Self.names(of: table))
        guard let place = found.first?["place"]?.trimmedText, let name = found.first?["name"]?.trimmedText else {
            throw DatabaseError(.refused, "there is no table \(table)")
        }
        return EventTableSQL.Table(place: place, name: name, keys: found.compactMap { $0["key_column"]?.trimmedText })
    }

    private static func names(of table: String) -> [String: String] {
        let name = TableName(table)
        return ["name": name.name, "place": name.schema ?? ""]
    }

    private func triggers(of table: String) throws(DatabaseError) -> Set<String> {
        Set(try rows(sql.triggers, Self.names(of: table)).compactMap { $0["name"]?.trimmedText?.lowercased() })
    }

    func silence(of table: String) throws(DatabaseError) -> String? {
        let there = try triggers(of: table)
        let missing = EventTableSQL.operations.map { EventTableSQL.trigger($0, on: table) }.filter {
            !there.contains($0)
        }
        return missing.isEmpty ? nil : "missing or switched off: \(missing.joined(separator: ", "))"
    }

    func blindSpots(of table: String) throws(DatabaseError) -> [String] {
        let found = try sql.blindSpots.map { query throws(DatabaseError) in try rows(query, Self.names(of: table)) }
        return (found ?? []).compactMap { $0["words"]?.trimmedText } + [sql.unseen]
    }

    // MARK: Reading

    func read(from place: inout FeedPlace) throws(DatabaseError) -> [TableChange]? {
        guard var gaps = place.gaps else {
            place = try present()
            return nil
        }
        let found: [DatabaseRow]
        do throws(DatabaseError) {
            // What came late has lower numbers.
            found = try late(gaps) + events(gaps.condition)
        } catch  where error.code == .resultTooLarge {
            place = try present()
            return nil
        }
        let new = gaps.take(found.compactMap { $0["id"]?.wholeNumber }, now: .now)
        place = FeedPlace(position: String(gaps.floor), gaps: gaps)
        return found.compactMap { TableChange($0, keys: "row_keys") }.filter { new.contains($0.sequence) }
    }

    private func events(_ condition: String) throws(DatabaseError) -> [DatabaseRow] {
        try rows(
            "SELECT id, source, operation, row_keys FROM hydrogen_events WHERE \(condition) ORDER BY id",
            limit: FeedLimits.changes
        )
    }

    /// Those of too many gaps to be asked for one by one. Nobody removes what lies above this instance's own floor.
    private func late(_ gaps: EventGaps) throws(DatabaseError) -> [DatabaseRow] {
        let ranges = try gaps.latecomers(most: 1000) { numbers throws(DatabaseError) in
            try rows("SELECT count(*) AS there FROM hydrogen_events WHERE \(EventGaps.condition(of: numbers))")
                .first?["there"]?.wholeNumber ?? 0
        }
        var found: [DatabaseRow] = []
        for numbers in ranges { found += try events(EventGaps.condition(of: numbers)) }
        return found
    }

    /// Where a reading would begin now; what is missing shortly before may still come.
    private func present() throws(DatabaseError) -> FeedPlace {
        let last = try rows("SELECT max(id) AS highest FROM hydrogen_events").first?["highest"]?.wholeNumber ?? 0
        var gaps = EventGaps(after: max(0, last - Int64(FeedLimits.changes)))
        let numbers = try rows(
            "SELECT id FROM hydrogen_events WHERE \(gaps.condition) ORDER BY id",
            limit: 2 * FeedLimits.changes
        )
        _ = gaps.take(numbers.compactMap { $0["id"]?.wholeNumber }, now: .now)
        return FeedPlace(position: String(gaps.floor), gaps: gaps)
    }

    func wait(for signal: WakeupSignal, atMost limit: Duration) throws(DatabaseError) {
        signal.wait(atMost: limit)
    }

    // MARK: Instances

    func report(_ place: FeedPlace, as instance: String) throws(DatabaseError) -> Bool {
        guard let position = place.position else { return false }
        let all = try rows("SELECT name, beat FROM hydrogen_instances")
        let isKnown = all.contains { $0["name"]?.trimmedText == instance }
        if isKnown {
            try ask(
                "UPDATE hydrogen_instances SET reached = \(position), beat = beat + 1 WHERE name = :name",
                instance
            )
        } else {
            try ask("INSERT INTO hydrogen_instances (name, reached, beat) VALUES (:name, \(position), 1)", instance)
        }
        for name in gone(among: all, besides: instance) {
            try ask("DELETE FROM hydrogen_instances WHERE name = :name", name)
        }
        let floor = try rows("SELECT min(reached) AS lowest FROM hydrogen_instances").first?["lowest"]?.wholeNumber
        if let floor { try connection.run("DELETE FROM hydrogen_events WHERE id <= \(floor)") }
        return isKnown
    }

    /// Those that have said nothing new for long.
    private func gone(among rows: [DatabaseRow], besides instance: String) -> [String] {
        let now = ContinuousClock.now
        var heard: [String: (beat: Int64, since: ContinuousClock.Instant)] = [:]
        for row in rows {
            guard let name = row["name"]?.trimmedText, let beat = row["beat"]?.wholeNumber, name != instance else {
                continue
            }
            let before = beats[name]
            heard[name] = before?.beat == beat ? before : (beat, now)
        }
        beats = heard
        return heard.filter { $0.value.since.duration(to: now) > .seconds(FeedLimits.silence) }.map(\.key)
    }

    func leave(as instance: String) throws(DatabaseError) -> Bool {
        try takingTurns { () throws(DatabaseError) in
            try ask("DELETE FROM hydrogen_instances WHERE name = :name", instance)
            let others = try rows("SELECT count(*) AS others_left FROM hydrogen_instances").first?["others_left"]?
                .wholeNumber
            guard others == 0 else { return false }
            for name in try rows(sql.allTriggers).compactMap({ $0["name"]?.trimmedText }) {
                try connection.run("DROP TRIGGER \(name)")
            }
            try connection.run("DROP TABLE hydrogen_events")
            try connection.run("DROP TABLE hydrogen_instances")
            return true
        }
    }

    /// Does something that no other instance does at the same time: a trigger that is made while the table of events is removed would
    /// fail every writer.
    private func takingTurns<Value>(_ body: () throws(DatabaseError) -> Value) throws(DatabaseError) -> Value {
        switch sql.turns {
        case .lock(let take, let release):
            guard try rows(take).first?["taken"]?.wholeNumber == 1 else { throw Self.othersTurn }
            let outcome = Result { () throws(DatabaseError) in try body() }
            // It ends with the session at the latest.
            if connection.isUsable { _ = try rows(release) }
            return try outcome.get()
        case .transaction(let lock):
            return try connection.transact { () throws(DatabaseError) in
                try lockInstances(lock)
                return try body()
            }
        }
    }

    private func lockInstances(_ lock: String) throws(DatabaseError) {
        do throws(DatabaseError) {
            try connection.run(lock)
        } catch {
            // It was there a moment ago: another instance has removed it.
            throw error.code == .refused ? Self.othersTurn : error
        }
    }

    private static let othersTurn = DatabaseError(
        .busy,
        "another instance makes or removes the triggers of the change feed; retry soon",
        retryAfter: .seconds(1)
    )

    func close() {
        connection.close()
    }

    // MARK: Asking

    private func ask(_ sql: String, _ instance: String) throws(DatabaseError) {
        _ = try rows(sql, ["name": instance])
    }

    private func rows(
        _ sql: String,
        _ values: [String: String] = [:],
        limit: Int = 1000
    ) throws(DatabaseError) -> [DatabaseRow] {
        try connection.rows(sql, values, for: .question, limit: limit)
    }
}
