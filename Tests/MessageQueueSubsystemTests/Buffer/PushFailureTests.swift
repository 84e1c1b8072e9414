import DatabaseSubsystem
import Testing

@testable import MessageQueueSubsystem

@Suite("What a failure means for messages")
struct PushFailureTests {
    @Test(
        "an outage, the messages themselves, or something else",
        arguments: [
            (DatabaseError.Code.unavailable, "08006", PushFailure.outage), (.unavailable, "53100", .outage),
            (.starting, "", .outage), (.deadlineExceeded, "57014", .outage), (.readOnly, "25006", .outage),
            (.landing, "", .outage),
            (.refused, "22P02", .content), (.refused, "22021", .content), (.refused, "23505", .content),
            (.refused, "54000", .content), (.refused, "HQ002", .content),
            (.refused, "42883", .other), (.refused, "42501", .other), (.refused, "XX000", .other),
            (.refused, "", .other),
            (.busy, "40P01", .other), (.queueFull, "", .other), (.cancelled, "", .other),
        ]
    )
    func kinds(code: DatabaseError.Code, state: String, expected: PushFailure) {
        #expect(PushFailure(DatabaseError(code, "no", sqlState: state.isEmpty ? nil : state)) == expected)
    }
}
