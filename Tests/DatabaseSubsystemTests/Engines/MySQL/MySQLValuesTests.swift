import NIOCore
import Testing

@testable import DatabaseSubsystem

@Suite("MySQL: values", MySQLServer.isThere)
struct MySQLValuesTests {
    /// A column, a literal, and the JSON that it is written as.
    private static let columns: [(type: String, literal: String, json: String)] = [
        ("TINYINT", "-128", "-128"),
        ("TINYINT UNSIGNED", "255", "255"),
        ("BOOLEAN", "TRUE", "true"),
        ("BOOLEAN", "0", "false"),
        ("TINYINT(1)", "7", "7"),
        ("TINYINT(1)", "-7", "-7"),
        ("TINYINT(1) UNSIGNED", "200", "200"),
        ("TINYINT(1) UNSIGNED", "1", "1"),
        ("SMALLINT", "-32768", "-32768"),
        ("SMALLINT UNSIGNED", "65535", "65535"),
        ("MEDIUMINT", "-8388608", "-8388608"),
        ("INT", "-2147483648", "-2147483648"),
        ("INT UNSIGNED", "4294967295", "4294967295"),
        ("INT(5) ZEROFILL", "42", "42"),
        ("BIGINT", "-9223372036854775808", "-9223372036854775808"),
        ("BIGINT UNSIGNED", "18446744073709551615", "18446744073709551615"),
        ("DECIMAL(65, 30)", "12345678901234567890.5", "12345678901234567890.500000000000000000000000000000"),
        ("DECIMAL(10, 2)", "-0.5", "-0.50"),
        ("FLOAT", "1.1", "1.1"),
        ("DOUBLE", "-0.1", "-0.1"),
        ("DOUBLE", "1e300", "1e+300"),
        ("BIT(1)", "b'1'", "true"),
        ("BIT(1)", "b'0'", "false"),
        ("BIT(20)", "b'10000000000000000001'", "524289"),
        ("BIT(64)", "18446744073709551615", "18446744073709551615"),
        ("YEAR", "2026", "2026"),
        ("DATE", "'2026-01-31'", "\"2026-01-31\""),
        ("DATE", "'0000-00-00'", "\"0000-00-00\""),
        ("TIME", "'12:00:00'", "\"12:00:00\""),
        ("TIME", "'00:00:00'", "\"00:00:00\""),
        ("TIME(6)", "'-838:59:59'", "\"-838:59:59\""),
        ("TIME(3)", "'100:00:00.5'", "\"100:00:00.5\""),
        ("DATETIME", "'2026-01-31 12:00:00'", "\"2026-01-31T12:00:00\""),
        ("DATETIME", "'2026-01-31'", "\"2026-01-31T00:00:00\""),
        ("DATETIME(6)", "'2026-01-31 12:00:00.123456'", "\"2026-01-31T12:00:00.123456\""),
        ("DATETIME(6)", "'2026-01-31 12:00:00.5'", "\"2026-01-31T12:00:00.5\""),
        ("DATETIME", "'0000-00-00 00:00:00'", "\"0000-00-00T00:00:00\""),
        ("TIMESTAMP(3) NULL", "'2026-01-31 12:00:00.250'", "\"2026-01-31T12:00:00.25Z\""),
        ("CHAR(3)", "'ab'", "\"ab\""),
        ("VARCHAR(20)", "'\u{1F680} \"ä\"'", "\"\u{1F680} \\\"ä\\\"\""),
        ("VARCHAR(20) CHARACTER SET latin1", "'ä'", "\"ä\""),
        ("TEXT", "'a\\nb'", "\"a\\nb\""),
        ("LONGTEXT", "REPEAT('x', 3)", "\"xxx\""),
        ("JSON", "'{\"a\": [1, null]}'", "{\"a\": [1, null]}"),
        ("ENUM('one', 'two')", "'two'", "\"two\""),
        ("SET('x', 'y')", "'y,x'", "\"x,y\""),
        ("BINARY(4)", "x'00ff'", "\"AP8AAA==\""),
        ("VARBINARY(10)", "x'00ff'", "\"AP8=\""),
        ("BLOB", "x''", "\"\""),
        ("UUID", "'123e4567-e89b-12d3-a456-426655440000'", "\"123e4567-e89b-12d3-a456-426655440000\""),
        ("INET6", "'::1'", "\"::1\""),
        ("POINT", "POINT(1, 2)", "\"AAAAAAEBAAAAAAAAAAAA8D8AAAAAAAAAQA==\""),
        ("BIGINT", "NULL", "null"),
        ("VARCHAR(1)", "NULL", "null"),
    ]

