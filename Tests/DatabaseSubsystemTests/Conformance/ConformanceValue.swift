@testable import DatabaseSubsystem

/// A value that every engine stores and gives back as the same JSON, byte by byte.
struct ConformanceValue: Sendable {
    typealias Dialect = ConformanceSubject.Dialect

    /// How the value gets into its column.
    enum Input: Sendable {
        /// By a parameter, as a URL has it.
        case parameter(ParameterType, String)
        /// By the SQL itself: no parameter holds bytes.
        case literal([Dialect: String])
    }

    let name: String
    /// The column's type in each dialect that has one; of prompts, that of JSON Schema.
    let types: [Dialect: String]
    let input: Input
    /// What is written into the column for the parameter `:v`. Default: that.
    var expressions: [Dialect: String] = [:]
    let json: String

    private static func everywhere(
        _ type: String,
        _ schemaType: String = "string",
        _ others: [Dialect: String] = [:]
    ) -> [Dialect: String] {
        [.postgresql: type, .sqlite: type, .mariadb: type, .derby: type, .prompt: schemaType].merging(others) { $1 }
    }

    private static func integer(_ name: String, _ type: String, _ text: String) -> ConformanceValue {
        ConformanceValue(name: name, types: everywhere(type, "integer"), input: .parameter(.integer, text), json: text)
    }

    private static func float(_ name: String, _ text: String, _ json: String) -> ConformanceValue {
        ConformanceValue(
            name: name,
            types: everywhere("DOUBLE PRECISION", "number"),
            input: .parameter(.float, text),
            json: json
        )
    }

    private static func decimal(_ name: String, _ type: String, _ text: String, _ json: String) -> ConformanceValue {
        // SQLite has no exact decimals.
        ConformanceValue(
            name: name,
            types: [.postgresql: type, .mariadb: type, .derby: type, .prompt: "number"],
            input: .parameter(.string, text),
            expressions: [.postgresql: "CAST(:v AS \(type))", .mariadb: ":v", .derby: "CAST(:v AS \(type))"],
            json: json
        )
    }

    private static func text(_ name: String, _ text: String, _ json: String) -> ConformanceValue {
        ConformanceValue(
            name: name,
            types: everywhere("VARCHAR(200)"),
            input: .parameter(.string, text),
            json: json
        )
    }

    private static func boolean(_ word: String) -> ConformanceValue {
        ConformanceValue(
            name: word,
            types: [.postgresql: "BOOLEAN", .sqlite: "BOOLEAN", .mariadb: "BOOLEAN", .prompt: "boolean"],
            input: .parameter(.boolean, word),
            json: word
        )
    }

    private static func json(_ name: String, _ text: String) -> ConformanceValue {
        ConformanceValue(
            name: name,
            types: [.postgresql: "JSON", .sqlite: "JSON", .mariadb: "JSON", .prompt: "object"],
            input: .parameter(.string, text),
            expressions: [.postgresql: "CAST(:v AS JSON)"],
            json: text
        )
    }

    private static func civil(
        _ name: String,
        _ type: ParameterType,
        _ types: [Dialect: String],
        _ text: String,
        json: String? = nil
    ) -> ConformanceValue {
        ConformanceValue(name: name, types: types, input: .parameter(type, text), json: "\"\(json ?? text)\"")
    }

    private static let dates = everywhere("DATE")
    private static let times = everywhere("TIME", "string", [.mariadb: "TIME(6)"])
    private static let datetimes = everywhere("TIMESTAMP", "string", [.mariadb: "DATETIME(6)"])
    private static let instants: [Dialect: String] = [
        .postgresql: "TIMESTAMPTZ", .sqlite: "TIMESTAMPTZ", .mariadb: "TIMESTAMP(6) NULL", .prompt: "string",
    ]
    private static let bytes: [Dialect: String] = [
        .postgresql: "BYTEA", .sqlite: "BLOB", .mariadb: "BLOB", .derby: "BLOB",
    ]

