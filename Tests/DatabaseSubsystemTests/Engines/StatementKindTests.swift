import Testing

@testable import DatabaseSubsystem

@Suite struct StatementKindTests {
    @Test(
        "reads are told by their words",
        arguments: [
            "SELECT 1", "  -- insert\nselect * from t", "WITH a AS (SELECT 1) SELECT * FROM a", "VALUES (1), (2)",
            "TABLE t",
            "SHOW timezone", "EXPLAIN SELECT 1", "SELECT 'INSERT INTO t' AS text", "SELECT \"update\" FROM t",
            "SELECT $$DELETE$$", "SELECT updated_at, deleted FROM t",
        ]
    )
    func reads(sql: String) {
        #expect(StatementKind(sql, .postgreSQL) == .reads)
    }

    @Test(
        "everything else writes",
        arguments: [
            "INSERT INTO t VALUES (1)", "update t SET a = 1", "DELETE FROM t", "MERGE INTO t USING s ON true",
            "CALL p()",
            "WITH a AS (DELETE FROM t RETURNING *) SELECT * FROM a", "SELECT 1 INTO t", "SELECT * FROM t FOR UPDATE",
            "SELECT * FROM t FOR NO KEY UPDATE", "SELECT * FROM t FOR KEY SHARE",
            "EXPLAIN ANALYZE INSERT INTO t VALUES (1)",
            "CREATE TABLE t (a int)", "TRUNCATE t", "REFRESH MATERIALIZED VIEW v", "DO $$ BEGIN END $$", "",
        ]
    )
    func writes(sql: String) {
        #expect(StatementKind(sql, .postgreSQL) == .writes)
    }

    @Test(
        "what would change the session or its transaction is no query",
        arguments: [
            "BEGIN", "commit", "SET search_path = x", "COPY t TO STDOUT", "LISTEN a", "DISCARD ALL", "/* a */ ROLLBACK",
        ]
    )
    func forbidden(sql: String) {
        guard case .forbidden = StatementKind(sql, .postgreSQL) else {
            Issue.record("\(sql) was let through")
            return
        }
    }
}
