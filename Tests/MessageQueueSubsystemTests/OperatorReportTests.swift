import HydrogenCore
import Testing

@testable import MessageQueueSubsystem

@Suite("Requests of operators")
struct OperatorReportTests {
    /// What is made of some members, given as JSON.
    private func request(_ report: OperatorReport, _ given: String) throws -> String {
        let node = try QueueFlight.node(given)
        return try report.request { node.value[$0]?.value }
    }

    @Test(
        "what is absent has its default, and texts of a query string are numbers and flags",
        arguments: [
            (OperatorReport.traceNames, "{}", #"{"limit":50,"offset":0}"#),
            (.traceNames, #"{"limit":"7","offset":""}"#, #"{"limit":7,"offset":0}"#),
            (.deleteGroup, #"{"group":"g","deleteMetadata":"0"}"#, #"{"deleteMetadata":false,"group":"g"}"#),
            (.seekQueue, #"{"group":"g","queue":"q","toEnd":true}"#, #"{"group":"g","queue":"q","toEnd":true}"#),
            (.analytics, #"{"from":"2026-01-31"}"#, #"{"from":"2026-01-31T00:00:00Z","interval":"hour"}"#),
            (.queue, #"{"queue":"a\"b"}"#, #"{"queue":"a\"b"}"#),
        ]
    )
    func taken(_ report: OperatorReport, _ given: String, _ expected: String) throws {
        #expect(try request(report, given) == expected)
    }

    @Test(
        "what cannot be is refused by its name",
        arguments: [
            (OperatorReport.queue, "{}", "queue is required"),
            (.messages, #"{"limit":"many"}"#, "limit must be an integer from 1 to 10000"),
            (.messages, #"{"limit":"0"}"#, "limit must be an integer from 1 to 10000"),
            (.messages, #"{"offset":-1}"#, "offset must be an integer from 0 to 1000000"),
            (.messages, #"{"status":"lost"}"#, "status must be one of pending, processing, completed, dead_letter"),
            (.messages, #"{"from":"2026-02-30T00:00:00Z"}"#, "from must be a moment like 2026-01-31T12:00:00Z"),
            (.deadLetters, #"{"to":"yesterday"}"#, "to must be a moment like 2026-01-31T12:00:00Z"),
            (.message, #"{"partition":"1","transaction":"t"}"#, "partition must be a UUID"),
            (.message, #"{"partition":"018f2c3a-7b1e-7c4d-9e2f-0123456789ab"}"#, "transaction is required"),
            (.seekQueue, #"{"group":"g","queue":"q"}"#, "give toEnd or timestamp"),
            (.seekQueue, #"{"group":"g","queue":"q","toEnd":false}"#, "give toEnd or timestamp"),
            (.seekQueue, #"{"group":"g","queue":"q","toEnd":"perhaps"}"#, "toEnd must be true or false"),
            (.moveSubscription, #"{"group":"g"}"#, "subscriptionTimestamp is required"),
            (.queue, #"{"queue":"a\u0000"}"#, "queue contains a NUL, which the database cannot store"),
            (.analytics, #"{"interval":"year"}"#, "interval must be one of hour, day, week, month"),
        ]
    )
    func refused(_ report: OperatorReport, _ given: String, _ why: String) throws {
        #expect(throws: QueueFault.malformed(why)) { try request(report, given) }
    }

    @Test(
        "a trace needs its message and its data, and takes a name or several",
        arguments: [
            (#""data":null"#, nil), (#""data":{"a":[1]},"traceNames":"n""#, nil),
            (#""data":1,"traceNames":["n","m"]"#, nil),
            (#""traceNames":"n""#, "data is required"),
            (#""data":"a\u0000""#, "data contains a NUL, which the database cannot store"),
            (#""data":1,"traceNames":[1]"#, "traceNames must be a string or an array of strings"),
            (#""data":1,"eventType":3"#, "eventType must be a string"),
        ] as [(String, String?)]
    )
    func traces(_ members: String, _ why: String?) throws {
        let given = #"{"transactionId":"t","partitionId":"018f2c3a-7b1e-7c4d-9e2f-0123456789ab",\#(members)}"#
        if let why {
            #expect(throws: QueueFault.malformed(why)) { try request(.addTrace, given) }
        } else {
            #expect(throws: Never.self) { try request(.addTrace, given) }
        }
    }
}