    /// The mapping table.
    static let all: [ConformanceValue] = [
        integer("the smallest integer of 16 bits", "SMALLINT", "-32768"),
        integer("the largest integer of 32 bits", "INTEGER", "2147483647"),
        integer("the largest integer of 64 bits", "BIGINT", "9223372036854775807"),
        integer("the smallest integer of 64 bits", "BIGINT", "-9223372036854775808"),
        integer("zero", "INTEGER", "0"),

        decimal(
            "a decimal of 30 digits",
            "DECIMAL(30,10)",
            "12345678901234567890.0123456789",
            "12345678901234567890.0123456789"
        ),
        decimal("a decimal below one keeps its zeros", "DECIMAL(7,3)", "-0.5", "-0.500"),
        decimal("a decimal that has zeros at its end", "DECIMAL(7,3)", "0.500", "0.500"),
        decimal("a decimal without a point", "DECIMAL(20,0)", "12345678901234567890", "12345678901234567890"),

        float("a binary fraction", "0.1", "0.1"),
        float("a whole floating point number", "5", "5"),
        float("a large floating point number", "1e300", "1e+300"),
        float("a whole one that others print with an exponent", "1e15", "1000000000000000"),
        float("a small one", "-1.5e-7", "-1.5e-07"),
        float("all digits of one", "0.30000000000000004", "0.30000000000000004"),
        ConformanceValue(
            name: "a floating point number of 32 bits",
            types: everywhere("REAL", "number", [.mariadb: "FLOAT"]),
            input: .parameter(.float, "0.25"),
            json: "0.25"
        ),

        boolean("true"),
        boolean("false"),

        ConformanceValue(
            name: "text of a fixed length",
            types: everywhere("CHAR(5)"),
            input: .parameter(.string, "abcde"),
            json: "\"abcde\""
        ),
        text("text", "Oslo", "\"Oslo\""),
        text("text that JSON escapes", "a\"b\\c\n\t\u{1}", #""a\"b\\c\n\t\u0001""#),
        text("text that looks like SQL", "'; DROP TABLE t; -- :v ?", #""'; DROP TABLE t; -- :v ?""#),
        text("text beyond the basic plane", "ü€한😀 e\u{301}", "\"ü€한😀 e\u{301}\""),
        text("text that looks like a number", "007.50", "\"007.50\""),
        text("the empty text", "", "\"\""),
        text("blanks at both ends", "  a  ", "\"  a  \""),

        ConformanceValue(
            name: "bytes",
            types: bytes,
            input: .literal([
                .postgresql: #"'\x00ff10'"#, .sqlite: "X'00ff10'", .mariadb: "X'00ff10'",
                .derby: "CAST(X'00ff10' AS BLOB)",
            ]),
            json: "\"AP8Q\""
        ),
        ConformanceValue(
            name: "no bytes",
            types: bytes,
            input: .literal([.postgresql: "''", .sqlite: "X''", .mariadb: "''", .derby: "CAST(X'' AS BLOB)"]),
            json: "\"\""
        ),

        civil("a date", .date, dates, "2026-01-31"),
        civil("the first date", .date, dates, "0001-01-01"),
        civil("the last date", .date, dates, "9999-12-31"),
        civil("a time", .time, times, "23:59:58"),
        civil(
            "a time with decimals",
            .time,
            [.postgresql: "TIME", .sqlite: "TIME", .mariadb: "TIME(6)", .prompt: "string"],
            "12:34:56.123456"
        ),
        civil("a date and time", .datetime, datetimes, "2026-01-31T12:34:56"),
        civil("a date and time with decimals", .datetime, datetimes, "2026-01-31T12:34:56.123456"),
        civil("decimals without zeros at the end", .datetime, datetimes, "2026-01-31T12:34:56.5"),
        civil("an instant", .timestamp, instants, "2026-01-31T12:34:56Z"),
        civil("an instant with decimals", .timestamp, instants, "2026-01-31T12:34:56.123456Z"),
        civil(
            "an instant of another zone",
            .timestamp,
            [.postgresql: "TIMESTAMPTZ", .mariadb: "TIMESTAMP(6) NULL", .prompt: "string"],
            "2026-01-31T12:34:56+05:30",
            json: "2026-01-31T07:04:56Z"
        ),

        json("JSON", #"{"a":[1,2.50,null],"b":"ü"}"#),
        json("JSON with blanks", #"{"a": [1, 2.50, null], "b": "ü"}"#),
    ]
}
