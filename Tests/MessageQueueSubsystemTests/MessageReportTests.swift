import HydrogenCore
import HydrogenTesting
import Testing

@testable import MessageQueueSubsystem

@Suite("Reports on messages", QueueFlight.isThere, .timeLimit(.minutes(2)))
struct MessageReportTests {
    @Test(
        "messages are listed newest first, by their status, part by part",
        arguments: [
            ([:], ["e", "d", "c", "b", "a"]), (["status": "pending"], ["e", "d"]), (["status": "processing"], ["c"]),
            (["status": "completed"], ["a"]), (["status": "dead_letter"], ["b"]),
            (["limit": "2", "offset": "1"], ["d", "c"]),
            (["to": "2020-01-01"], []), (["from": "2020-01-01", "limit": "1"], ["e"]), (["partition": "none"], []),
        ] as [([String: String], [String])]
    )
    func list(_ filters: [String: String], _ expected: [String]) async throws {
        try await QueueFlight.fly { flight async throws in
            try await flight.push("a", "b", "c", "d", "e")
            let delivery = try await flight.pop { $0.batch = 3 }
            try await flight.acknowledge(delivery, ["a"])
            try await flight.acknowledge(delivery, ["b"], "dlq")
            #expect(try await flight.report(.messages, filters)["messages"]?.texts("transactionId") == expected)
            #expect(try await flight.report(.statusMessages, filters).texts("transactionId") == expected)
        }
    }

