import HydrogenCore
import HydrogenTesting
import Testing

@testable import MessageQueueSubsystem

@Suite("Reports on consumer groups", QueueFlight.isThere, .timeLimit(.minutes(2)))
struct GroupReportTests {
    private func pop(_ flight: QueueFlight, _ change: (inout PopRequest) -> Void = { _ in }) async throws -> [String] {
        try await flight.pop {
            $0.group = "g"
            $0.acknowledges = true
            change(&$0)
        }.transactions
    }

    @Test(
        "how far behind a group is, by queue and by partition, also where it has not been yet",
        .enabled(if: OwnDatabase.isThere, "\(OwnDatabase.reason)")
    )
    func lag() async throws {
        let database = try OwnDatabase()
        try await QueueFlight.fly(on: database.connection) { flight async throws in
            try await flight.push("a", "b", "c")
            #expect(try await pop(flight) { $0.batch = 2 } == ["a", "b"])
            try await flight.push("d", "e", partition: "other")
            let group = try await flight.report(.groups).elements.first
            #expect(group?["name"]?.text == "g" && group?["queueName"]?.text == flight.name)
            #expect(group?["totalLag"]?.number == 3 && group?["partitionsWithLag"]?.number == 2)
            #expect(group?["state"]?.text == "Stable" && group?["members"]?.number == 0)
            let partitions = try await flight.report(.group, ["group": "g"])[flight.name]?["partitions"]
            #expect(partitions?.texts("partition") == ["Default", "other"])
            #expect(partitions?.elements.map { $0["offsetLag"]?.number } == [1, 2])
            #expect(partitions?.elements.first?["totalConsumed"]?.number == 2)
            let lagging = try await flight.report(.laggingGroups, ["minLagSeconds": "0"])
            #expect(Set(lagging.texts("partition_name")) == ["Default", "other"])
            #expect(try await flight.report(.laggingGroups).elements.isEmpty)
            await #expect(throws: QueueFault.notFound("Consumer group not found")) {
                try await flight.report(.group, ["group": "none"])
            }
        }
    }

    @Test("a group that is deleted begins anew; its subscription goes or stays as is asked")
    func delete() async throws {
        try await QueueFlight.fly { flight async throws in
            #expect(try await pop(flight) { $0.start = .now } == [])
            try await flight.push("a")
            #expect(try await pop(flight) == ["a"])
            let kept = try await flight.report(.deleteGroup, ["group": "g", "deleteMetadata": "false"])
            #expect(kept["deletedPartitions"]?.number == 1 && kept["metadataDeleted"]?.value == .boolean(false))
            #expect(try await pop(flight) == ["a"])
            let moved = try await flight.report(
                .moveSubscription,
                ["group": "g", "subscriptionTimestamp": "2100-01-01T00:00:00Z"]
            )
            #expect(moved["rowsUpdated"]?.number == 1)
            _ = try await flight.report(.deleteGroup, ["group": "g", "deleteMetadata": "false"])
            #expect(try await pop(flight) == [])
            let gone = try await flight.report(.deleteGroup, ["group": "g"])
            #expect(gone["metadataDeleted"]?.value == .boolean(true))
            #expect(try await pop(flight) == ["a"])
            await #expect(throws: QueueFault.notFound("Queue not found")) {
                try await flight.report(.deleteGroup, ["group": "g", "queue": "none of \(flight.name)"])
            }
            await #expect(throws: QueueFault.notFound("Consumer group has no subscription")) {
                try await flight.report(
                    .moveSubscription,
                    ["group": "none of \(flight.name)", "subscriptionTimestamp": "2100-01-01T00:00:00Z"]
                )
            }
        }
    }

    @Test("a seek moves a group to the end or back to a moment, and ends its leases")
    func seek() async throws {
        try await QueueFlight.fly { flight async throws in
            for transaction in ["a", "b", "c", "d", "e"] { try await flight.push(transaction) }
            _ = try await flight.report(.deleteMessage, try await flight.message("c"))
            let delivery = try await flight.pop { $0.group = "g" }
            let end = try await flight.report(.seekQueue, ["group": "g", "toEnd": "true"])
            #expect(end["partitionsUpdated"]?.number == 1 && end["seekToEnd"]?.value == .boolean(true))
            #expect(try await flight.acknowledge(delivery, ["a"], "failed", group: "g") == ["Invalid or expired lease"])
            #expect(try await pop(flight) == [])

            for (transaction, expected) in [("a", ["a", "b", "d", "e"]), ("d", ["d", "e"]), ("e", ["e"])] {
                let message = try await flight.report(.message, try await flight.message(transaction))
                let moment = try #require(message["createdAt"]?.text)
                _ = try await flight.report(.seekQueue, ["group": "g", "timestamp": moment])
                #expect(try await pop(flight) == expected)
            }
            _ = try await flight.report(.seekQueue, ["group": "g", "timestamp": "2100-01-01"])
            #expect(try await pop(flight) == [])
        }
    }

    @Test("a seek of a partition leaves the others")
    func seekPartition() async throws {
        try await QueueFlight.fly { flight async throws in
            try await flight.push("a")
            try await flight.push("b", partition: "other")
            let moved = try await flight.report(.seekPartition, ["group": "g", "partition": "Default"])
            #expect(moved["cursorMovedTo"]?.number == 1 && moved["updated"]?.value == .boolean(true))
            #expect(try await pop(flight) { $0.partitions = 10 } == ["b"])
            await #expect(throws: QueueFault.notFound("Queue or partition not found")) {
                try await flight.report(.seekPartition, ["group": "g", "partition": "none"])
            }
        }
    }

    @Test("a seek back wakes who waits")
    func seekWakes() async throws {
        try await QueueFlight.fly { flight async throws in
            try await flight.push("a")
            #expect(try await pop(flight) == ["a"])
            async let waiting = pop(flight) { $0.patience = .seconds(60) }
            await eventually { flight.queue.waitingCount == 1 }
            _ = try await flight.report(.seekQueue, ["group": "g", "timestamp": "2020-01-01"])
            #expect(try await waiting == ["a"])
        }
    }
}
