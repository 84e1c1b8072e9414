import Testing

@testable import DatabaseSubsystem

@Suite("Which failures of an outage are told")
struct FailureNoticesTests {
    private static let refused = DatabaseError(.unavailable, "refused")
    private static let silent = DatabaseError(.unavailable, "silent")

    @Test(
        "the first, another reason, and one a minute with the number of those between",
        arguments: [
            ([(0, refused, 0), (1, refused, nil), (2, refused, nil)]),
            ([(0, refused, 0), (1, refused, nil), (2, silent, 0), (3, refused, 0)]),
            ([(0, refused, 0), (59, refused, nil), (60, refused, 1), (119, refused, nil), (120, refused, 1)]),
        ] as [[(second: Int, error: DatabaseError, alike: Int?)]]
    )
    func told(attempts: [(second: Int, error: DatabaseError, alike: Int?)]) {
        let start = ContinuousClock.now
        var notices = FailureNotices()
        for attempt in attempts {
            let alike = notices.attemptFailed(attempt.error, now: start + .seconds(attempt.second))
            #expect(alike == attempt.alike, "second \(attempt.second)")
        }
    }

    @Test("after a success the same failure is told again")
    func reset() {
        let now = ContinuousClock.now
        var notices = FailureNotices()
        #expect(notices.attemptFailed(Self.refused, now: now) == 0)
        #expect(notices.attemptFailed(Self.refused, now: now) == nil)
        notices.reset()
        #expect(notices.attemptFailed(Self.refused, now: now) == 0)
    }
}
