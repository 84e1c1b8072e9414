import HydrogenCore
import Testing

@Suite("Kinds of values")
struct ValueKindTests {
    private enum Mode: String, CaseIterable, Sendable { case disable, prefer, require }

    private enum Engine: Sendable { case postgresql, mysql }

    /// Reads `Key` as a kind: what a dump shows of it, or the faults.
    private func shown<T>(_ kind: ValueKind<T>, _ text: String, environment: [String: String] = [:]) -> String {
        do {
            let document = try ConfigurationDocument(
                parsing: Array("{\"Key\": \(text)}".utf8),
                file: "f",
                files: .builtIn([:]),
                environment: environment
            )
            return try document.decode { $0.optional("Key", kind) }.effective.first?.shown ?? "absent"
        } catch {
            return error.faults.map { fault in
                "expected \(fault.expected), got \(fault.got)" + (fault.suggestion.map { " -> \($0)" } ?? "")
            }.joined(separator: "; ")
        }
    }

    @Test(
        "integer: in range, written as an integer",
        arguments: [
            ("1", "1"), ("256", "256"), ("0", "expected integer 1..256, got 0"),
            ("-1", "expected integer 1..256, got -1"),
            ("257", "expected integer 1..256, got 257"),
            ("99999999999999999999", "expected integer 1..256, got 99999999999999999999"),
            ("5.0", "expected integer 1..256, got 5.0 -> 5"), ("5e1", "expected integer 1..256, got 5e1 -> 50"),
            ("1.5", "expected integer 1..256, got 1.5"), ("1e999", "expected integer 1..256, got 1e999"),
            ("\"8\"", "expected integer 1..256, got \"8\" -> 8"),
            ("\"eight\"", "expected integer 1..256, got \"eight\" -> 8"),
            ("\"zero\"", "expected integer 1..256, got \"zero\""), ("null", "expected integer 1..256, got null"),
            ("true", "expected integer 1..256, got true"), ("[1]", "expected integer 1..256, got an array"),
            ("{\"a\": 1}", "expected integer 1..256, got an object"),
        ]
    )
    func integer(text: String, outcome: String) {
        #expect(shown(.integer(1...256), text) == outcome)
    }

    @Test("integer: a long literal is counted, not shown")
    func longInteger() {
        let literal = String(repeating: "9", count: 5000)
        #expect(shown(.integer(1 ... .max), literal) == "expected integer at least 1, got a number of 5000 characters")
    }

    @Test(
        "number: finite and in range",
        arguments: [
            ("0.5", "0.5"), ("1", "1"), ("1.0", "1"), ("1e-3", "0.001"), ("1e999", "expected number 0..1, got 1e999"),
            ("-0.1", "expected number 0..1, got -0.1"), ("\"0.5\"", "expected number 0..1, got \"0.5\" -> 0.5"),
            ("\"5\"", "expected number 0..1, got \"5\""), ("\"nan\"", "expected number 0..1, got \"nan\""),
        ]
    )
    func number(text: String, outcome: String) {
        #expect(shown(.number(0...1), text) == outcome)
    }

    @Test(
        "boolean",
        arguments: [
            ("true", "true"), ("false", "false"), ("\"true\"", "expected true or false, got \"true\" -> true"),
            ("\"Off\"", "expected true or false, got \"Off\" -> false"), ("1", "expected true or false, got 1 -> true"),
            ("2", "expected true or false, got 2"), ("[]", "expected true or false, got an array"),
        ]
    )
    func boolean(text: String, outcome: String) {
        #expect(shown(.boolean, text) == outcome)
    }

