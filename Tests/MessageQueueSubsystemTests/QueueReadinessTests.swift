import DatabaseSubsystem
import HydrogenCore
import HydrogenTesting
import Testing

@testable import MessageQueueSubsystem

@Suite struct QueueReadinessTests {
    /// What the checks of a queue find on a configuration of connections.
    private static func findings(_ queue: String, _ connections: String) async throws -> [String] {
        let text =
            #"{ "MessageQueue": { "Enabled": true, \#(queue) }, "Databases": { "Connections": [\#(connections)] } }"#
        let subsystem = try QueueFlight.parts(of: text).queue
        var findings: [String] = []
        for check in subsystem.readinessChecks {
            findings += await check.findings().map { "\($0.verdict): \($0.text)" }
        }
        return findings
    }

    private static let postgreSQL = #"{ "Name": "A", "Engine": "postgresql", "ConnectionString": "host=127.0.0.1""#

    @Test(
        "a queue that cannot work is a No-Go that says what to change",
        arguments: [
            (#""Database": "B""#, postgreSQL + "}", "none of Databases.Connections"),
            (#""Database": "A""#, postgreSQL + #", "Enabled": false }"#, "which is not enabled"),
            (
                #""Database": "A""#, #"{ "Name": "A", "Engine": "sqlite", "Database": ":memory:" }"#,
                "the queue needs PostgreSQL"
            ),
            (
                #""Database": "A""#, postgreSQL + #", "Queues": { "Medium": { "Min": 0, "Max": 0 } } }"#,
                "Queues.Medium.Max of A is 0"
            ),
            (
                #""Database": "A", "Buffer": { "Directory": "/dev/null/no" }"#, postgreSQL + "}", "/dev/null"
            ),
        ]
    )
    func noGo(queue: String, connections: String, words: String) async throws {
        let findings = try await Self.findings(queue, connections)
        #expect(findings.contains { $0.hasPrefix("noGo") && $0.contains(words) }, "\(findings)")
    }

    @Test("fewer connections than statements at once are told, as is the one that listens")
    func connections() async throws {
        let queues = #", "Queues": { "Medium": { "Min": 1, "Max": 2 } } }"#
        let findings = try await Self.findings(#""Database": "A", "MaxConcurrency": 8"#, Self.postgreSQL + queues)
        #expect(
            findings.contains { $0.contains("at most 2 statements") && $0.contains("MaxConcurrency (8)") },
            "\(findings)"
        )
        #expect(findings.contains { $0.contains("one more connection listens") })
    }
}
