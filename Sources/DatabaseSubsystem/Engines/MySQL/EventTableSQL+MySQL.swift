extension EventTableSQL {
    /// The SQL for MySQL and MariaDB: triggers of rows, as there are none of statements.
    ///
    /// - Parameter database: The connection's database, which has the table of events.
    static func mySQL(database: String) -> EventTableSQL {
        // As makeTrigger writes it; letters count.
        let target = mySQLText("INTO \(mySQLName(database)).hydrogen_events (")
        let isOwn = "LOCATE(CAST(\(target) AS BINARY), CAST(action_statement AS BINARY)) > 0"
        return EventTableSQL(
            turns: .lock(
                take: "SELECT GET_LOCK(\(mySQLLock), \(lockLimit)) AS taken",
                release: "SELECT RELEASE_LOCK(\(mySQLLock)) AS released"
            ),
            events: """
                CREATE TABLE IF NOT EXISTS hydrogen_events (
                    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, source VARCHAR(200) NOT NULL, operation VARCHAR(10) NOT NULL,
                    row_keys LONGTEXT) ENGINE = InnoDB
                """,
            instances: """
                CREATE TABLE IF NOT EXISTS hydrogen_instances (
                    name VARCHAR(64) NOT NULL PRIMARY KEY, reached BIGINT NOT NULL, beat BIGINT NOT NULL) ENGINE = InnoDB
                """,
            lookUp: """
                SELECT t.table_schema AS place, t.table_name AS name, k.column_name AS key_column
                FROM information_schema.tables t
                LEFT JOIN information_schema.key_column_usage k ON k.table_schema = t.table_schema
                    AND k.table_name = t.table_name AND k.constraint_name = 'PRIMARY'
                WHERE t.table_schema = \(mySQLPlace) AND lower(t.table_name) = :name AND t.table_type = 'BASE TABLE'
                ORDER BY k.ordinal_position
                """,
            triggers: """
                SELECT trigger_name AS name FROM information_schema.triggers
                WHERE event_object_schema = \(mySQLPlace) AND lower(event_object_table) = :name
                    AND \(isOwn)
                """,
            taken: """
                SELECT trigger_name AS name FROM information_schema.triggers
                WHERE trigger_schema = \(mySQLPlace) AND lower(trigger_name) = :name
                """,
            makeTrigger: { operation, table in
                let row = operation == .delete ? "OLD" : "NEW"
                let pairs = table.keys.map { "\(mySQLText($0)), \(row).\(mySQLName($0))" }.joined(separator: ", ")
                let keys = table.keys.isEmpty ? "NULL" : "JSON_ARRAY(JSON_OBJECT(\(pairs)))"
                let trigger = mySQLName(trigger(operation, on: table.name))
                return """
                    CREATE TRIGGER \(mySQLName(table.place)).\(trigger)
                    AFTER \(operation.rawValue) ON \(mySQLName(table.place)).\(mySQLName(table.name)) FOR EACH ROW
                    INSERT INTO \(mySQLName(database)).hydrogen_events (source, operation, row_keys)
                    VALUES (\(mySQLText(table.shown)), '\(operation.rawValue)', \(keys))
                    """
            },
            allTriggers: """
                SELECT concat('`', trigger_schema, '`.`', trigger_name, '`') AS name FROM information_schema.triggers
                WHERE trigger_name LIKE 'hydrogen%' AND \(isOwn)
                """,
            blindSpots: """
                SELECT concat('foreign key ', constraint_name, ' from ', referenced_table_name, ' (ON DELETE ', delete_rule,
                    ', ON UPDATE ', update_rule, ')') AS words
                FROM information_schema.referential_constraints
                WHERE constraint_schema = \(mySQLPlace) AND lower(table_name) = :name
                    AND (delete_rule IN ('CASCADE', 'SET NULL') OR update_rule IN ('CASCADE', 'SET NULL'))
                """,
            unseen: "TRUNCATE"
        )
    }

    /// The name of the lock by which instances take turns: one for each database that has a table of events.
    static let mySQLLock = "CONCAT('hydrogen feed ', MD5(DATABASE()))"

    private static let mySQLPlace = "CASE WHEN :place = '' THEN DATABASE() ELSE :place END"

    private static func mySQLName(_ name: String) -> String {
        "`\(name.replacing("`", with: "``"))`"
    }

    private static func mySQLText(_ text: String) -> String {
        "'\(text.replacing("\\", with: "\\\\").replacing("'", with: "''"))'"
    }
}

extension EventTableSession {
    /// Follows the feed of a MySQL or MariaDB database, over whichever engine.
    ///
    /// - Throws: What the connection threw, which is closed then; `refused` when it has no database of its own.
    static func mySQL(_ connection: any EngineConnection) throws(DatabaseError) -> EventTableSession {
        do throws(DatabaseError) {
            let ask = EngineStatement(sql: "SELECT DATABASE() AS name", parameterOrder: [])
            guard let database = try connection.rows(ask, [], limit: 1).first?["name"]?.trimmedText else {
                throw DatabaseError(.refused, "the connection has no database to keep events in; set Database")
            }
            // Without it a change of the schema waits for a day, and everybody who comes behind it.
            try connection.run("SET lock_wait_timeout = \(EventTableSQL.lockLimit)")
            return EventTableSession(connection, .mySQL(database: database))
        } catch {
            connection.close()
            throw error
        }
    }
}
