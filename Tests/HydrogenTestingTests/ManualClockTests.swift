import HydrogenTesting
import Testing

@Suite("The manual clock")
struct ManualClockTests {
    private let clock = ManualClock()

    @Test("Time stands still until it is advanced")
    func still() {
        let start = clock.now
        #expect(clock.now == start)
        clock.advance(by: .seconds(5))
        #expect(start.duration(to: clock.now) == .seconds(5))
    }

    @Test("A sleeper wakes when its deadline has come, and not before")
    func wakes() async throws {
        let deadline = clock.now.advanced(by: .seconds(2))
        async let sleep: Void = clock.sleep(until: deadline)
        await clock.sleepers(1)
        clock.advance(by: .milliseconds(1999))
        #expect(clock.sleeperCount == 1)
        clock.advance(by: .milliseconds(1))
        try await sleep
        #expect(clock.sleeperCount == 0)
    }

    @Test("A deadline in the past is no sleep")
    func past() async throws {
        try await clock.sleep(until: clock.now)
    }

    @Test("A cancelled sleeper throws and is forgotten")
    func cancelled() async {
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [clock] in try await clock.sleep(until: clock.now.advanced(by: .seconds(1))) }
            await clock.sleepers(1)
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
        #expect(clock.sleeperCount == 0)
    }

    @Test("Advancing to the next sleeper goes exactly as far as the earliest deadline")
    func nextSleeper() async throws {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for seconds in [3, 1, 2] {
                group.addTask { [clock] in
                    try await clock.sleep(until: clock.now.advanced(by: .seconds(seconds)))
                    return seconds
                }
            }
            await clock.sleepers(3)
            for expected in 1...3 {
                #expect(await clock.advanceToNextSleeper() == .seconds(1))
                let woken = try await group.next()
                #expect(woken == expected)
            }
        }
    }

    @Test("One of several sleeps is waited for by its length")
    func certainSleeper() async throws {
        async let long: Void = clock.sleep(until: clock.now.advanced(by: .seconds(9)))
        await clock.sleepers(1)
        async let advanced: Void = clock.advanceSleeper(of: .seconds(2))
        try await clock.sleep(until: clock.now.advanced(by: .seconds(2)))
        await advanced
        #expect(clock.sleeperCount == 1)
        clock.advance(by: .seconds(7))
        try await long
    }
}
