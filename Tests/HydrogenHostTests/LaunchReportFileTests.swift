import FoundationEssentials
import HydrogenCore
import HydrogenHost
import HydrogenTesting
import Launch
import Testing

@Suite("The launch report on file")
struct LaunchReportFileTests {
    private let path = FileManager.default.temporaryDirectory.appending(path: "launch-\(UUID().uuidString).json").path

    /// Flies once with a database that finds `text`, and returns what was said to have changed.
    private func fly(finding text: String, file: String? = nil) async throws -> (changes: [String], log: CapturedLog) {
        let field = Airfield()
        async let flight = field.fly(
            [field.subsystem("Database") { $0.findings = [.go(text)] }],
            settings: FlightSettings(launchReportFile: file ?? path)
        )
        await field.said("READY FOR REQUESTS")
        field.send(.terminate)
        #expect(try await flight.exitCode == .clean)
        let recorded = try #require(field.recorder.snapshot.launchReport)
        #expect(try await LaunchReport(json: recorded) == flight.launch)
        return (field.recorder.snapshot.changes, field.log)
    }

    @Test("Each launch is compared with the one before, and says what is different")
    func compared() async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try await fly(finding: "libpq 17.5").changes.isEmpty)
        #expect(try await fly(finding: "libpq 17.5").changes.isEmpty)
        let (changes, log) = try await fly(finding: "libpq 17.6")
        #expect(changes == [#"Database: script was "libpq 17.5", now "libpq 17.6""#])
        #expect(log.lines(of: "Host").contains("CHANGES SINCE THE PREVIOUS LAUNCH"))
    }

    @Test("A file that is no report is said to be none, replaced, and does not hold up the launch")
    func broken() async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("not a report".utf8).write(to: URL(filePath: path))
        let (changes, log) = try await fly(finding: "a")
        #expect(changes.isEmpty)
        #expect(log.lines(of: "Host").contains("The launch report could not be compared or kept"))
        #expect(try await fly(finding: "b").changes.count == 1)
    }

    @Test("A place that cannot be written to does not hold up the launch")
    func unwritable() async throws {
        let (_, log) = try await fly(finding: "a", file: "/nowhere/launch.json")
        #expect(log.lines(of: "Host").contains("The launch report could not be compared or kept"))
    }
}
