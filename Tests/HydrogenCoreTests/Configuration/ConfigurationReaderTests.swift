import HydrogenCore
import Testing

@Suite("The configuration reader")
struct ConfigurationReaderTests {
    private func decode<Value>(
        _ text: String,
        environment: [String: String] = [:],
        files: [String: String] = [:],
        _ body: (ConfigurationReader) -> Value
    ) throws(ConfigurationFaults) -> Decoded<Value> {
        try ConfigurationDocument(
            parsing: Array(text.utf8),
            file: "f",
            files: .builtIn(files),
            environment: environment
        ).decode(body)
    }

    private func faults<Value>(
        _ text: String,
        environment: [String: String] = [:],
        files: [String: String] = [:],
        _ body: (ConfigurationReader) -> Value
    ) -> [String] {
        do throws(ConfigurationFaults) {
            _ = try decode(text, environment: environment, files: files, body)
            return []
        } catch {
            return error.faults.map(\.description)
        }
    }

    private func origins(_ effective: [EffectiveValue]) -> [String] {
        effective.map { "\($0.path) = \($0.shown) (\($0.origin))" }
    }

    @Test("records values with their origin, in the order of reading")
    func recordsOrigins() throws {
        let text = """
            {
              "Name": "x",
              "Port": "${env.PORT}",
              "Host": "${env.HOST:-localhost}",
              "Key": "${file:key}",
              "URL": "http://${env.USER}:${file:key}@h"
            }
            """
        let decoded = try decode(text, environment: ["PORT": "81", "USER": "me"], files: ["key": "canary\n"]) {
            reader in
            _ = reader.value("Port", .integer(1...99), default: 80, reloadable: true)
            _ = reader.value("Name", .string, default: "y")
            _ = reader.value("Host", .string, default: "z")
            _ = reader.value("Workers", .integer(1...9), default: 2)
            _ = reader.optional("Missing", .string)
            _ = reader.value("URL", .string, default: "")
            return reader.required("Key", .string, placeholder: "")
        }
        #expect(decoded.value == "canary")
        #expect(
            origins(decoded.effective) == [
                "Port = 81 (env PORT)", "Name = \"x\" (file:2)", "Host = \"localhost\" (file:4)",
                "Workers = 2 (default)",
                "URL = \"********\" (env USER, file key)", "Key = \"********\" (file key)",
            ]
        )
        #expect(decoded.effective.map(\.reloadable) == [true, false, false, false, false, false])
    }

    @Test("treats an unset variable as an absent key, and says so")
    func unsetVariables() throws {
        let text =
            #"{"A": "${env.GONE}", "B": "x${env.GONE}y${env.LOST}", "C": "${env.GONE}", "D": "${env.GONE}", "#
            + #""E": ["${env.GONE}", "e"]}"#
        let decoded = try decode(text) { reader in
            #expect(!reader.isPresent("A"))
            #expect(reader.isPresent("E"))
            #expect(reader.optional("B", .string) == nil)
            #expect(reader.optionalSection("C") { _ in 1 } == nil)
            #expect(reader.section("D") { $0.value("X", .integer(0...9), default: 3) } == 3)
            #expect(reader.strings("E") == ["e"])
            return reader.value("A", .integer(1...9), default: 5)
        }
        #expect(decoded.value == 5)
        #expect(
            origins(decoded.effective) == [
                "B = null (default (env GONE, LOST are not set))", "D.X = 3 (default)", "E = [\"e\"] (file:1)",
                "A = 5 (default (env GONE is not set))",
            ]
        )
    }

    @Test("names the unset variable of a required key")
    func requiredKeys() {
        let text = "{\n  \"S\": { \"A\": \"${env.GONE}\" } }"
        let found = faults(text) { reader in
            reader.section("S") { section in
                _ = section.required("A", .secret, placeholder: Secret(""))
                _ = section.required("B", .integer(1...9), placeholder: 1)
            }
        }
        #expect(
            Set(found) == [
                "f:2:15  S.A: expected text, got nothing (env GONE is not set)",
                "f:2:8  S.B: expected integer 1..9, got nothing",
            ]
        )
    }

    @Test("tells of all faults at once, in the order of the file")
    func allFaults() {
        let text = """
            {
              "Server": { "Nmae": "x", "Port": "eight" },
              "List": [ { "Min": 5, "Max": 1 }, 7, { "Max": "x" } ],
              "Web": 5,
              "Extra": {}
            }
            """
        let found = faults(text) { reader in
            reader.section("Server") { section in
                _ = section.value("Name", .string, default: "")
                _ = section.value("Port", .integer(1...9), default: 1)
            }
            _ = reader.list("List") { item in
                let low = item.value("Min", .integer(1...9), default: 1)
                let high = item.value("Max", .integer(1...9), default: 9)
                if low > high {
                    item.fault("Max", expected: "at least Min, \(low)", got: "\(high)", suggestion: "\(low)")
                }
            }
            reader.section("Web") { _ = $0.required("Port", .integer(1...9), placeholder: 1) }
        }
        #expect(
            found == [
                "f:2:15  Server.Nmae: expected one of Name, Port, got the unknown key \"Nmae\" (did you mean Name?)",
                "f:2:36  Server.Port: expected integer 1..9, got \"eight\" (did you mean 8?)",
                "f:3:32  List[0].Max: expected at least Min, 5, got 1 (did you mean 5?)",
                "f:3:37  List[1]: expected an object, got a number",
                "f:3:49  List[2].Max: expected integer 1..9, got \"x\"",
                "f:4:10  Web: expected an object, got a number",
                "f:5:3  Extra: expected one of List, Server, Web, got the unknown key \"Extra\"",
            ]
        )
    }

    @Test("ignores keys that start with x-, whatever they hold")
    func ignoresExtensions() {
        let text = #"{"x-note": "${file:gone}", "S": {"x-a": 1, "x-a": 2}, "D": {"x-b": {}, "c": 1}, "X-Big": 1}"#
        let found = faults(text) { reader in
            reader.section("S") { _ in }
            #expect(reader.dictionary("D", .integer(0...9)) == ["c": 1])
        }
        #expect(found == ["f:1:81  X-Big: expected one of D, S, got the unknown key \"X-Big\""])
    }

    @Test("reads sections, lists, texts and dictionaries, absent ones as empty")
    func readsContainers() throws {
        let text =
            #"{"S": {"A": 1}, "L": [{"A": 2}, {}], "T": ["x", "${env.E}", "p${env.E}"], "D": {"k": 4, "a.b": 5}}"#
        let decoded = try decode(text, environment: ["E": "7"]) { reader in
            let number: (ConfigurationReader) -> Int = { $0.value("A", .integer(0...9), default: 9) }
            #expect(reader.section("S", number) == 1)
            #expect(reader.optionalSection("S", number) == 1)
            #expect(reader.section("Gone", number) == 9)
            #expect(reader.optionalSection("Gone", number) == nil)
            #expect(reader.list("L", number) == [2, 9])
            #expect(reader.list("Gone", number) == [])
            #expect(reader.strings("T") == ["x", "7", "p7"])
            #expect(reader.strings("Gone") == [])
            #expect(reader.dictionary("D", .integer(0...9), reloadable: true) == ["k": 4, "a.b": 5])
            #expect(reader.dictionary("Gone", .integer(0...9)) == [:])
        }
        #expect(
            origins(decoded.effective) == [
                "S.A = 1 (file:1)", "Gone.A = 9 (default)", "L[0].A = 2 (file:1)", "L[1].A = 9 (default)",
                "T = [\"x\", \"7\", \"p7\"] (file:1)", "D.k = 4 (file:1)", "D[\"a.b\"] = 5 (file:1)",
            ]
        )
    }

    @Test("refuses containers and elements of the wrong kind without showing them")
    func refusesContainers() {
        let text =
            #"{"S": ["canary"], "L": "canary", "T": {"a": "canary"}, "E": [1, null], "D": "${env.C}", "F": {"k": "x"}}"#
        let found = faults(text, environment: ["C": "canary"]) { reader in
            reader.section("S") { _ in }
            _ = reader.list("L") { _ in 1 }
            _ = reader.strings("T")
            _ = reader.strings("E")
            _ = reader.dictionary("D", .string)
            _ = reader.dictionary("F", .boolean)
        }
        #expect(
            found == [
                "f:1:7  S: expected an object, got an array", "f:1:24  L: expected an array of objects, got a text",
                "f:1:39  T: expected an array of texts, got an object", "f:1:62  E[0]: expected text, got a number",
                "f:1:65  E[1]: expected text, got null", "f:1:77  D: expected an object, got a text",
                "f:1:100  F.k: expected true or false, got \"x\"",
            ]
        )
    }

    @Test("makes keys known without reading them")
    func acceptsKeys() {
        #expect(faults(#"{"A": 1, "B": "${file:gone}"}"#) { $0.accept("A", "B") } == [])
        #expect(faults(#"{"A": 1}"#) { _ in }.first == "f:1:2  A: expected no keys, got the unknown key \"A\"")
    }

    @Test("knows its path and its files")
    func knowsItsPlace() throws {
        let decoded = try decode(#"{"A": [{"B": {}}]}"#, files: ["q.sql": "SELECT"]) { reader in
            #expect(reader.path.isEmpty)
            return reader.list("A") { item in
                item.section("B") { ($0.path, (try? $0.files.read("q.sql"))?.count) }
            }
        }
        #expect(decoded.value.map(\.0) == ["A[0].B"])
        #expect(decoded.value.map(\.1) == [6])
    }

    @Test("never shows secrets, nor what came from files or variables, in faults or dumps")
    func hidesSecrets() throws {
        let text = """
            {"Pass": "canary-1", "Token": 31337, "Pin": "${file:pin}", "Port": "${env.DB_PASS}", "Mode": "${file:pin}",
             "Name": "${env.DB_PASS}", "Host": "h-${file:pin}", "Pas": "canary-1", "Any": {"k": ["${file:pin}"]}}
            """
        let environment = ["DB_PASS": "canary-2"]
        let files = ["pin": "canary-3\n"]
        let read: (ConfigurationReader) -> Void = { reader in
            _ = reader.required("Pass", .secret, placeholder: Secret(""))
            _ = reader.optional("Token", .secret)
            _ = reader.optional("Pin", .integer(1...9))
            _ = reader.optional("Port", .integer(1...9))
            _ = reader.optional("Mode", .oneOf(["canary-9": 1]))
        }
        let readRest: (ConfigurationReader) -> Void = { reader in
            _ = reader.optional("Name", .string)
            _ = reader.optional("Host", .string)
            _ = reader.optional("Any", .json)
        }
        let found = faults(text, environment: environment, files: files) { reader in
            read(reader)
            readRest(reader)
        }
        #expect(found.count == 5)
        for canary in ["canary-1", "canary-2", "canary-3", "31337"] { #expect(!found.joined().contains(canary)) }

        let decoded = try decode(text, environment: environment, files: files) { reader in
            readRest(reader)
            reader.accept("Pas", "Token", "Pin", "Port", "Mode")
            return reader.required("Pass", .secret, placeholder: Secret(""))
        }
        #expect(decoded.value.reveal() == "canary-1")
        let dump = ConfigurationDump(decoded.effective)
        #expect(!(dump.text + dump.json + "\(decoded)").contains("canary"))
        #expect(dump.values.map(\.shown) == Array(repeating: "\"********\"", count: 4))
    }
}
