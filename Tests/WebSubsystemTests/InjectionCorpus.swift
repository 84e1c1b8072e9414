/// Texts by which others have broken out of SQL, URLs and JSON, and variations of them.
enum InjectionCorpus {
    /// Known ways out.
    private static let seeds = [
        "' OR '1'='1", "' OR 1=1--", "'; DROP TABLE notes;--", "'; DROP TABLE notes; SELECT '", "\" OR \"\"=\"",
        "') OR ('1'='1",
        "admin'--", "admin'/*", "' UNION SELECT 1,2--", "' UNION ALL SELECT NULL,NULL,NULL--", "1; DELETE FROM notes",
        "1 OR 1=1",
        "-1 UNION SELECT 1", "0x27206f7220313d31", "CHAR(39)", "'||'", "' || (SELECT text FROM notes) || '", "$1", "$2",
        "?1", "?",
        ":v", ":id", "::text", "$$; DROP TABLE notes; $$", "$tag$x$tag$", "\\'", "\\", "\\\\' OR 1=1--", "\\x27",
        "E'\\''",
        "'; COPY notes TO PROGRAM 'id'; --", "'; ATTACH DATABASE 'x' AS y; --", "pg_sleep(5)",
        "'; SELECT pg_sleep(5);--",
        "' AND 1=CAST((SELECT 1) AS int)--", "%27", "%2527", "%00", "%", "%%", "_", "\u{2019} OR 1=1",
        "\u{FF07} OR 1=1", "\u{02BC}",
        "\u{202E}' OR 1", "\u{FEFF}'", "\u{0301}'", "é'", "😀'", "\u{1F468}\u{200D}\u{1F469}'", "\n'--", "\r\n'--",
        "\t'", " ' ", "",
        "NULL", "null", "true", "false", "NaN", "Infinity", "1e999", "-0", "00", "0x10", "1_000", "+1", "1.", ".5",
        "1e5", "9223372036854775808",
        "2026-02-30", "2026-01-31' OR '1", "12:00:00'--", "infinity", "now()", "today", "{\"a\":1}", "{\"$ne\":null}",
        "[1,2]", "\"", "'\"`",
        "`id`", "<script>alert(1)</script>", "${7*7}", "{{7*7}}", "../../etc/passwd", "..%2f..", "a=b&c=d", "a&v=2",
        "v=1#x", "a;b", "a/b",
        "a?b", "a+b", "a b", "a%20b", "--", "/*", "*/", "/* */", "-- x\n1", "#", "BEGIN; ROLLBACK;", "COMMIT",
        "PRAGMA writable_schema=ON",
        "SET ROLE postgres", "RESET ALL", "'; SET search_path TO x;--", "\u{7F}", "\u{80}", "\u{1}",
        String(repeating: "'", count: 500),
        String(repeating: "\\", count: 500), String(repeating: "a", count: 2000),
    ]
    /// What is put around them.
    private static let frames: [(String, String)] = [
        ("", ""), ("x", ""), ("1", ""), ("", "'"), ("'", "'"), ("\"", "\""), ("(", ")"), ("\\", ""), ("1 ", "--"),
        ("", ";"), ("é", "ü"),
    ]

    /// More than a thousand different texts.
    static let all: [String] = {
        var known: Set<[UInt8]> = []
        return seeds.flatMap { seed in frames.map { $0.0 + seed + $0.1 } }.filter {
            known.insert(Array($0.utf8)).inserted
        }
    }()
}
