import Testing

@testable import DatabaseSubsystem

@Suite("SQL scripts split into statements")
struct SQLScriptTests {
    private func texts(_ sql: String, _ dialect: SQLDialect = .standard) -> [String] {
        SQLScript(sql, dialect: dialect).statements.map(\.text)
    }

    @Test(
        "splits at semicolons in code alone",
        arguments: [
            ("a;b;c", ["a", "b", "c"]),
            (" a ; ; b ", ["a", "b"]),
            ("", []),
            (";;", []),
            ("-- nothing\n/* at all */", []),
            (
                "SELECT ';';SELECT \";\";SELECT `;`;SELECT [;]",
                ["SELECT ';'", "SELECT \";\"", "SELECT `;`", "SELECT [;]"]
            ),
            ("a -- x;y\n;b", ["a", "b"]),
            ("a /* x;y */ c;b", ["a /* x;y */ c", "b"]),
            ("-- before\na;-- between\nb -- after", ["a", "b"]),
            ("DO $$ BEGIN a; b; END $$; c", ["DO $$ BEGIN a; b; END $$", "c"]),
            ("BEGIN; a; COMMIT;", ["BEGIN", "a", "COMMIT"]),
            ("SELECT CASE WHEN x THEN 1 END; b", ["SELECT CASE WHEN x THEN 1 END", "b"]),
            ("CREATE TABLE trigger (begin int); b", ["CREATE TABLE trigger (begin int)", "b"]),
            ("CREATE INDEX function ON t (begin); b", ["CREATE INDEX function ON t (begin)", "b"]),
        ]
    )
    func splits(sql: String, expected: [String]) {
        #expect(texts(sql) == expected)
    }

    @Test(
        "keeps blocks together",
        arguments: [
            "CREATE TRIGGER t AFTER INSERT ON o BEGIN UPDATE a SET x = 1; DELETE FROM b; END",
            "create temp trigger t before update on o when CASE new.x WHEN 1 THEN 1 ELSE 0 END begin select 1; end",
            "CREATE TRIGGER t AFTER INSERT ON o BEGIN SELECT CASE WHEN new.a THEN RAISE(ABORT, 'no; way') END; SELECT 2; END",
            "CREATE TRIGGER t AFTER INSERT ON o BEGIN INSERT INTO l VALUES (new.\"end\", NEW.end, new.begin); SELECT 1; END",
            "CREATE PROCEDURE p() BEGIN IF a THEN SET x = 1; ELSE SET x = 2; END IF; WHILE x DO SET x = 0; END WHILE; END",
            "CREATE DEFINER = `r`@`%` PROCEDURE p() l: BEGIN CASE x WHEN 1 THEN SET y = 1; END CASE; LEAVE l; END l",
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC BEGIN a; END; RETURN IF(x, 1, 2); END",
            "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE SQL BEGIN ATOMIC SELECT 1; SELECT CASE WHEN a THEN b END; END",
            "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN a; REPEAT b; UNTIL c END REPEAT; END",
            "CREATE TRIGGER t BEFORE INSERT ON o FOR EACH ROW EXECUTE FUNCTION f()",
            "CREATE FUNCTION f() RETURNS int AS $$ BEGIN a; END $$ LANGUAGE plpgsql",
            "CREATE FUNCTION f(x int) RETURNS int RETURN CASE WHEN x > 1 THEN 2 END",
        ]
    )
    func blocks(sql: String) {
        #expect(texts("SELECT 0; \(sql); SELECT 9;") == ["SELECT 0", sql, "SELECT 9"])
    }

    @Test("says on which line each statement starts")
    func lines() {
        let script = SQLScript("-- one\nCREATE TABLE a (\n  x int\n);\n\n-- two\nINSERT INTO a\nVALUES (1); SELECT 1\n")
        #expect(script.statements.map(\.line) == [2, 7, 8])
    }

    @Test("MySQL strings have backslashes")
    func mysql() {
        #expect(texts("SELECT 'a\\';b'; c", .mysql) == ["SELECT 'a\\';b'", "c"])
    }
}
