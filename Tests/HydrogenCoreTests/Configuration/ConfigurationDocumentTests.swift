import HydrogenCore
import Testing

@Suite("A configuration document")
struct ConfigurationDocumentTests {
    private func document(_ text: String) throws(ConfigurationFaults) -> ConfigurationDocument {
        try ConfigurationDocument(parsing: Array(text.utf8), file: "h.json", files: .builtIn([:]), environment: [:])
    }

    private func faults(_ body: () throws -> Void) -> [String] {
        do {
            try body()
            return []
        } catch {
            return (error as? ConfigurationFaults)?.faults.map(\.description) ?? ["\(error)"]
        }
    }

    @Test("that is no JSON has one fault with its place")
    func refusesSyntax() {
        #expect(
            faults { _ = try document("{\n  \"A\": 1\n  \"B\": 2 }") } == ["h.json:3:3  expected ',' or '}', got '\"'"]
        )
    }

    @Test("whose outermost value is no object is refused", arguments: ["5", "[]", "\"canary\"", "null"])
    func refusesOtherValues(text: String) {
        let found = faults { _ = try document(text).decode { $0.required("A", .string, placeholder: "") } }
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("h.json:1:1  (root): expected an object, got") == true)
        #expect(!found.joined().contains("canary"))
    }

    @Test("tells of names that stand twice together with the other faults")
    func refusesDuplicates() {
        let text = "{ \"S\": { \"A\": 1, \"A\": 2, \"B\": {\"c\": [{\"d\": 1, \"d\": 1}]} },\n \"S\": {}, \"T\": 1 }"
        let found = faults {
            _ = try document(text).decode { reader in
                reader.section("S") { section in
                    _ = section.value("A", .integer(0...9), default: 0)
                    _ = section.optional("B", .json)
                }
            }
        }
        #expect(
            found == [
                "h.json:1:18  S.A: expected each key once in an object, got \"A\" again, first in line 1",
                "h.json:1:47  S.B.c[0].d: expected each key once in an object, got \"d\" again, first in line 1",
                "h.json:2:2  S: expected each key once in an object, got \"S\" again, first in line 1",
                "h.json:2:11  T: expected one of S, got the unknown key \"T\"",
            ]
        )
    }

    @Test("decodes one section without judging the others")
    func decodesSection() throws {
        let document = try document(
            "{ \"A\": {\"X\": 1, \"Y\": 2}, \"B\": {\"Z\": 1, \"Z\": 2}, \"x-c\": 1, \"Unknown\": 3 }"
        )
        let number: (ConfigurationReader) -> Int = { $0.value("X", .integer(0...9), default: 7) }
        #expect(
            faults { _ = try document.decode(section: "A", number) } == [
                "h.json:1:17  A.Y: expected one of X, got the unknown key \"Y\""
            ]
        )
        #expect(
            faults { _ = try document.decode(section: "B") { _ = $0.value("Z", .integer(0...9), default: 7) } }.count
                == 1
        )
        let absent = try document.decode(section: "C", number)
        #expect(absent.value == 7)
        #expect(absent.effective.map(\.path) == ["C.X"])
        #expect(document.sections == ["A", "B", "Unknown"])
        #expect(document.file == "h.json")
    }

    @Test("decodes the whole example of the design")
    func decodesSample() throws {
        let decoded = try SampleConfiguration.document().decode(SampleConfiguration.init)
        #expect(decoded.value.connections.map(\.name) == ["Acuranzo"])
        #expect(decoded.value.connections.first?.pass.reveal() == SampleConfiguration.canary)
        #expect(decoded.value.shutdownTimeout == .seconds(30))
        let dump = ConfigurationDump(decoded.effective)
        #expect(!(dump.text + dump.json + "\(decoded)").contains(SampleConfiguration.canary))
        #expect(dump.values.contains { $0.path == "Databases.Connections[0].Pass" && $0.origin == "env ACURANZO_PASS" })
        #expect(dump.values.contains { $0.path == "Databases.Connections[0].Queues.Fast.Max" && $0.shown == "8" })
    }
}
