import HydrogenCore
import Testing

@Suite("The dump of the effective configuration")
struct ConfigurationDumpTests {
    private let dump = ConfigurationDump([
        EffectiveValue(path: "Server.Name", shown: "\"hydrogen\"", origin: "default", reloadable: false),
        EffectiveValue(path: "Logging.Level", shown: "\"DEBUG\"", origin: "file:3", reloadable: true),
        EffectiveValue(path: "Port", shown: "5000", origin: "env PORT", reloadable: false),
    ])

    @Test("is aligned as text")
    func alignsText() {
        #expect(
            dump.text == """
                Server.Name    "hydrogen"  default
                Logging.Level  "DEBUG"     file:3    reloadable
                Port           5000        env PORT

                """
        )
        #expect(dump.lines.count == 3)
    }

    @Test("lets a long entry move the rest of its own line only")
    func boundsColumns() {
        let long = EffectiveValue(
            path: "A",
            shown: String(repeating: "x", count: 200),
            origin: "default",
            reloadable: false
        )
        let lines = ConfigurationDump(dump.values + [long]).lines
        #expect(lines[0].count < 100)
        #expect(lines[3].hasSuffix("x  default"))
    }

    @Test("is an array of objects as JSON, values of their own type")
    func writesJSON() throws {
        let root = try JSONParser(options: .strict).parse(dump.json.utf8)
        guard case .array(let elements) = root.value else {
            Issue.record("no array")
            return
        }
        #expect(elements.map(\.location.line) == [2, 3, 4])
        #expect(
            elements.map(\.value.jsonText) == [
                #"{"path":"Server.Name","value":"hydrogen","origin":"default","reloadable":false}"#,
                #"{"path":"Logging.Level","value":"DEBUG","origin":"file:3","reloadable":true}"#,
                #"{"path":"Port","value":5000,"origin":"env PORT","reloadable":false}"#,
            ]
        )
    }

    @Test("of nothing is empty")
    func isEmpty() {
        #expect(ConfigurationDump([]).text.isEmpty)
        #expect(ConfigurationDump([]).json == "[]")
    }
}
