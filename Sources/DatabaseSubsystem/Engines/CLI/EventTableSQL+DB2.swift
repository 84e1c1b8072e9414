extension EventTableSQL {
    /// The SQL for DB2: triggers of statements, which tell a statement also when it changed no row.
    static let db2 = db2Family(
        lookUp: """
            SELECT rtrim(tabschema) AS place, tabname AS name, CAST(NULL AS VARCHAR(128)) AS key_column
            FROM syscat.tables
            WHERE type = 'T' AND lower(tabname) = CAST(:name AS VARCHAR(128)) AND lower(rtrim(tabschema)) = \(db2Place)
            """,
        triggers: """
            SELECT trigname AS name FROM syscat.triggers
            WHERE enabled = 'Y' AND valid = 'Y' AND lower(tabname) = CAST(:name AS VARCHAR(128))
                AND lower(rtrim(tabschema)) = \(db2Place) AND rtrim(trigschema) = CURRENT SCHEMA
            """,
        taken: """
            SELECT trigname AS name FROM syscat.triggers
            WHERE lower(trigname) = CAST(:name AS VARCHAR(128)) AND rtrim(trigschema) = CURRENT SCHEMA
            """,
        allTriggers: """
            SELECT '"' || rtrim(trigschema) || '"."' || trigname || '"' AS name FROM syscat.triggers
            WHERE trigname LIKE 'hydrogen%' AND rtrim(trigschema) = CURRENT SCHEMA
            """,
        unseen: "TRUNCATE and LOAD"
    )

    /// The SQL for Apache Derby, which speaks DB2's protocol and has other catalogs.
    static let derby = db2Family(
        lookUp: """
            SELECT s.schemaname AS place, t.tablename AS name, CAST(NULL AS VARCHAR(128)) AS key_column
            FROM sys.systables t JOIN sys.sysschemas s ON s.schemaid = t.schemaid
            WHERE t.tabletype = 'T' AND lower(t.tablename) = CAST(:name AS VARCHAR(128)) AND lower(s.schemaname) = \(db2Place)
            """,
        triggers: """
            SELECT g.triggername AS name
            FROM sys.systriggers g JOIN sys.systables t ON t.tableid = g.tableid JOIN sys.sysschemas s ON s.schemaid = t.schemaid
                JOIN sys.sysschemas o ON o.schemaid = g.schemaid
            WHERE g.state = 'E' AND lower(t.tablename) = CAST(:name AS VARCHAR(128)) AND lower(s.schemaname) = \(db2Place)
                AND o.schemaname = CURRENT SCHEMA
            """,
        taken: """
            SELECT g.triggername AS name FROM sys.systriggers g JOIN sys.sysschemas s ON s.schemaid = g.schemaid
            WHERE lower(g.triggername) = CAST(:name AS VARCHAR(128)) AND s.schemaname = CURRENT SCHEMA
            """,
        allTriggers: """
            SELECT '"' || s.schemaname || '"."' || g.triggername || '"' AS name
            FROM sys.systriggers g JOIN sys.sysschemas s ON s.schemaid = g.schemaid
            WHERE g.triggername LIKE 'hydrogen%' AND s.schemaname = CURRENT SCHEMA
            """,
        unseen: "TRUNCATE"
    )

    private static let db2Place = """
        CASE WHEN CAST(:place AS VARCHAR(128)) = '' THEN lower(CURRENT SCHEMA) ELSE CAST(:place AS VARCHAR(128)) END
        """

    private static func db2Family(
        lookUp: String,
        triggers: String,
        taken: String,
        allTriggers: String,
        unseen: String
    ) -> EventTableSQL {
        EventTableSQL(
            turns: .transaction(lock: "LOCK TABLE hydrogen_instances IN EXCLUSIVE MODE"),
            events: """
                CREATE TABLE hydrogen_events (
                    id BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY, source VARCHAR(260) NOT NULL,
                    operation VARCHAR(10) NOT NULL, row_keys VARCHAR(1000))
                """,
            instances: """
                CREATE TABLE hydrogen_instances (
                    name VARCHAR(64) NOT NULL PRIMARY KEY, reached BIGINT NOT NULL, beat BIGINT NOT NULL)
                """,
            lookUp: lookUp,
            triggers: triggers,
            taken: taken,
            makeTrigger: { operation, table in
                let shown = table.shown.replacing("'", with: "''")
                return """
                    CREATE TRIGGER \(db2Name(trigger(operation, on: table.name)))
                    AFTER \(operation.rawValue) ON \(db2Name(table.place)).\(db2Name(table.name)) FOR EACH STATEMENT MODE DB2SQL
                    INSERT INTO hydrogen_events (source, operation) VALUES ('\(shown)', '\(operation.rawValue)')
                    """
            },
            allTriggers: allTriggers,
            blindSpots: nil,
            unseen: unseen
        )
    }

    private static func db2Name(_ name: String) -> String {
        "\"\(name.replacing("\"", with: "\"\""))\""
    }
}

extension EventTableSession {
    /// Follows the feed of a database that IBM's client library connects to: it does not tell DB2 from Derby, their catalogs do.
    static func db2(_ connection: any EngineConnection) throws(DatabaseError) -> EventTableSession {
        let catalog = EngineStatement(sql: "SELECT tabname FROM syscat.tables WHERE 1 = 0", parameterOrder: [])
        do throws(DatabaseError) {
            _ = try connection.rows(catalog, [], limit: 1)
        } catch {
            guard error.code == .refused else { throw error }
            // It does not wait longer than its own derby.locks.waitTimeout: a minute, unless somebody has set another.
            return EventTableSession(connection, .derby)
        }
        // DB2 waits without end where nobody has set LOCKTIMEOUT.
        try connection.run("SET CURRENT LOCK TIMEOUT \(EventTableSQL.lockLimit)")
        return EventTableSession(connection, .db2)
    }
}
