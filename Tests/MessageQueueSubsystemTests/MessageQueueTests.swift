import HydrogenCore
import HydrogenTesting
import NIOCore
import Testing

@testable import MessageQueueSubsystem

/// What consumers rely on, on a real PostgreSQL.
@Suite("Message queue", QueueFlight.isThere, .timeLimit(.minutes(2)))
struct MessageQueueTests {
    @Test("messages of a partition come in the order of their pushes, and once a group")
    func order() async throws {
        try await QueueFlight.fly { flight async throws in
            #expect(try await flight.push("a", "b") == ["queued", "queued"])
            #expect(try await flight.push("c") == ["queued"])
            let first = try await flight.pop { $0.batch = 2 }
            #expect(first.transactions == ["a", "b"])
            #expect(try await flight.pop { $0.batch = 2 }.why == "no_available_partition")
            #expect(try await flight.acknowledge(first) == [nil, nil])
            #expect(try await flight.pop { $0.batch = 2 }.transactions == ["c"])
            #expect(try await flight.pop { $0.group = "other" }.transactions == ["a", "b", "c"])
        }
    }

    @Test("a transaction id is stored once in a partition, also within one push, and again in another")
    func duplicates() async throws {
        try await QueueFlight.fly { flight async throws in
            #expect(try await flight.push("a", "b", "a") == ["queued", "queued", "duplicate"])
            #expect(try await flight.push("b", "c") == ["duplicate", "queued"])
            #expect(try await flight.push("a", partition: "other") == ["queued"])
            #expect(try await flight.pop { $0.partition = "Default" }.transactions == ["a", "b", "c"])
        }
    }

    @Test("of pushes of one transaction id at once exactly one is stored")
    func duplicatesAtOnce() async throws {
        try await QueueFlight.fly { flight async throws in
            let states = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<40 { group.addTask { try await flight.push("same") } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(states.filter { $0 == "queued" }.count == 1)
            #expect(states.filter { $0 == "duplicate" }.count == 39)
        }
    }

    @Test("no message lands behind the cursor of a consumer, however many push into one partition")
    func concurrentPushes() async throws {
        try await QueueFlight.fly { flight async throws in
            let writers = 16
            let each = 20
            let seen = try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<writers {
                    group.addTask { for number in 0..<each { try await flight.push("\(writer)-\(number)") } }
                }
                var seen: [String] = []
                while seen.count < writers * each {
                    seen += try await flight.pop {
                        $0.acknowledges = true
                        $0.batch = 7
                        $0.patience = .seconds(30)
                    }.transactions
                }
                try await group.waitForAll()
                return seen
            }
            #expect(Set(seen).count == writers * each)
            for writer in 0..<writers {
                let own = seen.filter { $0.hasPrefix("\(writer)-") }
                #expect(own == (0..<each).map { "\(writer)-\($0)" })
            }
        }
    }

