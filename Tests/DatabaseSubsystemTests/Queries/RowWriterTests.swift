import HydrogenCore
import NIOCore
import Testing

@testable import DatabaseSubsystem

@Suite("Rows")
struct RowWriterTests {
    /// What is written for one value, without the array, the object and the name around it.
    private func written(_ body: (inout RowWriter) -> Void) throws -> String {
        var writer = RowWriter(columns: RowColumns(["v"]))
        writer.beginRow()
        body(&writer)
        writer.endRow()
        let text = String(buffer: writer.finish())
        #expect(text.hasPrefix("[{\"v\":") && text.hasSuffix("}]"))
        #expect((try? JSONParser(options: .strict).parse(text.utf8)) != nil, "\(text)")
        return String(text.dropFirst(6).dropLast(2))
    }

    private func bytes(_ text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        Array(text.utf8).withUnsafeBufferPointer(body)
    }

    // MARK: Rows

    @Test("rows, columns and commas")
    func rows() {
        var writer = RowWriter(columns: RowColumns(["id", "na\"me"]))
        for number in 1...3 as ClosedRange<Int64> {
            writer.beginRow()
            writer.integer(number)
            writer.string("x")
            writer.endRow()
        }
        #expect(writer.rowCount == 3)
        #expect(
            String(buffer: writer.finish())
                == #"[{"id":1,"na\"me":"x"},{"id":2,"na\"me":"x"},{"id":3,"na\"me":"x"}]"#
        )
    }

    @Test("no rows, no columns, and a buffer that is not empty")
    func edges() {
        #expect(String(buffer: RowWriter(columns: RowColumns(["a"])).finish()) == "[]")
        var writer = RowWriter(columns: RowColumns([]), buffer: ByteBuffer(string: "x"))
        writer.beginRow()
        writer.endRow()
        writer.beginRow()
        writer.endRow()
        #expect(writer.byteCount == 7)
        #expect(String(buffer: writer.finish()) == "x[{},{}]")
    }

    @Test(
        "columns of one name get a number",
        arguments: [
            (["a", "b"], ["a", "b"]), (["a", "a", "a"], ["a", "a_2", "a_3"]),
            (["a", "a", "a_2"], ["a", "a_3", "a_2"]),
            (["a_2", "a", "a"], ["a_2", "a", "a_3"]), (["", ""], ["", "_2"]), (["A", "a"], ["A", "a"]),
        ]
    )
    func duplicates(names: [String], expected: [String]) {
        #expect(RowColumns(names).names == expected)
    }

    // MARK: Other formats

    private func text(_ format: RowFormat, _ names: [String], _ rows: [[DatabaseValue]]) -> String {
        var writer = RowWriter(columns: RowColumns(names), format: format)
        for row in rows {
            writer.beginRow()
            for value in row { writer.value(value) }
            writer.endRow()
        }
        return String(buffer: writer.finish())
    }

    @Test("NDJSON is one object a line")
    func lines() {
        #expect(text(.ndjson, ["a"], []).isEmpty)
        #expect(text(.ndjson, [], [[], []]) == "{}\n{}\n")
        #expect(
            text(.ndjson, ["a", "b"], [[.integer(1), .text("x\n")], [.null, .boolean(true)]])
                == "{\"a\":1,\"b\":\"x\\n\"}\n{\"a\":null,\"b\":true}\n"
        )
    }

    @Test("CSV is a line of names, and one for each row")
    func table() {
        #expect(text(.csv, ["a", "b,c", ""], []) == "a,\"b,c\",\"\"\r\n")
        #expect(text(.csv, [], []).isEmpty)
        #expect(
            text(.csv, ["a", "a"], [[.integer(1), .text("x")], [.null, .boolean(false)]])
                == "a,a_2\r\n1,x\r\n,false\r\n"
        )
    }

    @Test(
        "fields of CSV are in quotation marks where they must be",
        arguments: [
            (.null, ""), (.text(""), "\"\""), (.text("plain text"), "plain text"), (.text("a,b"), "\"a,b\""),
            (.text("\""), "\"\"\"\""), (.text("say \"no\"\n"), "\"say \"\"no\"\"\n\""), (.text("a\r"), "\"a\r\""),
            (.text("\\ \t\u{1}"), "\\ \t\u{1}"), (.text("=1+2"), "=1+2"), (.text("ü😀"), "ü😀"),
            (.text("NULL"), "NULL"), (.float(.nan), "NaN"), (.float(-.infinity), "-Infinity"), (.float(1.5), "1.5"),
            (.boolean(true), "true"), (.blob([255]), "/w=="), (.blob([]), "\"\""),
        ] as [(DatabaseValue, String)]
    )
    func fields(value: DatabaseValue, expected: String) {
        #expect(text(.csv, ["v"], [[value]]) == "v\r\n\(expected)\r\n")
    }

    @Test("what engines give as text goes into CSV as it is")
    func rawFields() {
        var writer = RowWriter(columns: RowColumns(["n", "j", "t", "s"]), format: .csv)
        writer.beginRow()
        bytes(".50") { writer.rawNumber($0) }
        bytes(#"{"a": [1]}"#) { writer.rawJSON($0) }
        bytes("2026-01-31 12:00:00+00") { writer.timestamp($0) }
        [0x2C, 0xFF, 0x22].withUnsafeBufferPointer { writer.string($0) }
        writer.endRow()
        #expect(
            String(buffer: writer.finish())
                == "n,j,t,s\r\n0.50,\"{\"\"a\"\": [1]}\",2026-01-31T12:00:00Z,\",\u{FFFD}\"\"\"\r\n"
        )
    }

    // MARK: Numbers

    @Test(
        "integers",
        arguments: [
            0, 1, -1, 9, 10, 99, 100, 12345, -67890, 999_999_999_999_999_999, 1_000_000_000_000_000_000, .max, .min,
        ] as [Int64]
    )
    func integers(value: Int64) throws {
        #expect(try written { $0.integer(value) } == String(value))
    }

    @Test(
        "doubles, the shortest that reads back",
        arguments: [
            (5, "5"), (-5, "-5"), (0, "0"), (-0.0, "-0"), (0.1, "0.1"), (1.5, "1.5"), (1e15, "1000000000000000"),
            (1e16, "1e+16"),
            (9_007_199_254_740_992, "9007199254740992"), (1e-7, "1e-07"), (.leastNonzeroMagnitude, "5e-324"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
            (0.30000000000000004, "0.30000000000000004"), (.nan, "\"NaN\""), (.infinity, "\"Infinity\""),
            (-.infinity, "\"-Infinity\""),
        ] as [(Double, String)]
    )
    func doubles(value: Double, text: String) throws {
        #expect(try written { $0.double(value) } == text)
    }

    @Test("singles are as short as 32 bits allow")
    func singles() throws {
        #expect(try written { $0.single(0.1) } == "0.1")
        #expect(try written { $0.single(3) } == "3")
        #expect(try written { $0.single(16_777_216) } == "16777216")
        #expect(try written { $0.single(-.infinity) } == "\"-Infinity\"")
    }

    @Test("random doubles read back as they were", arguments: [11, 12, 13] as [UInt64])
    func randomDoubles(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            #expect(try Double(written { $0.double(value) }) == value, "seed \(seed)")
        }
    }

    @Test(
        "numbers that engines give as text keep every digit",
        arguments: [
            ("12.50", "12.50"), ("0", "0"), ("-0.00", "-0.00"),
            ("123456789012345678901234567890.123", "123456789012345678901234567890.123"),
            ("1e10", "1e10"), ("1E+3", "1E+3"), (".5", "0.5"), ("-.50", "-0.50"), ("5.", "5"), ("+5", "5"),
            ("007", "7"), ("000", "0"),
            ("-007.10", "-7.10"), ("00.5e-3", "0.5e-3"), ("NaN", "\"NaN\""), ("nan", "\"NaN\""), ("-nan", "\"NaN\""),
            ("Infinity", "\"Infinity\""),
            ("-inf", "\"-Infinity\""), ("", "\"\""), ("-", "\"-\""), (".", "\".\""), ("1.2.3", "\"1.2.3\""),
            ("1e", "\"1e\""), ("0x10", "\"0x10\""),
            ("1,5", "\"1,5\""), ("$5", "\"$5\""), ("five", "\"five\""), (" 5", "\" 5\""), ("1\"", "\"1\\\"\""),
        ]
    )
    func rawNumbers(text: String, expected: String) throws {
        #expect(try written { writer in bytes(text) { writer.rawNumber($0) } } == expected)
    }

    // MARK: Text

    @Test(
        "text with what JSON escapes",
        arguments: [
            ("", "\"\""), ("plain", "\"plain\""), ("a\"b", "\"a\\\"b\""), ("\\", "\"\\\\\""),
            ("\n\r\t\u{8}\u{C}", "\"\\n\\r\\t\\b\\f\""),
            ("\0\u{1}\u{1F}", "\"\\u0000\\u0001\\u001f\""), ("\u{7F}", "\"\u{7F}\""), ("/", "\"/\""),
            ("äöü€😀", "\"äöü€😀\""),
            ("12345678\"", "\"12345678\\\"\""), ("1234567\n8", "\"1234567\\n8\""), ("\u{2028}", "\"\u{2028}\""),
            ("'; DROP", "\"'; DROP\""),
        ]
    )
    func texts(text: String, expected: String) throws {
        #expect(try written { $0.string(text) } == expected)
    }

    @Test("every byte that needs an escape is found in every position of a word")
    func positions() throws {
        for byte in UInt8(0)..<0x80 {
            for position in 0..<17 {
                var content = Array(repeating: UInt8(ascii: "x"), count: 17)
                content[position] = byte
                let json = try written { writer in content.withUnsafeBufferPointer { writer.string($0) } }
                let node = try JSONParser(options: .strict).parse(json.utf8)
                #expect(node.value == .string(String(decoding: content, as: UTF8.self)))
            }
        }
    }

    @Test(
        "what is not UTF-8 becomes U+FFFD, as the standard library does it",
        arguments: [
            [0xFF], [0x80], [0xC0, 0x80], [0xC3], [0xE2, 0x82], [0xE2, 0x82, 0x41], [0xED, 0xA0, 0x80],
            [0xF0, 0x9F, 0x98], [0xF5, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xE0, 0x80, 0x80], [0x41, 0xC3, 0x28, 0x42], [0xC3, 0xA4, 0xFE, 0xC3, 0xA4],
            [0xF0, 0x80, 0x80, 0x80],
        ] as [[UInt8]]
    )
    func invalidUTF8(content: [UInt8]) throws {
        let json = try written { writer in content.withUnsafeBufferPointer { writer.string($0) } }
        #expect(json == "\"" + String(decoding: content, as: UTF8.self) + "\"")
    }

    @Test("random bytes are read back as the standard library repairs them", arguments: [21, 22, 23, 24] as [UInt64])
    func randomBytes(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let interesting: [UInt8] = [
            0x00, 0x0A, 0x1F, 0x22, 0x5C, 0x7F, 0x80, 0xBF, 0xC2, 0xE0, 0xE2, 0xED, 0xF0, 0xF4, 0xFF, 0xA0, 0x9F,
        ]
        for _ in 0..<3000 {
            let content = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                Bool.random(using: &random)
                    ? interesting.randomElement(using: &random) ?? 0 : UInt8.random(in: 0x20...0x7E, using: &random)
            }
            let json = try written { writer in content.withUnsafeBufferPointer { writer.string($0) } }
            let value = try JSONParser(options: .strict).parse(json.utf8).value
            #expect(value == .string(String(decoding: content, as: UTF8.self)), "seed \(seed): \(content)")
        }
    }

    // MARK: The others

    @Test("null and booleans")
    func words() throws {
        #expect(try written { $0.null() } == "null")
        #expect(try written { $0.boolean(true) } == "true")
        #expect(try written { $0.boolean(false) } == "false")
    }

    /// Source: RFC 4648, section 10, and two groups with the last two digits of the alphabet.
    @Test(
        "bytes are base64",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
            ("??>>", "Pz8+Pg=="), ("???", "Pz8/"),
        ]
    )
    func base64(text: String, expected: String) throws {
        #expect(try written { writer in Array(text.utf8).withUnsafeBytes { writer.base64($0) } } == "\"\(expected)\"")
    }

    @Test(
        "JSON passes through, and what is none is a string",
        arguments: [
            ("{\"a\": [1, null]}", "{\"a\": [1, null]}"), ("5", "5"), ("null", "null"), ("\"x\"", "\"x\""),
            ("", "\"\""), ("{", "\"{\""),
            ("{'a':1}", "\"{'a':1}\""), ("1 2", "\"1 2\""), ("[1],\"x\":[2]", "\"[1],\\\"x\\\":[2]\""),
        ]
    )
    func rawJSON(text: String, expected: String) throws {
        #expect(try written { writer in bytes(text) { writer.rawJSON($0) } } == expected)
    }

    @Test("values of any kind")
    func values() throws {
        let cases: [(DatabaseValue, String)] = [
            (.null, "null"), (.integer(-3), "-3"), (.float(2.5), "2.5"), (.boolean(true), "true"),
            (.text("a\n"), "\"a\\n\""), (.blob([255]), "\"/w==\""),
        ]
        for (value, expected) in cases { #expect(try written { $0.value(value) } == expected) }
    }

    @Test(
        "date and time",
        arguments: [
            ("2026-01-31 12:00:00", "2026-01-31T12:00:00"), ("2026-01-31T12:00:00", "2026-01-31T12:00:00"),
            ("2026-01-31 12:00:00.5", "2026-01-31T12:00:00.5"),
            ("2026-01-31 12:00:00.123456", "2026-01-31T12:00:00.123456"),
            ("2026-01-31 12:00:00+00", "2026-01-31T12:00:00Z"),
            ("2026-01-31 12:00:00.5+00:00", "2026-01-31T12:00:00.5Z"),
            ("2026-01-31 12:00:00-00", "2026-01-31T12:00:00Z"), ("2026-01-31 12:00:00Z", "2026-01-31T12:00:00Z"),
            ("2026-01-31 12:00:00+05:30", "2026-01-31T12:00:00+05:30"),
            ("2026-01-31 12:00:00-08", "2026-01-31T12:00:00-08:00"),
            ("1880-01-01 12:00:00+00:19:32", "1880-01-01T12:00:00+00:19:32"),
            ("12026-01-31 12:00:00", "12026-01-31T12:00:00"),
            ("0000-00-00 00:00:00", "0000-00-00T00:00:00"), ("infinity", "infinity"), ("-infinity", "-infinity"),
            ("0044-03-15 12:00:00 BC", "0044-03-15 12:00:00 BC"), ("2026-01-31", "2026-01-31"),
            ("2026-01-31 12:00", "2026-01-31 12:00"),
            ("2026-01-31 12:00:00.", "2026-01-31 12:00:00."), ("2026-01-31 12:00:00+5", "2026-01-31 12:00:00+5"),
            ("", ""),
            ("26-01-31 12:00:00.0000", "26-01-31 12:00:00.0000"), ("2026-01-31x12:00:00", "2026-01-31x12:00:00"),
        ]
    )
    func timestamps(text: String, expected: String) throws {
        #expect(try written { writer in bytes(text) { writer.timestamp($0) } } == "\"\(expected)\"")
    }
}
