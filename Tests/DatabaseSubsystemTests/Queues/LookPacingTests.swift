import HydrogenTesting
import Testing

@testable import DatabaseSubsystem

@Suite("The pace of looks that failing queries cause")
struct LookPacingTests {
    @Test("what finds nothing waits longer each time, up to the limit; what finds something begins anew")
    func doubling() {
        let clock = ManualClock()
        var pacing = LookPacing(first: .seconds(2), limit: .seconds(30))
        #expect(pacing.allowsLook(at: clock.now))
        for seconds in [2, 4, 8, 16, 30, 30] {
            pacing.looked(at: clock.now, hasFound: false)
            clock.advance(by: .seconds(seconds) - .nanoseconds(1))
            #expect(!pacing.allowsLook(at: clock.now), "\(seconds) s")
            clock.advance(by: .nanoseconds(1))
            #expect(pacing.allowsLook(at: clock.now), "\(seconds) s")
        }
        pacing.looked(at: clock.now, hasFound: true)
        #expect(pacing.allowsLook(at: clock.now))
        pacing.looked(at: clock.now, hasFound: false)
        clock.advance(by: .seconds(2))
        #expect(pacing.allowsLook(at: clock.now))
    }

    @Test("doubts are taken once, save those that wait")
    func doubts() {
        let doubts = ContractDoubts()
        doubts.raise(.failedPlan)
        doubts.raise(.schema)
        #expect(doubts.take(leaving: [.failedPlan]) == [.schema])
        #expect(doubts.take(leaving: [.failedPlan]).isEmpty)
        #expect(doubts.take() == [.failedPlan])
        #expect(doubts.take().isEmpty)
    }
}