    @Test(
        "string",
        arguments: [
            ("\"\"", "\"\""), ("\"a\\nb\"", #""a\nb""#), ("5", "expected text, got 5 -> \"5\""),
            ("true", "expected text, got true -> \"true\""), ("null", "expected text, got null"),
        ]
    )
    func string(text: String, outcome: String) {
        #expect(shown(.string, text) == outcome)
    }

    @Test("string: limited in characters")
    func stringLength() {
        #expect(shown(.string(length: 1...4), "\"äöüß\"") == "\"äöüß\"")
        #expect(shown(.string(length: 1...4), "\"\"") == "expected text of 1..4 characters, got \"\"")
        #expect(shown(.string(length: 1...4), "\"abcde\"") == "expected text of 1..4 characters, got \"abcde\"")
    }

    @Test("string: takes what a variable gives as text, numbers too")
    func stringFromVariable() {
        let environment = ["DIGITS": "123456", "FLAG": "TRUE"]
        #expect(shown(.string, "\"${env.DIGITS}\"", environment: environment) == "\"123456\"")
        #expect(shown(.string, "\"${env.FLAG}\"", environment: environment) == "\"TRUE\"")
        #expect(shown(.integer(1 ... .max), "\"${env.DIGITS}\"", environment: environment) == "123456")
        #expect(shown(.boolean, "\"${env.FLAG}\"", environment: environment) == "true")
        #expect(shown(.integer(1...9), "\"${env.GONE:-7}\"", environment: environment) == "7")
    }

    @Test("durations and sizes are whole numbers of their unit")
    func units() throws {
        #expect(shown(.seconds(1...60), "30") == "30")
        #expect(shown(.seconds(1...60), "61") == "expected integer 1..60 (seconds), got 61")
        #expect(shown(.seconds(1...60), "\"30\"") == "expected integer 1..60 (seconds), got \"30\" -> 30")
        #expect(shown(.milliseconds(1...90_000), "1500") == "1500")
        #expect(shown(.milliseconds(1...2000), "0.5") == "expected integer 1..2000 (milliseconds), got 0.5")
        #expect(shown(.bytes(0...4096), "4096") == "4096")
        #expect(shown(.bytes(0...4096), "4097") == "expected integer 0..4096 (bytes), got 4097")
    }

    @Test(
        "one of an enumeration, letter case aside",
        arguments: [
            ("\"prefer\"", "\"prefer\""), ("\"PREFER\"", "\"prefer\""),
            ("\"perfer\"", "expected one of disable, prefer, require, got \"perfer\" -> \"prefer\""),
            ("\"x\"", "expected one of disable, prefer, require, got \"x\""),
            ("1", "expected one of disable, prefer, require, got 1"),
        ]
    )
    func oneOfCases(text: String, outcome: String) {
        #expect(shown(.oneOf(Mode.self), text) == outcome)
    }

    @Test("one of several names for the same values")
    func oneOfNames() {
        let kind = ValueKind<Engine>.oneOf(["postgres": .postgresql, "postgresql": .postgresql, "mysql": .mysql])
        #expect(shown(kind, "\"Postgres\"") == "\"postgresql\"")
        #expect(shown(kind, "\"mysq\"") == "expected one of mysql, postgres, postgresql, got \"mysq\" -> \"mysql\"")
    }

    @Test("secret: never shown, whatever is wrong with it")
    func secret() {
        #expect(shown(.secret, "\"canary\"") == "\"********\"")
        #expect(shown(.secret, "\"\"") == "\"\"")
        #expect(shown(.secret, "123456") == "expected text, got a number")
        #expect(shown(.secret, "[\"canary\"]") == "expected text, got an array")
        #expect(shown(.secret, "\"${env.PIN}\"", environment: ["PIN": "123456"]) == "\"********\"")
        let kind = ValueKind.secret.checked("text of 32 characters") { $0.reveal().count == 32 }
        #expect(shown(kind, "\"canary\"") == "expected text of 32 characters, got a hidden value")
    }

    @Test("kinds of one's own keep what they start from")
    func derived() {
        let path = ValueKind.string.checked("a path that starts with /") { $0.hasPrefix("/") }
        #expect(shown(path, "\"/api\"") == "\"/api\"")
        #expect(shown(path, "\"api\"") == "expected a path that starts with /, got \"api\"")
        let half: @Sendable (Int) -> Int? = { $0.isMultiple(of: 2) ? $0 / 2 : nil }
        let even = ValueKind.integer(0...9).map(expected: "an even digit", show: { "\($0 * 2)" }, half)
        #expect(shown(even, "8") == "8")
        #expect(shown(even, "7") == "expected an even digit, got 7")
    }

    @Test("any JSON, references replaced throughout")
    func json() {
        let text = #"{"a": ["${env.A}", "${env.GONE}", 1], "b": {"c": "${env.GONE}", "d": "x${env.A}"}, "e": null}"#
        #expect(shown(.json, text, environment: ["A": "5"]) == #"{"a":[5,1],"b":{"d":"x5"},"e":null}"#)
    }
}