    @Test("a failed message comes again with all behind it, and is set aside after the last retry")
    func retries() async throws {
        try await QueueFlight.fly { flight async throws in
            try await flight.configure(#"{"retryLimit":2,"retryDelay":0}"#)
            try await flight.push("a", "b", "c")
            var delivery = try await flight.pop()
            #expect(try await flight.acknowledge(delivery, ["a"]) == [nil])
            for attempt in 0...2 {
                #expect(delivery.retries.last == attempt)
                #expect(try await flight.acknowledge(delivery, ["b"], "failed") == [nil])
                if attempt < 2 {
                    delivery = try await flight.pop()
                    #expect(delivery.transactions == ["b", "c"])
                }
            }
            #expect(try await flight.acknowledge(delivery, ["c"]) == [nil])
            #expect(try await flight.pop().why == "no_available_partition")
        }
    }

    @Test("the cursor never goes back: a late acknowledgement succeeds, and changes nothing")
    func lateAcknowledgement() async throws {
        try await QueueFlight.fly { flight async throws in
            try await flight.push("a", "b", "c")
            let delivery = try await flight.pop { $0.batch = 2 }
            #expect(try await flight.acknowledge(delivery, ["b"]) == [nil])
            #expect(try await flight.acknowledge(delivery, ["a"]) == [nil])
            #expect(try await flight.pop().transactions == ["c"])
        }
    }

    @Test("a lease that is not held is refused, and a message that is not there is not found")
    func refusedAcknowledgements() async throws {
        try await QueueFlight.fly { flight async throws in
            try await flight.push("a")
            var delivery = try await flight.pop()
            #expect(try await flight.acknowledge(delivery, ["none"]) == ["Message not found"])
            delivery.lease = QueueUUID().description
            #expect(try await flight.acknowledge(delivery) == ["Invalid or expired lease"])
            #expect(try await flight.acknowledge(delivery, hasLease: false) == [nil])
        }
    }

    @Test("a pop that waits is answered by a push, by its deadline, and by the landing")
    func waiting() async throws {
        try await QueueFlight.fly { flight async throws in
            async let woken = flight.pop { $0.patience = .seconds(30) }
            while flight.queue.waitingCount == 0 { await Task.yield() }
            try await flight.push("a")
            let delivery = try await woken
            #expect(delivery.transactions == ["a"])
            try await flight.acknowledge(delivery)

            async let late = flight.pop { $0.patience = .milliseconds(1500) }
            while flight.queue.waitingCount == 0 { await Task.yield() }
            flight.clock.advance(by: .milliseconds(1500))
            #expect(try await late.why != nil)

            async let dismissed = flight.pop { $0.patience = .seconds(30) }
            while flight.queue.waitingCount == 0 { await Task.yield() }
            flight.queue.dismissWaiting()
            #expect(try await dismissed.why != nil)
        }
    }

    @Test("a new group begins with what comes after its first pop, where it wishes so")
    func subscriptions() async throws {
        try await QueueFlight.fly { flight async throws in
            try await flight.push("old")
            let new: (inout PopRequest) -> Void = {
                $0.group = "new"
                $0.start = .now
            }
            #expect(try await flight.pop(new).transactions == [])
            try await flight.push("fresh")
            try await flight.push("first", partition: "late")
            #expect(try await flight.pop(new).transactions == ["fresh"])
            #expect(try await flight.pop(new).transactions == ["first"])
            #expect(try await flight.pop { $0.group = "all" }.transactions == ["old", "fresh"])
        }
    }

    @Test("a queue takes no more than its size")
    func capacity() async throws {
        try await QueueFlight.fly { flight async throws in
            try await flight.configure(#"{"maxSize":2}"#)
            #expect(try await flight.push("a", "b", "c") == ["queued", "queued", "failed"])
            _ = try await flight.pop {
                $0.acknowledges = true
                $0.batch = 1
            }
            #expect(try await flight.push("c", "d") == ["queued", "failed"])
        }
    }

    @Test("what is not there any more takes no room, whether or not anybody has consumed")
    func capacityAfterClearing() async throws {
        try await QueueFlight.fly { flight async throws in
            try await flight.configure(#"{"maxSize":2}"#)
            #expect(try await flight.push("a", "b", "c") == ["queued", "queued", "failed"])
            _ = try await flight.queue.report(.clearQueue) { $0 == "queue" ? .string(flight.name) : nil }
            #expect(try await flight.push("d", "e", "f") == ["queued", "queued", "failed"])
        }
    }

    @Test("a push of something known and something new to a partition that is not there stores what is new")
    func knownBesideNewPartition() async throws {
        try await QueueFlight.fly { flight async throws in
            try await flight.push("known")
            func items(_ pairs: (String, String)...) -> String {
                pairs.map {
                    #"{"queue":"\#(flight.name)","partition":"\#($0.0)","transactionId":"\#($0.1)"}"#
                }.joined(separator: ",")
            }
            let body = #"{"items":[\#(items(("Default", "known"), ("other", "x"), ("Default", "y")))]}"#
            let answer = try await flight.queue.push(PushRequest(try QueueFlight.node(body)))
            #expect(try QueueFlight.texts(answer, "status") == ["duplicate", "queued", "queued"])

            // In a transaction it is one push after the other, and the first undoes everything.
            let operations = [items(("Default", "known"), ("Default", "z")), items(("third", "u"))]
                .map { #"{"type":"push","items":[\#($0)]}"# }
            let request = try TransactionRequest(
                try QueueFlight.node(#"{"operations":[\#(operations.joined(separator: ","))]}"#)
            )
            let fault = await #expect(throws: QueueFault.self) { _ = try await flight.queue.perform(request) }
            #expect(
                "\(fault.debugDescription)".contains(#""known" is in the partition already"#),
                "\(fault.debugDescription)"
            )
            #expect(try await flight.pop { $0.partition = "third" }.why == "partition_not_found")
            let rest = try await flight.pop {
                $0.partition = "Default"
                $0.batch = 10
            }
            #expect(rest.transactions == ["known", "y"])
        }
    }

    @Test("pushes of a transaction are numbered one after the other in each partition")
    func transactionOrder() async throws {
        try await QueueFlight.fly { flight async throws in
            let operations = [["b 1", "a 2"], ["a 3", "b 4", "a 5"]].map { items in
                let texts = items.map { item in
                    let parts = item.split(separator: " ")
                    return #"{"queue":"\#(flight.name)","partition":"\#(parts[0])","transactionId":"\#(parts[1])"}"#
                }
                return #"{"type":"push","items":[\#(texts.joined(separator: ","))]}"#
            }
            let body = #"{"operations":[\#(operations.joined(separator: ","))]}"#
            _ = try await flight.queue.perform(TransactionRequest(try QueueFlight.node(body)))
            for (partition, expected) in [("a", ["2", "3", "5"]), ("b", ["1", "4"])] {
                let delivery = try await flight.pop {
                    $0.partition = partition
                    $0.batch = 10
                }
                #expect(delivery.transactions == expected)
            }
        }
    }

    @Test("a transaction is done as a whole or not at all")
    func transactions() async throws {
        try await QueueFlight.fly { flight async throws in
            try await flight.push("a")
            let delivery = try await flight.pop()
            let partition = delivery.partitionID ?? ""
            func perform(_ transaction: String, requiring lease: String?) async throws -> String {
                let body = """
                    {"operations":[{"type":"push","items":[{"queue":"\(flight.name)","partition":"out","payload":1}]},
                     {"type":"ack","transactionId":"\(transaction)","partitionId":"\(partition)"}],"requiredLeases":["\(lease ?? "")"]}
                    """
                let request = try TransactionRequest(try QueueFlight.node(body))
                do throws(QueueFault) {
                    return String(buffer: try await flight.queue.perform(request))
                } catch {
                    return error.description
                }
            }
            #expect(
                try await perform("none", requiring: delivery.lease).hasPrefix(
                    "ACK operation failed: Message not found"
                )
            )
            #expect(try await perform("a", requiring: partition).contains("is not held any more"))
            #expect(try await flight.pop { $0.partition = "out" }.why == "partition_not_found")
            #expect(try await perform("a", requiring: delivery.lease).contains(#""type":"ack","success":true"#))
            #expect(try await flight.pop { $0.partition = "out" }.transactions.count == 1)
        }
    }

    @Test("names that look alike are two, as the database has them")
    func canonicalEquivalence() async throws {
        try await QueueFlight.fly { flight async throws in
            let (one, other) = ("\u{E9}", "e\u{301}")
            let items = [one, other].map { #"{"queue":"\#(flight.name)","partition":"\#($0)","transactionId":"t"}"# }
            let body = #"{"items":[\#(items.joined(separator: ","))]}"#
            let answer = String(buffer: try await flight.queue.push(PushRequest(try QueueFlight.node(body))))
            #expect(answer.ranges(of: "queued").count == 2, "\(answer)")
            for name in [one, other] {
                let delivery = try await flight.pop { $0.partition = name }
                #expect(delivery.transactions == ["t"])
            }
        }
    }

    @Test("a push wakes the pop that waits for its partition, whoever waits before it")
    func wakesTheRightOne() async throws {
        try await QueueFlight.fly { flight async throws in
            async let first = flight.pop { ($0.partition, $0.patience) = ("one", .seconds(30)) }
            while flight.queue.waitingCount < 1 { await Task.yield() }
            async let second = flight.pop { ($0.partition, $0.patience) = ("two", .seconds(30)) }
            while flight.queue.waitingCount < 2 { await Task.yield() }
            // Time stands still: nothing but the push can wake it.
            try await flight.push("b", partition: "two")
            #expect(try await second.transactions == ["b"])
            try await flight.push("a", partition: "one")
            #expect(try await first.transactions == ["a"])
        }
    }
}
