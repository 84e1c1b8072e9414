import HydrogenTesting
import Testing

@testable import MessageQueueSubsystem

@Suite("Reports on queues", QueueFlight.isThere, .timeLimit(.minutes(2)))
struct ResourceReportTests {
    @Test("counts follow a message from its push to its end")
    func counts() async throws {
        try await QueueFlight.fly { flight async throws in
            try await flight.configure(#"{"retryDelay":0}"#)
            try await flight.push("a", "b", "c", "d")
            #expect(try await flight.counts() == [4, 4, 0, 0, 0, 0])
            let delivery = try await flight.pop { $0.batch = 3 }
            #expect(try await flight.counts() == [4, 1, 3, 0, 0, 0])
            try await flight.acknowledge(delivery, ["a"])
            #expect(try await flight.counts() == [4, 1, 2, 1, 0, 0])
            try await flight.acknowledge(delivery, ["b"], "dlq")
            #expect(try await flight.counts() == [4, 1, 1, 1, 0, 1])
            try await flight.acknowledge(delivery, ["c"], "failed")
            #expect(try await flight.counts() == [4, 2, 0, 1, 1, 1])
        }
    }

    @Test("a message is done when the last group is past it")
    func groups() async throws {
        try await QueueFlight.fly { flight async throws in
            try await flight.push("a", "b")
            _ = try await flight.pop { $0.acknowledges = true }
            #expect(try await flight.counts() == [2, 0, 0, 2, 0, 0])
            _ = try await flight.pop {
                $0.group = "slow"
                $0.batch = 1
                $0.acknowledges = true
            }
            #expect(try await flight.counts() == [2, 1, 0, 1, 0, 0])
        }
    }

    @Test("gaps that operators make are not counted, and no group is behind for them")
    func gaps() async throws {
        try await QueueFlight.fly { flight async throws in
            try await flight.push("a", "b", "c", "d", "e")
            _ = try await flight.report(.deleteMessage, try await flight.message("b"))
            _ = try await flight.report(.deleteMessage, try await flight.message("d"))
            #expect(try await flight.counts() == [3, 3, 0, 0, 0, 0])
            let delivery = try await flight.pop { $0.batch = 2 }
            #expect(try await flight.counts() == [3, 1, 2, 0, 0, 0])
            try await flight.acknowledge(delivery)
            #expect(try await flight.counts() == [3, 1, 0, 2, 0, 0])
            let group = try await flight.report(.group, ["group": PopRequest.queueMode])[flight.name]
            #expect(group?["partitions"]?.elements.first?["offsetLag"]?.number == 1)
        }
    }

    @Test("what was evicted in the middle of a log is not counted, however many sweeps that took")
    func evicted() async throws {
        try await QueueFlight.fly { flight async throws in
            try await flight.push("a", "b", "c", "d")
            _ = try await flight.pop { ($0.batch, $0.acknowledges) = (1, true) }
            try await flight.sql(
                """
                UPDATE hydrogen_queue.messages AS m SET created_at = m.created_at - interval '1 hour'
                FROM hydrogen_queue.partitions AS p JOIN hydrogen_queue.queues AS q ON q.number = p.queue
                WHERE p.number = m.partition AND q.name = '\(flight.name)' RETURNING 1 AS j
                """
            )
            try await flight.push("e")
            try await flight.configure(#"{"maxWaitTimeSeconds":60}"#)
            await eventually {
                _ = try? await flight.sql("SELECT j FROM hydrogen_queue.keep_house('eviction', 1, 30)")
                return (try? await flight.counts()) == [2, 1, 0, 1, 0, 0]
            }
            #expect(try await flight.counts() == [2, 1, 0, 1, 0, 0])
        }
    }

    @Test("a log whose head is gone is counted from what is left of it")
    func head() async throws {
        try await QueueFlight.fly { flight async throws in
            try await flight.push("a", "b", "c")
            _ = try await flight.report(.deleteMessage, try await flight.message("a"))
            #expect(try await flight.counts() == [2, 2, 0, 0, 0, 0])
            #expect(try await flight.pop { $0.acknowledges = true }.transactions == ["b", "c"])
            #expect(try await flight.counts() == [2, 0, 0, 2, 0, 0])
        }
    }

    @Test(
        "queues, namespaces, tasks, partitions and the overview have what was pushed",
        .enabled(if: OwnDatabase.isThere, "\(OwnDatabase.reason)")
    )
    func lists() async throws {
        let database = try OwnDatabase()
        try await QueueFlight.fly(on: database.connection) { flight async throws in
            _ = try await flight.queue.configure(
                ConfigureRequest(try QueueFlight.node(#"{"queue":"\#(flight.name)","namespace":"n","task":"t"}"#))
            )
            try await flight.push("a", partition: "p")
            let queue = try await flight.report(.queues)["queues"]?.elements.first
            #expect(queue?["name"]?.text == flight.name)
            #expect(queue?["partitions"]?.number == 2)
            #expect(queue?["messages"]?["pending"]?.number == 1)
            let namespace = try await flight.report(.namespaces)["namespaces"]?.elements.first
            #expect(namespace?["namespace"]?.text == "n" && namespace?["messages"]?["total"]?.number == 1)
            #expect(try await flight.report(.tasks)["tasks"]?.elements.first?["task"]?.text == "t")
            #expect(try await flight.report(.partitions)["partitions"]?.texts("name") == ["Default", "p"])
            let page = try await flight.report(.partitions, ["limit": "1", "offset": "1"])
            #expect(page["partitions"]?.texts("name") == ["p"])
            let overview = try await flight.report(.overview)
            #expect(["queues", "partitions", "namespaces", "tasks"].map { overview[$0]?.number } == [1, 2, 1, 1])
            #expect(overview["messages"]?["pending"]?.number == 1)
        }
    }

    @Test("clearing deletes messages with what hangs on them; what comes afterwards is handed out")
    func clear() async throws {
        try await QueueFlight.fly { flight async throws in
            try await flight.push("a", "b")
            try await flight.push("c", partition: "other")
            try await flight.acknowledge(try await flight.pop { $0.partition = "Default" }, ["a"], "dlq")
            #expect(
                try await flight.report(.clearQueue, ["partition": "Default"])["deletedMessages"]?.number == 2
            )
            #expect(try await flight.counts() == [1, 1, 0, 0, 0, 0])
            #expect(try await flight.push("a") == ["queued"])
            #expect(try await flight.pop { $0.partition = "Default" }.transactions == ["a"])
            #expect(try await flight.report(.clearQueue)["deletedMessages"]?.number == 2)
            #expect(try await flight.counts() == [0, 0, 0, 0, 0, 0])
        }
    }

    @Test(
        "what does not exist is not found",
        arguments: [OperatorReport.queue, .clearQueue, .statusQueue, .statusMessages]
    )
    func missing(_ report: OperatorReport) async throws {
        try await QueueFlight.fly { flight async throws in
            await #expect(throws: QueueFault.notFound(report.shape.missing)) { try await flight.report(report) }
        }
    }
}