    @Test("every type of a column has one JSON", arguments: columns)
    func types(column: (type: String, literal: String, json: String)) throws {
        let session = try MySQLTestSession(hasDatabase: true)
        // Zero dates are refused by a strict server, and read from one that was not.
        try session.connection.run("SET sql_mode = ''")
        try session.connection.run("CREATE TABLE v (a \(column.type))")
        try session.connection.run("INSERT INTO v VALUES (\(column.literal))")
        #expect(try session.json("SELECT a FROM v") == "[{\"a\":\(column.json)}]")
    }

    @Test(
        "an expression has the type that the server gives it",
        arguments: [
            ("1 = 1", "1"), ("TRUE", "1"), ("1.50", "1.50"), ("1e0", "1"), ("NULL", "null"), ("x'00'", "\"AA==\""),
            ("'a'", "\"a\""), ("JSON_OBJECT('a', 1)", "{\"a\": 1}"), ("CAST('2026-01-31' AS DATE)", "\"2026-01-31\""),
            ("MAKETIME(-25, 0, 0)", "\"-25:00:00\""), ("_latin1'\u{E4}'", "\"\u{C3}\u{A4}\""),
            ("CAST(9223372036854775808 AS UNSIGNED)", "9223372036854775808"), ("COUNT(*)", "1"),
        ]
    )
    func expressions(expression: (sql: String, json: String)) throws {
        let session = try MySQLTestSession()
        #expect(try session.json("SELECT \(expression.sql) AS a") == "[{\"a\":\(expression.json)}]")
    }

    @Test(
        "parameters arrive as they were bound",
        arguments: [
            (ParameterValue(type: .integer, content: .integer(.min)), "-9223372036854775808"),
            (ParameterValue(type: .float, content: .float(0.1)), "0.1"),
            (ParameterValue(type: .boolean, content: .boolean(true)), "1"),
            (ParameterValue(type: .string, content: .text("\u{1F680}'\\")), "\"\u{1F680}'\\\\\""),
            (ParameterValue(type: .text, content: .text("")), "\"\""),
            (ParameterValue(type: .date, content: .text("2026-01-31")), "\"2026-01-31\""),
            (ParameterValue(type: .timestamp, content: .text("2026-01-31T12:00:00+05:30")), "\"2026-01-31 06:30:00\""),
            (.null(.integer), "null"), (.null(.string), "null"),
        ]
    )
    func parameters(value: ParameterValue, json: String) throws {
        let session = try MySQLTestSession()
        #expect(try session.json("SELECT :a AS a", [value]) == "[{\"a\":\(json)}]")
    }

    @Test("a moment with a zone is stored in UTC, whatever the server's zone is")
    func moments() throws {
        let session = try MySQLTestSession(hasDatabase: true)
        try session.connection.run("CREATE TABLE v (a TIMESTAMP(6) NULL, b DATETIME(6))")
        let moment = ParameterValue(type: .timestamp, content: .text("2026-03-01T00:30:00.125+01:00"))
        let local = ParameterValue(type: .datetime, content: .text("2026-03-01T00:30:00"))
        let insert = session.query("INSERT INTO v VALUES (:a, :b)", [moment, local], readOnly: false)
        #expect(try session.run(insert).get().affectedRows == 1)
        #expect(
            try session.json("SELECT a, b FROM v")
                == #"[{"a":"2026-02-28T23:30:00.125Z","b":"2026-03-01T00:30:00"}]"#
        )
        #expect(try session.json("SELECT COUNT(*) AS n FROM v WHERE a = :a", [moment]) == #"[{"n":1}]"#)
    }

    @Test("a value of 3 MB, and a row of 1,000 columns, arrive whole")
    func large() throws {
        let session = try MySQLTestSession()
        let long = try session.run(session.query("SELECT REPEAT('x', 3000000) AS a", limit: 1 << 24)).get()
        #expect(long.body.readableBytes == 3_000_000 + #"[{"a":""}]"#.utf8.count)
        let columns = (1...1000).map { "\($0) AS c\($0)" }.joined(separator: ", ")
        #expect(try session.json("SELECT \(columns)").hasSuffix(#""c1000":1000}]"#))
    }

    @Test("Hydrogen's own queries get values of one kind for each")
    func ownValues() throws {
        let session = try MySQLTestSession()
        let sql =
            "SELECT 1, CAST(-1 AS SIGNED), 1.5, 1e0, 'a', x'00', NULL, DATE '2026-01-31', 18446744073709551615, b'101'"
        let rows = try session.connection.rows(EngineStatement(sql: sql, parameterOrder: []), [], limit: 1)
        let expected: [DatabaseValue] = [
            .integer(1), .integer(-1), .text("1.5"), .float(1), .text("a"), .blob([0]), .null, .text("2026-01-31"),
            .text("18446744073709551615"), .blob([5]),
        ]
        #expect(rows.first?.values == expected)
    }
}
