import HydrogenCore
import Testing

@Suite("Configuration faults")
struct ConfigurationFaultTests {
    private func fault(line: Int, column: Int = 1, path: String = "Server", suggestion: String? = nil)
        -> ConfigurationFault
    {
        ConfigurationFault(
            file: "hydrogen.json",
            location: JSONLocation(line: line, column: column),
            path: path,
            expected: "integer 1..256",
            got: "\"eight\"",
            suggestion: suggestion
        )
    }

    @Test("read as place, path, what was expected, what was found and what was meant")
    func describes() {
        let path = "Databases.Connections[0].Queues.Fast.Max"
        #expect(
            fault(line: 41, column: 17, path: path, suggestion: "8").description
                == "hydrogen.json:41:17  \(path): expected integer 1..256, got \"eight\" (did you mean 8?)"
        )
        #expect(fault(line: 2, path: "").description == "hydrogen.json:2:1  expected integer 1..256, got \"eight\"")
    }

    @Test("stand in the order of the file, each once, one line each")
    func orders() {
        let faults = ConfigurationFaults([
            fault(line: 9), fault(line: 2, column: 8), fault(line: 2, column: 3), fault(line: 9),
        ])
        #expect(faults.faults.map(\.line) == [2, 2, 9])
        #expect(faults.faults.map(\.column) == [3, 8, 1])
        #expect(faults.description.split(separator: "\n").count == 3)
    }
}
