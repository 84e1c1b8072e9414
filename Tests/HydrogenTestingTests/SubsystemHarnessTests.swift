import FoundationEssentials
import HydrogenCore
import HydrogenHost
import HydrogenTesting
import Landing
import Launch
import Testing

@Suite("The subsystem harness")
struct SubsystemHarnessTests {
    @Test("What the subject needs is played by neighbours that fly")
    func neighbours() async throws {
        let subject = ScriptedSubsystem("Subject", dependencies: ["Database", "Network"])
        let flight = try await SubsystemHarness(subject).fly()
        try flight.expectClean()
        for name: SubsystemName in ["Database", "Network", "Subject"] {
            try flight.launch?.expectRunning(name)
            try flight.landing?.expect(.landed, for: name)
        }
    }

    @Test("A launch that fails is in the report, and the neighbours land")
    func failure() async throws {
        let subject = ScriptedSubsystem("Subject", dependencies: ["Database"]) {
            $0.launching = .fail("port 5000 is taken; choose another")
        }
        let flight = try await SubsystemHarness(subject).fly()
        try flight.launch?.expectFailed("Subject", because: "port 5000 is taken")
        try flight.landing?.expect(.landed, for: "Database")
        #expect(throws: ReportMismatch.self) { try flight.expectClean() }
    }

    @Test("An error of the body is thrown when everything has landed")
    func bodyThrows() async throws {
        let subject = ScriptedSubsystem("Subject")
        let harness = try SubsystemHarness(subject)
        await #expect(throws: CancellationError.self) {
            _ = try await harness.fly { _ in throw CancellationError() }
        }
        #expect(subject.journal.entries.last == ScriptedEvent("Subject", .landed))
        #expect(harness.recorder.phase == .landed)
    }

    @Test("A preflight checks and launches nothing")
    func preflight() async throws {
        let subject = ScriptedSubsystem("Subject") { $0.findings = [.go("one"), .noGo("two; mend it")] }
        let flight = try await SubsystemHarness(subject).preflight()
        try flight.expectExit(.preflightNoGo)
        try flight.launch?.expectNoGo("Subject", because: "mend it")
        try flight.launch?.expectFinding("Subject", "one")
        #expect(subject.journal.entries == [ScriptedEvent("Subject", .checked)])
    }

    @Test("A mismatch shows what was expected, what is, and the report")
    func mismatch() async throws {
        let flight = try await SubsystemHarness(ScriptedSubsystem("Subject")).fly()
        let mismatch = try #require(throws: ReportMismatch.self) {
            try flight.launch?.expectNoGo("Subject", because: "x")
        }
        #expect(mismatch.description.hasPrefix("expected Subject noGo, got go\nLAUNCH READINESS"))
    }
}

/// Run alone by `make test`: it counts what belongs to the whole process.
@Suite(
    "Many flights in one process",
    .enabled(
        if: ProcessInfo.processInfo.environment["HYDROGEN_ALONE"] == "1",
        "make test runs it in a process of its own"
    )
)
struct ManyFlightsTests {
    @Test("1,000 launches and landings in one process with flat file descriptors and threads")
    func flat() async throws {
        try await fly(times: 50)
        let before = try Self.counts()
        try await fly(times: 1000)
        let after = try Self.counts()
        #expect(after.descriptors == before.descriptors)
        // The concurrency runtime may add a worker of its own.
        #expect(after.threads <= before.threads + 2)
    }

    private func fly(times: Int) async throws {
        for _ in 0..<times {
            var subject = ScriptedSubsystem("Subject", dependencies: ["Database"])
            subject.working = .hold(Gate())
            let flight = try await SubsystemHarness(subject).fly { await $0.ready() }
            try flight.expectClean()
        }
    }

    private static func counts() throws -> (descriptors: Int, threads: Int) {
        (
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count,
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
        )
    }
}
