/// The SQL by which PostgreSQL keeps a change feed.
///
/// Triggers of statements, not of rows, write one event each; a transaction raises one wake-up at most, as PostgreSQL folds
/// equal notifications. A reading takes every visible event whose transaction had not ended at the reading before, and
/// skips those that it has: so a transaction that commits late is caught, and one that runs for long holds nothing up.
enum PostgreSQLFeedSQL {
    /// The channel of the wake-ups; they carry nothing.
    static let channel = "hydrogen_events"

    /// One instance at a time makes or removes what the feed needs, and none holds writers of the tables up for long.
    static let exclusion = ["SET LOCAL lock_timeout = '3s'", "SELECT pg_advisory_xact_lock(4719013552)"]

    /// Whether the foundation is there: making it again would wait for writers.
    static let isFounded = "SELECT to_regclass('hydrogen_events') IS NOT NULL AS founded"

    /// Makes the events' table, the list of instances and the triggers' function, where they are missing.
    static let foundation = [
        """
        CREATE TABLE IF NOT EXISTS hydrogen_events (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
            source text NOT NULL,
            operation text NOT NULL,
            keys jsonb
        )
        """,
        "CREATE INDEX IF NOT EXISTS hydrogen_events_transaction ON hydrogen_events (transaction)",
        """
        CREATE TABLE IF NOT EXISTS hydrogen_instances (
            name text PRIMARY KEY,
            position xid8 NOT NULL,
            seen timestamptz NOT NULL
        )
        """,
        // Writers of the tables need no rights of their own on the events.
        """
        CREATE OR REPLACE FUNCTION hydrogen_record_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path FROM CURRENT AS $hydrogen$
        DECLARE
            keys jsonb;
            found boolean := true;
        BEGIN
            IF TG_OP <> 'TRUNCATE' THEN
                EXECUTE 'SELECT EXISTS (SELECT 1 FROM changed)' INTO found;
                IF found AND TG_ARGV[0] <> '' THEN
                    EXECUTE format('SELECT jsonb_agg(to_jsonb(k)) FROM (SELECT %s FROM changed LIMIT 101) k', TG_ARGV[0])
                    INTO keys;
                    IF jsonb_array_length(keys) > 100 THEN keys := NULL; END IF;
                END IF;
            END IF;
            IF found THEN
                INSERT INTO hydrogen_events (source, operation, keys)
                VALUES (TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, lower(TG_OP), keys);
                PERFORM pg_notify('hydrogen_events', '');
            END IF;
            RETURN NULL;
        END
        $hydrogen$
        """,
    ]

    /// Makes the triggers of one table, where they are missing.
    ///
    /// - Parameter table: A name without quotes.
    static func watch(_ table: String) -> String {
        """
        DO $hydrogen$
        DECLARE
            target regclass := '\(table)'::regclass;
            key_columns text;
            change record;
        BEGIN
            SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.place) INTO key_columns
            FROM pg_index i
            CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(number, place)
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
            WHERE i.indrelid = target AND i.indisprimary;
            FOR change IN
                SELECT * FROM (VALUES ('insert', 'NEW'), ('update', 'NEW'), ('delete', 'OLD'), ('truncate', NULL)) AS v(kind, side)
            LOOP
                CONTINUE WHEN EXISTS (
                    SELECT 1 FROM pg_trigger WHERE tgrelid = target AND tgname = 'hydrogen_' || change.kind
                );
                EXECUTE format(
                    'CREATE TRIGGER %I AFTER %s ON %s %s FOR EACH STATEMENT EXECUTE FUNCTION hydrogen_record_change(%L)',
                    'hydrogen_' || change.kind, upper(change.kind), target,
                    coalesce('REFERENCING ' || change.side || ' TABLE AS changed', ''), coalesce(key_columns, '')
                );
            END LOOP;
        END
        $hydrogen$
        """
    }

    /// Which triggers of a table are missing or switched off; empty when it tells its changes.
    static func silentTriggers(of table: String) -> String {
        """
        SELECT coalesce(string_agg(wanted.name, ', ' ORDER BY wanted.name), '') AS silent
        FROM (VALUES ('hydrogen_insert'), ('hydrogen_update'), ('hydrogen_delete'), ('hydrogen_truncate')) AS wanted (name)
        WHERE NOT EXISTS (
            SELECT 1 FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid
            WHERE t.tgrelid = to_regclass('\(table)') AND t.tgname = wanted.name AND t.tgenabled IN ('O', 'A')
              AND p.proname = 'hydrogen_record_change'
        )
        """
    }

    /// The full name of a table.
    static func fullName(_ table: String) -> String {
        """
        SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.oid = '\(table)'::regclass
        """
    }

    /// Where a reading would begin now, and what there is from `:position` on; one row without an event when there is none.
    static let events = """
        SELECT s.position, e.id, e.source, e.operation, e.keys::text AS keys
        FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS position) s
        LEFT JOIN hydrogen_events e ON e.transaction >= CAST(:position AS xid8)
        ORDER BY e.id
        """

    /// Where a reading would begin now.
    static let present = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS position"

    /// Says that an instance lives; returns whether it was known.
    static let report = """
        WITH known AS (SELECT 1 FROM hydrogen_instances WHERE name = :name),
        written AS (
            INSERT INTO hydrogen_instances (name, position, seen) VALUES (:name, CAST(:position AS xid8), now())
            ON CONFLICT (name) DO UPDATE SET position = excluded.position, seen = excluded.seen
        )
        SELECT EXISTS (SELECT 1 FROM known) AS known
        """

    /// Removes instances that are silent for long, and what all others have read.
    static let housekeeping = [
        "DELETE FROM hydrogen_instances WHERE seen < now() - interval '\(FeedLimits.silence) seconds'",
        "DELETE FROM hydrogen_events WHERE transaction < (SELECT min(position) FROM hydrogen_instances)",
    ]

    /// How many other instances live.
    static let others = """
        SELECT count(*) AS others FROM hydrogen_instances
        WHERE name <> :name AND seen > now() - interval '\(FeedLimits.silence) seconds'
        """

    static let strikeOff = "DELETE FROM hydrogen_instances WHERE name = :name"

    /// Removes everything that the feed has made, on whichever tables.
    static let removal = [
        "DROP FUNCTION IF EXISTS hydrogen_record_change() CASCADE",
        "DROP TABLE IF EXISTS hydrogen_events",
        "DROP TABLE IF EXISTS hydrogen_instances",
    ]
}
