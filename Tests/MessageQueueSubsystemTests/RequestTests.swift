import HydrogenCore
import Testing

@testable import MessageQueueSubsystem

struct RequestTests {
    private static func fault(_ body: () throws(QueueFault) -> Void) -> QueueFault? {
        do throws(QueueFault) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    private static func json(_ text: String) throws -> JSONNode {
        try JSONParser(options: .strict).parse(text.utf8)
    }

    @Test(
        "a malformed push says what is wrong",
        arguments: [
            ("{}", "items array is required"),
            (#"{"items":{}}"#, "items array is required"),
            (#"{"items":[{}]}"#, "Queue must be a string"),
            (#"{"items":[{"queue":1}]}"#, "Queue must be a string"),
            (#"{"items":[{"queue":"q","partition":1}]}"#, "Partition must be a string"),
            (#"{"items":[{"queue":"q","transactionId":1}]}"#, "TransactionId must be a string"),
            (#"{"items":[{"queue":"q","traceId":1}]}"#, "TraceId must be a string"),
            (#"{"items":[{"queue":"q","traceId":"x"}]}"#, "TraceId must be a UUID"),
            (#"{"items":[{"queue":"a\u0000"}]}"#, "queue contains a NUL, which the database cannot store"),
        ]
    )
    func malformedPush(body: String, expected: String) throws {
        let node = try Self.json(body)
        #expect(Self.fault { () throws(QueueFault) in _ = try PushRequest(node) } == .malformed(expected))
        #expect(Self.fault { () throws(QueueFault) in _ = try Self.read(body) } == .malformed(expected))
    }

    /// Reads a body as it comes by HTTP.
    private static func read(_ body: String) throws(QueueFault) -> PushRequest {
        let bytes = Array(body.utf8)
        let result = bytes.withUnsafeBufferPointer { pointer in
            Result { () throws(QueueFault) in try PushRequest(body: pointer) }
        }
        return try result.get()
    }

    @Test(
        "a body that is no JSON, or says something twice, is refused",
        arguments: [
            ("", "Invalid JSON"), ("{", "Invalid JSON"), (#"{"items":[{"queue":"q"}]"#, "Invalid JSON"),
            (#"{"items":[{"queue":"q"}]} x"#, "Invalid JSON"), (#"{"items":[{"queue":"q",}]}"#, "Invalid JSON"),
            (#"{"items":[{"queue":"q","payload":[1,]}]}"#, "Invalid JSON"),
            (#"{"items":[{"queue":"\ud800"}]}"#, "Invalid JSON"), ("\u{FEFF}{}", "Invalid JSON"),
            (#"{"items":[{"queue":"q","payload":\#(String(repeating: "[", count: 600))"#, "Invalid JSON"),
            ("[]", "items array is required"), (#"{"items":[5]}"#, "Queue must be a string"),
            (#"{"items":[{"queue":"q","queue":"r"}]}"#, "queue stands twice"),
            (#"{"items":[{"queue":"q","payload":1,"payload":2}]}"#, "payload stands twice"),
            (#"{"items":[],"items":[]}"#, "items stands twice"),
        ]
    )
    func refusedBody(body: String, expected: String) {
        let fault = Self.fault { () throws(QueueFault) in _ = try Self.read(body) }
        #expect(fault?.description.hasPrefix(expected) == true, "\(fault.debugDescription)")
    }

    @Test("a body is read as its tree would be, whatever stands beside and between")
    func body() throws {
        let body = #"""
            { "sender" : [ {} , "x" ] , "items" : [ { "payload" : {"a" : [1, 2.50], "b":"\u0000\n"} , "queue" : "q\u00fc\n" ,
              "transactionId":"t", "partition" : null, "other":{"queue":"no"}, "traceId":"018F2C3A-7b1e-7c4d-9e2f-0123456789ab"} ,
              {"queue":"r","payload":{
                "x": null}} ] }
            """#
        let read = try Self.read(body)
        let expected = try PushRequest(try Self.json(body))
        #expect(read.items.map(\.queue) == expected.items.map(\.queue))
        #expect(read.items.map(\.partition) == ["Default", "Default"])
        #expect(read.items[0].transactionID == "t" && read.items[0].traceID == expected.items[0].traceID)
        // Blanks stay, but for line breaks.
        #expect(read.items.map(\.payload) == [#"{"a" : [1, 2.50], "b":"\u0000\n"}"#, #"{"x":null}"#])
        #expect(Set(read.items.map(\.messageID)).count == 2 && read.items[1].transactionID.utf8.count == 36)
    }

    @Test(
        "a payload stays what it was, without the blanks between",
        arguments: [
            ("null", "null"), ("[1, 2.50, 1e999]", "[1,2.50,1e999]"), (#""a\u0000\n""#, #""a\u0000\n""#),
            (#"{ "b": true, "a": {} }"#, #"{"b":true,"a":{}}"#),
        ]
    )
    func payload(text: String, expected: String) throws {
        let request = try PushRequest(try Self.json(#"{"items":[{"queue":"q","payload":\#(text)}]}"#))
        #expect(request.items.map(\.payload) == [expected])
        #expect(request.items.map(\.partition) == ["Default"])
    }

    @Test("an item without a payload is null, and gets a transaction of its own")
    func defaults() throws {
        let request = try PushRequest(try Self.json(#"{"items":[{"queue":"q"},{"queue":"q","partition":null}]}"#))
        #expect(request.items.map(\.payload) == ["null", "null"])
        #expect(Set(request.items.map(\.transactionID)).count == 2)
    }

    @Test(
        "a malformed acknowledgement says what is wrong",
        arguments: [
            ("{}", "transactionId is required"),
            (#"{"transactionId":"t"}"#, "partitionId is required to ensure message uniqueness"),
            (#"{"transactionId":"t","partitionId":"x"}"#, "partitionId must be a UUID"),
            (
                #"{"transactionId":"t","partitionId":"018f2c3a-7b1e-7c4d-9e2f-0123456789ab","leaseId":"x"}"#,
                "leaseId must be a UUID"
            ),
        ]
    )
    func malformedAcknowledgement(body: String, expected: String) throws {
        let node = try Self.json(body)
        #expect(
            Self.fault { () throws(QueueFault) in _ = try Acknowledgement(node, group: nil) } == .malformed(expected)
        )
    }

    @Test("an acknowledgement without a lease, a group and a status counts as completed")
    func acknowledgement() throws {
        let body =
            #"{"transactionId":"t","partitionId":"018F2C3A-7b1e-7c4d-9e2f-0123456789ab","leaseId":"","error":{"a":1}}"#
        let read = try Acknowledgement(try Self.json(body), group: nil)
        #expect(read.status == "completed")
        #expect(read.group == PopRequest.queueMode)
        #expect(read.lease == nil)
        #expect(read.error == #"{"a":1}"#)
        #expect(read.partitionID.description == "018f2c3a-7b1e-7c4d-9e2f-0123456789ab")
    }

    @Test(
        "a malformed transaction says what is wrong",
        arguments: [
            ("{}", "operations array required"),
            (#"{"operations":[]}"#, "operations array cannot be empty"),
            (#"{"operations":[{"type":"x"}]}"#, "Unknown operation type: x"),
            (#"{"operations":[{"type":"push"}]}"#, "items array is required"),
            (
                #"{"operations":[{"type":"push","items":[]}],"requiredLeases":["x"]}"#,
                "requiredLeases must be an array of UUIDs"
            ),
        ]
    )
    func malformedTransaction(body: String, expected: String) throws {
        let node = try Self.json(body)
        #expect(Self.fault { () throws(QueueFault) in _ = try TransactionRequest(node) } == .malformed(expected))
    }

    @Test(
        "options of a queue are held to their ranges",
        arguments: [
            (#"{"queue":"q"}"#, nil, "{}"),
            (
                #"{"queue":"q","options":{"leaseTime":5,"retentionEnabled":true,"other":1}}"#, nil,
                #"{"leaseTime":5,"retentionEnabled":true}"#
            ),
            (#"{"options":{}}"#, "queue is required", nil),
            (#"{"queue":"q","options":{"leaseTime":-1}}"#, "leaseTime must be an integer from 0 to 86400", nil),
            (#"{"queue":"q","options":{"retryLimit":1.5}}"#, "retryLimit must be an integer from 0 to 1000000", nil),
            (#"{"queue":"q","options":{"retentionEnabled":1}}"#, "retentionEnabled must be true or false", nil),
            (#"{"queue":"q","options":[]}"#, "options must be an object", nil),
        ] as [(String, String?, String?)]
    )
    func configure(body: String, fault: String?, options: String?) throws {
        let node = try Self.json(body)
        if let fault {
            #expect(Self.fault { () throws(QueueFault) in _ = try ConfigureRequest(node) } == .malformed(fault))
        } else {
            let read = try ConfigureRequest(node)
            #expect(read.options == options)
        }
    }

    @Test("identifiers of version 7 sort by their moment, and are read back")
    func uuid() {
        let early = QueueUUID(milliseconds: 0x0123_4567_89AB, random: (0, 0))
        let late = QueueUUID(milliseconds: 0x0123_4567_89AC, random: (.max, .max))
        #expect(early.description == "01234567-89ab-7000-8000-000000000000")
        #expect(late.description == "01234567-89ac-7fff-bfff-ffffffffffff")
        #expect(QueueUUID(late.description.uppercased()) == late)
        #expect(QueueUUID("01234567-89ab-7000-8000-00000000000g") == nil)
        #expect(QueueUUID("0123456789ab70008000000000000000") == nil)
    }
}
