import HydrogenCore
import NIOCore
import Testing

@testable import MessageQueueSubsystem

@Suite(QueueFlight.isThere) struct QueueEncryptionTests {
    private static let settings = #""EncryptionKey": "\#(String(repeating: "0123456789abcdef", count: 4))""#

    @Test("payloads of a queue that wants it lie encrypted in the database, and come out as they went in")
    func encrypted() async throws {
        try await QueueFlight.fly(Self.settings) { flight async throws in
            try await flight.configure(#"{"encryptionEnabled":true}"#)
            #expect(try await flight.push("plain-1", "plain-2") == ["queued", "queued"])
            #expect(try await flight.stored().allSatisfy { $0.contains("authTag") && !$0.contains("plain") })
            let answer = try await flight.answer { $0.batch = 10 }
            #expect(answer.contains(#""data":"plain-1""#) && answer.contains(#""data":"plain-2""#), "\(answer)")
            #expect(!answer.contains("authTag") && !answer.contains("encrypted"))
        }
    }

    @Test("operators see them in clear")
    func reports() async throws {
        try await QueueFlight.fly(Self.settings) { flight async throws in
            try await flight.configure(#"{"encryptionEnabled":true}"#)
            try await flight.push("plain")
            let delivery = try await flight.pop()
            try await flight.acknowledge(delivery, ["plain"], "dlq")
            let letters = try await flight.queue.report(.deadLetters) { $0 == "queue" ? .string(flight.name) : nil }
            #expect(String(buffer: letters).contains(#""data":"plain""#), "\(String(buffer: letters))")
            let values = ["partition": delivery.partitionID ?? "", "transaction": "plain"]
            let message = try await flight.queue.report(.message) { name in values[name].map { .string($0) } }
            #expect(String(buffer: message).contains(#""payload":"plain""#), "\(String(buffer: message))")
        }
    }

    @Test("what clients write is never taken for something that was encrypted")
    func forwarded() async throws {
        try await QueueFlight.fly(Self.settings) { flight async throws in
            try await flight.configure(#"{"encryptionEnabled":true}"#)
            try await flight.push("plain")
            let inner = try #require(try await flight.stored().first)
            let place = #""queue":"\#(flight.name)","partition":"Default","transactionId":"plain","isEncrypted":true"#
            let body =
                #"{"items":[{"queue":"\#(flight.name)","transactionId":"x","payload":{\#(place),"data":\#(inner)}}]}"#
            _ = try await flight.queue.push(PushRequest(try QueueFlight.node(body)))
            let answer = try await flight.answer { _ in }
            #expect(answer.contains(#""data":"plain""#) && answer.contains(#""data":\#(inner)"#), "\(answer)")
        }
    }

    @Test("pushes into a transaction are encrypted too")
    func transaction() async throws {
        try await QueueFlight.fly(Self.settings) { flight async throws in
            try await flight.configure(#"{"encryptionEnabled":true}"#)
            let body = #"{"operations":[{"type":"push","items":[{"queue":"\#(flight.name)","payload":"plain"}]}]}"#
            _ = try await flight.queue.perform(TransactionRequest(try QueueFlight.node(body)))
            #expect(try await flight.stored().allSatisfy { $0.contains("authTag") })
            #expect(try await flight.answer { _ in }.contains(#""data":"plain""#))
        }
    }

    @Test("without a key no queue can be made to want encryption, and one that does takes nothing in clear")
    func withoutKey() async throws {
        try await QueueFlight.fly { flight async throws in
            let fault = await #expect(throws: QueueFault.self) {
                try await flight.configure(#"{"encryptionEnabled":true}"#)
            }
            #expect("\(fault.debugDescription)".contains("EncryptionKey"))
            // Another server, with a key, has configured it.
            try await flight.sql(
                "SELECT hydrogen_queue.configure('\(flight.name)', '', '', '{\"encryptionEnabled\":true}')"
            )
            let refused = await #expect(throws: QueueFault.self) { try await flight.push("plain") }
            #expect("\(refused.debugDescription)".contains("EncryptionKey"))
            #expect(try await flight.stored() == [])
            // Others do not suffer from it.
            async let bad = try? flight.push("plain")
            async let good = flight.queue.push(
                PushRequest(try QueueFlight.node(#"{"items":[{"queue":"\#(flight.name).other"}]}"#))
            )
            #expect(await bad == nil)
            #expect(String(buffer: try await good).contains("queued"))
            _ = try await flight.queue.delete(queue: flight.name + ".other")
        }
    }
}
