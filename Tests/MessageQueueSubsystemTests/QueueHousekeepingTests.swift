import HydrogenCore
import HydrogenTesting
import NIOCore
import Testing

@testable import MessageQueueSubsystem

/// What is removed without being asked for. Messages are made old by telling the database so.
@Suite(QueueFlight.isThere) struct QueueHousekeepingTests {
    /// Pushes `a`, `b` an hour ago and `c` now.
    private static func fill(_ flight: QueueFlight) async throws {
        try await flight.push("a", "b")
        try await flight.sql(
            """
            UPDATE hydrogen_queue.messages AS m SET created_at = m.created_at - interval '1 hour'
            FROM hydrogen_queue.partitions AS p JOIN hydrogen_queue.queues AS q ON q.number = p.queue
            WHERE p.number = m.partition AND q.name = '\(flight.name)' RETURNING 1 AS j
            """
        )
        try await flight.push("c")
    }

    /// Sweeps until another test's sweep does not stand in the way.
    private static func sweep(_ flight: QueueFlight, _ what: String) async throws {
        for _ in 0..<10_000 {
            let row =
                try await flight.sql("SELECT keep_house AS j FROM hydrogen_queue.keep_house('\(what)', 1, 30)").first
                ?? ""
            if row.contains(#""elected": true"#) || row.contains(#""elected":true"#), row.contains("false") { return }
        }
        Issue.record("no sweep came to its end")
    }

    @Test(
        "messages that are too old are removed as their queue says, and nobody is handed others for them",
        arguments: [
            (#"{}"#, "retention", ["a", "b", "c"]),
            (#"{"ttl":60}"#, "retention", ["c"]),
            (#"{"retentionSeconds":60}"#, "retention", ["a", "b", "c"]),
            (#"{"retentionEnabled":true,"retentionSeconds":60}"#, "retention", ["c"]),
            (#"{"retentionEnabled":true,"retentionSeconds":7200}"#, "retention", ["a", "b", "c"]),
            (#"{"retentionEnabled":true,"completedRetentionSeconds":60}"#, "retention", ["b", "c"]),
            (#"{"maxWaitTimeSeconds":60}"#, "eviction", ["a", "c"]),
        ]
    )
    func removal(options: String, what: String, left: [String]) async throws {
        try await QueueFlight.fly { flight async throws in
            try await Self.fill(flight)
            // One group has done the first message, another everything.
            let ttl = options.contains("ttl")
            if !ttl {
                let first = try await flight.pop { ($0.group, $0.batch, $0.acknowledges) = ("slow", 1, true) }
                #expect(first.transactions == ["a"])
                _ = try await flight.pop { ($0.group, $0.acknowledges) = ("quick", true) }
            }
            // Only now, as other tests sweep the same database.
            try await flight.configure(options)
            try await Self.sweep(flight, what)
            let stored = try await flight.stored()
            #expect(stored == left.map { "\"\($0)\"" })
            let next = try await flight.pop { $0.group = "slow" }
            #expect(next.transactions == (ttl ? ["c"] : left.filter { $0 != "a" }), "\(next)")
        }
    }

    @Test("what one group has not seen yet is not completed")
    func unseen() async throws {
        try await QueueFlight.fly { flight async throws in
            try await Self.fill(flight)
            _ = try await flight.pop { ($0.group, $0.acknowledges) = ("quick", true) }
            // It was here before, in another partition.
            try await flight.push("x", partition: "other")
            _ = try await flight.pop { ($0.group, $0.partition, $0.acknowledges) = ("slow", "other", true) }
            try await flight.configure(#"{"retentionEnabled":true,"completedRetentionSeconds":60}"#)
            try await Self.sweep(flight, "retention")
            #expect(try await flight.stored().count == 4)
            #expect(try await flight.pop { $0.group = "slow" }.transactions == ["a", "b", "c"])
        }
    }

    @Test("a lease on nothing but what was removed ends with it")
    func lease() async throws {
        try await QueueFlight.fly { flight async throws in
            try await Self.fill(flight)
            #expect(try await flight.pop { $0.batch = 2 }.transactions == ["a", "b"])
            try await flight.configure(#"{"ttl":60}"#)
            try await Self.sweep(flight, "retention")
            #expect(try await flight.pop().transactions == ["c"])
        }
    }

    @Test("an empty partition goes once nobody has used it for long, and comes back with a push")
    func emptyPartition() async throws {
        try await QueueFlight.fly { flight async throws in
            try await flight.push("a", partition: "left")
            _ = try await flight.pop { ($0.partition, $0.acknowledges) = ("left", true) }
            let age = """
                WITH own AS (SELECT p.number FROM hydrogen_queue.partitions AS p
                    JOIN hydrogen_queue.queues AS q ON q.number = p.queue WHERE q.name = '\(flight.name)'),
                gone AS (DELETE FROM hydrogen_queue.messages AS m USING own WHERE own.number = m.partition),
                used AS (UPDATE hydrogen_queue.cursors AS c SET claimed_at = c.claimed_at - interval '31 days'
                    FROM own WHERE own.number = c.partition)
                UPDATE hydrogen_queue.partitions AS p SET last_push_at = p.last_push_at - interval '31 days'
                FROM own WHERE own.number = p.number RETURNING 1 AS j
                """
            try await flight.sql(age)
            try await Self.sweep(flight, "retention")
            let partitions = """
                SELECT p.name AS j FROM hydrogen_queue.partitions AS p
                JOIN hydrogen_queue.queues AS q ON q.number = p.queue WHERE q.name = '\(flight.name)'
                """
            #expect(try await flight.sql(partitions) == [])
            #expect(try await flight.push("a", partition: "left") == ["queued"])
            #expect(try await flight.pop { $0.partition = "left" }.transactions == ["a"])
        }
    }

    @Test("a server sweeps by itself, at its intervals")
    func byItself() async throws {
        try await QueueFlight.fly(#""EvictionIntervalSeconds": 60"#) { flight async throws in
            try await Self.fill(flight)
            try await flight.configure(#"{"maxWaitTimeSeconds":60}"#)
            for _ in 0..<1000 where try await flight.stored().count > 1 { flight.clock.advance(by: .seconds(60)) }
            #expect(try await flight.stored() == ["\"c\""])
        }
    }

    @Test("a report says what was removed, and nothing when nothing was")
    func report() {
        let row = ByteBuffer(
            string: #"{"elected":true,"expired":0,"retained":3,"completed":0,"evicted":0,"partitions":2,"more":true}"#
        )
        var sweep = Housekeeping.Sweep(row)
        #expect(sweep.report == "3 retained, 2 empty partitions" && sweep.hasMore)
        sweep.add(Housekeeping.Sweep(ByteBuffer(string: #"{"elected":true,"retained":1,"more":false}"#)))
        #expect(sweep.report == "4 retained, 2 empty partitions" && !sweep.hasMore)
        #expect(Housekeeping.Sweep(ByteBuffer(string: #"{"elected":false}"#)).report == nil)
    }

    @Test("a push on one server wakes a pop that waits on another at once")
    func twoServers() async throws {
        try await QueueFlight.fly { first async throws in
            try await QueueFlight.fly { second async throws in
                // Time stands still: only a notification can bring the news. Each has heard of the other when its turn came.
                for flight in [first, second] { await flight.queue.sayPresent() }
                async let popped = second.answer { ($0.queue, $0.patience) = (first.name, .seconds(30)) }
                while second.queue.waitingCount == 0 { await Task.yield() }
                try await first.push("a")
                #expect(try await popped.contains(#""transactionId":"a""#))
            }
        }
    }
}
