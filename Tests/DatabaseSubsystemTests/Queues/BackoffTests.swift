import HydrogenCore
import Testing

@testable import DatabaseSubsystem

@Suite struct BackoffTests {
    @Test(
        "waits stay between a tenth and the whole of a ceiling that doubles up to the limit",
        arguments: [7, 8, 9] as [UInt64]
    )
    func growth(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var backoff = Backoff(first: .milliseconds(100))
        for ceiling in [100, 200, 400, 800, 1000, 1000] {
            let wait = backoff.next(limit: .milliseconds(1000), using: &generator)
            #expect(wait >= .milliseconds(ceiling) / 10, "seed \(seed)")
            #expect(wait <= .milliseconds(ceiling), "seed \(seed)")
        }
        backoff.reset()
        #expect(backoff.next(using: &generator) <= .milliseconds(100), "seed \(seed)")
    }

    @Test("two instances do not wait equally long")
    func jitter() {
        var first = SeededGenerator(seed: 1)
        var second = SeededGenerator(seed: 2)
        var (one, two) = (Backoff(), Backoff())
        #expect(one.next(using: &first) != two.next(using: &second))
    }
}