    @Test("a message is shown with its payload, its status and the groups")
    func one() async throws {
        try await QueueFlight.fly { flight async throws in
            try await flight.push("a")
            _ = try await flight.pop { $0.group = "g" }
            _ = try await flight.pop { $0.acknowledges = true }
            let message = try await flight.report(.message, try await flight.message("a"))
            #expect(message["payload"]?.text == "a" && message["status"]?.text == "processing")
            #expect(message["queueStatus"]?.text == "completed")
            #expect(message["busStatus"]?["totalGroups"]?.number == 1)
            #expect(message["consumerGroups"]?.texts("name") == ["__QUEUE_MODE__", "g"])
            #expect(message["queueConfig"]?["leaseTime"]?.number == 300)
            let missing = try await flight.message("b")
            await #expect(throws: QueueFault.notFound("Message not found")) {
                try await flight.report(.message, missing)
            }
        }
    }

    @Test("who has a batch with a message that is deleted gets the rest of it again")
    func delete() async throws {
        try await QueueFlight.fly { flight async throws in
            try await flight.push("a", "b", "c")
            let delivery = try await flight.pop()
            _ = try await flight.report(.deleteMessage, try await flight.message("b"))
            #expect(try await flight.acknowledge(delivery, ["a"]) == ["Invalid or expired lease"])
            #expect(try await flight.pop().transactions == ["a", "c"])
            #expect(try await flight.push("b") == ["queued"])
        }
    }

    @Test("a dead letter that is taken back comes again behind the others, and is no dead letter any more")
    func retry() async throws {
        try await QueueFlight.fly { flight async throws in
            try await flight.push("a", "b")
            try await flight.acknowledge(try await flight.pop { $0.batch = 1 }, ["a"], "dlq")
            #expect(try await flight.report(.deadLetters)["total"]?.number == 1)
            let message = try await flight.message("a")
            _ = try await flight.report(.retryMessage, message)
            #expect(try await flight.report(.deadLetters)["total"]?.number == 0)
            #expect(try await flight.pop { $0.acknowledges = true }.transactions == ["b", "a"])
            await #expect(throws: QueueFault.notFound("Message is no dead letter")) {
                try await flight.report(.retryMessage, message)
            }
            #expect(try await flight.push("a") == ["duplicate"])
        }
    }

    @Test("a dead letter that is taken back wakes who waits")
    func retryWakes() async throws {
        try await QueueFlight.fly { flight async throws in
            try await flight.push("a")
            try await flight.acknowledge(try await flight.pop(), ["a"], "dlq")
            async let waiting = flight.pop { $0.patience = .seconds(60) }
            await eventually { flight.queue.waitingCount == 1 }
            _ = try await flight.report(.retryMessage, try await flight.message("a"))
            #expect(try await waiting.transactions == ["a"])
        }
    }

    @Test("a message that is set aside is handed out to nobody, old groups or new, until it is taken back")
    func bury() async throws {
        try await QueueFlight.fly { flight async throws in
            try await flight.push("a", "b", "c", "d")
            try await flight.acknowledge(try await flight.pop { $0.batch = 1 })
            for transaction in ["b", "c"] {
                _ = try await flight.report(.buryMessage, try await flight.message(transaction))
            }
            #expect(try await flight.counts() == [4, 1, 0, 1, 0, 2])
            let dead =
                try await flight.report(.messages, ["status": "dead_letter"])["messages"]?.texts("transactionId") ?? []
            #expect(Set(dead) == ["b", "c"])
            #expect(try await flight.pop().transactions == ["d"])
            #expect(try await flight.pop { $0.group = "new" }.transactions == ["a", "d"])
            let letters = try await flight.report(.deadLetters)["messages"]
            #expect(letters?.texts("errorMessage") == ["Set aside by an operator", "Set aside by an operator"])
            _ = try await flight.report(.retryMessage, try await flight.message("b"))
            #expect(try await flight.pop { $0.group = "newer" }.transactions == ["a", "d", "b"])
        }
    }

    @Test("what is set aside goes when it is too old to be kept")
    func buriedRetention() async throws {
        try await QueueFlight.fly { flight async throws in
            try await flight.configure(#"{"retentionEnabled":true,"retentionSeconds":60}"#)
            try await flight.push("a", "b")
            _ = try await flight.report(.buryMessage, try await flight.message("a"))
            try await flight.sql(
                """
                UPDATE hydrogen_queue.messages AS m SET created_at = m.created_at - interval '1 hour'
                FROM hydrogen_queue.partitions AS p JOIN hydrogen_queue.queues AS q ON q.number = p.queue
                WHERE p.number = m.partition AND m.sequence < 1 AND q.name = '\(flight.name)' RETURNING 1 AS j
                """
            )
            await eventually {
                _ = try? await flight.sql("SELECT j FROM hydrogen_queue.keep_house('retention', 1, 30)")
                return (try? await flight.counts()) == [1, 1, 0, 0, 0, 0]
            }
            #expect(try await flight.report(.deadLetters)["total"]?.number == 0)
        }
    }

    @Test("dead letters are found by partition, group and time, with their number")
    func deadLetters() async throws {
        try await QueueFlight.fly { flight async throws in
            for (partition, group) in [("p", nil), ("q", "g")] as [(String, String?)] {
                try await flight.push("a", "b", partition: partition)
                let delivery = try await flight.pop {
                    $0.partition = partition
                    if let group { $0.group = group }
                }
                try await flight.acknowledge(delivery, nil, "dlq", group: group)
            }
            func total(_ filters: [String: String]) async throws -> Int? {
                try await flight.report(.deadLetters, filters)["total"]?.number
            }
            #expect(try await total([:]) == 4)
            #expect(try await total(["partition": "p"]) == 2)
            #expect(try await total(["consumerGroup": "g"]) == 2)
            #expect(try await total(["consumerGroup": "g", "partition": "p"]) == 0)
            #expect(try await total(["to": "2020-01-01"]) == 0)
            let page = try await flight.report(.deadLetters, ["limit": "1", "from": "2020-01-01"])
            #expect(page["total"]?.number == 4 && page["messages"]?.texts("transactionId") == ["b"])
            #expect(page["messages"]?.texts("data") == ["b"])
        }
    }

    // MARK: Traces

    @Test("traces are found by message and by name, and go with their message")
    func traces() async throws {
        try await QueueFlight.fly { flight async throws in
            try await flight.push("a", "b")
            let partition = try await flight.partitionID()
            let name = "trace of \(flight.name)"
            for transaction in ["a", "b"] {
                let body =
                    #"{"partitionId":"\#(partition)","transactionId":"\#(transaction)","data":{"n":1.0},"traceNames":["\#(name)"]}"#
                let node = try QueueFlight.node(body)
                _ = try await flight.queue.report(.addTrace) { node.value[$0]?.value }
            }
            let own = try await flight.report(.messageTraces, try await flight.message("a"))["traces"]
            #expect(own?.texts("event_type") == ["info"])
            #expect(own?.elements.first?["data"]?.value.jsonText == #"{"n":1.0}"#)
            let named = try await flight.report(.namedTraces, ["name": name])
            #expect(named["total"]?.number == 2 && named["traces"]?.texts("message_payload") == ["b", "a"])
            let names = try await flight.report(.traceNames, ["limit": "10000"])["trace_names"]?.elements ?? []
            #expect(names.first { $0["trace_name"]?.text == name }?["message_count"]?.number == 2)

            _ = try await flight.report(.deleteMessage, try await flight.message("a"))
            #expect(try await flight.report(.namedTraces, ["name": name])["total"]?.number == 1)
            _ = try await flight.queue.delete(queue: flight.name)
            #expect(try await flight.report(.namedTraces, ["name": name])["total"]?.number == 0)
        }
    }

    @Test("a trace of a message that is not there is refused")
    func traceOfNothing() async throws {
        try await QueueFlight.fly { flight async throws in
            let given = ["partitionId": QueueUUID().description, "transactionId": "t", "data": "1"]
            await #expect(throws: QueueFault.notFound("Message not found")) {
                try await flight.report(.addTrace, given)
            }
        }
    }
}
