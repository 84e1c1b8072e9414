import HydrogenTesting
import Testing

@testable import MessageQueueSubsystem

@Suite("Reports on what has happened", QueueFlight.isThere, .timeLimit(.minutes(2)))
struct StatusReportTests {
    @Test("what was pushed and handed out is told by minutes, from totals that are kept now and then")
    func history() async throws {
        try await QueueFlight.fly { flight async throws in
            try await flight.push("a", "b", "c")
            _ = try await flight.pop {
                $0.batch = 2
                $0.acknowledges = true
            }
            #expect(try await flight.report(.status)["throughput"]?.elements.isEmpty == true)
            await eventually {
                flight.clock.advance(by: .seconds(60))
                let status = try? await flight.report(.status)
                return status?["throughput"]?.elements.isEmpty == false
            }
            let status = try await flight.report(.status)
            let points = status["throughput"]?.elements ?? []
            #expect(points.reduce(0) { $0 + ($1["ingested"]?.number ?? 0) } == 3)
            #expect(points.reduce(0) { $0 + ($1["processed"]?.number ?? 0) } == 2)
            #expect(status["messages"]?["pending"]?.number == 1)
            #expect(status["bucketMinutes"]?.number == 1)
            #expect(status["queues"]?.texts("name") == [flight.name])
            let analytics = try await flight.report(.analytics, ["interval": "day"])
            #expect(analytics["dataPoints"]?.elements.isEmpty == false)
            #expect(try await flight.report(.status, ["to": "2020-01-01"])["throughput"]?.elements.isEmpty == true)
        }
    }

    @Test("leases and dead letters are told, the most frequent errors first")
    func troubles() async throws {
        try await QueueFlight.fly { flight async throws in
            try await flight.push("a", "b")
            let delivery = try await flight.pop()
            try await flight.acknowledge(delivery, ["a"], "dlq")
            let status = try await flight.report(.status)
            #expect(status["leases"]?["active"]?.number == 1)
            let letters = status["deadLetterQueue"]
            #expect(letters?["totalMessages"]?.number == 1 && letters?["affectedPartitions"]?.number == 1)
            #expect(letters?["topErrors"]?.texts("error") == ["Retries exhausted"])
        }
    }

    @Test("a queue is told with its options and what was consumed of its partitions")
    func queue() async throws {
        try await QueueFlight.fly { flight async throws in
            try await flight.configure(#"{"leaseTime":17}"#)
            try await flight.push("a")
            _ = try await flight.pop { $0.acknowledges = true }
            let status = try await flight.report(.statusQueue)
            #expect(status["queue"]?["config"]?["leaseTime"]?.number == 17)
            let cursor = status["partitions"]?.elements.first?["cursor"]
            #expect(cursor?["totalConsumed"]?.number == 1 && cursor?["batchesConsumed"]?.number == 1)
            #expect(status["totals"]?["completed"]?.number == 1)
            let listed = try await flight.report(.statusQueues, ["limit": "10000"])["queues"]?.texts("name") ?? []
            #expect(listed.contains(flight.name))
        }
    }
}
