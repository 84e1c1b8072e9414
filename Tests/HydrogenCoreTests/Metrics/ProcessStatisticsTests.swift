import Testing

@testable import HydrogenCore

@Suite("Process statistics")
struct ProcessStatisticsTests {
    private let units = ProcessStatistics.Units(ticksPerSecond: 100, pageBytes: 4096, bootTime: 1_700_000_000)
    private let numbers = "S 1 2 3 4 5 6 7 8 9 10 250 50 15 16 20 0 7 0 12345 8192000 300 18446744073709551615"

    @Test("Reads the fields of proc(5)", arguments: ["hydrogen", "a b", "x) S 1 (y", "()"])
    func fields(program: String) throws {
        let statistics = try #require(ProcessStatistics(stat: "42 (\(program)) \(numbers)\n", units: units))
        #expect(statistics.cpuSeconds == 3)
        #expect(statistics.threads == 7)
        #expect(statistics.startTime == 1_700_000_123.45)
        #expect(statistics.virtualBytes == 8_192_000)
        #expect(statistics.residentBytes == 300 * 4096)
    }

    @Test(
        "Refuses what is not in that form",
        arguments: ["", "42", "42 (x)", "42 (x) S 1 2", "42 (x) a b c d e f g h i j k l m n o p q r s t u v w"]
    )
    func refused(text: String) {
        #expect(ProcessStatistics(stat: text, units: units) == nil)
    }

    @Test("Finds when the machine started")
    func bootTime() {
        #expect(ProcessStatistics.bootTime(stat: "cpu 1 2\nbtime 1700000000\nprocesses 5\n") == 1_700_000_000)
        #expect(ProcessStatistics.bootTime(stat: "cpu 1 2\n") == nil)
    }
}
