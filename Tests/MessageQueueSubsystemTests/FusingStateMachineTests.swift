import Testing

@testable import MessageQueueSubsystem

struct FusingStateMachineTests {
    private static func machine(limit: Int, requests: Int = 10, weight: Int = 100) -> FusingStateMachine<Int> {
        FusingStateMachine(
            mostRequests: requests,
            mostWeight: weight,
            limit: ConcurrencyLimit(maximum: limit),
            weight: { $0 }
        )
    }

    private let now = ContinuousClock.now

    @Test("a request that finds room runs at once and alone")
    func idle() {
        var machine = Self.machine(limit: 1)
        #expect(machine.submit(5).run.map(\.request) == [5])
        #expect(machine.inFlight == 1)
        #expect(machine.depth == 0)
    }

    @Test("what comes while no more may run goes out together, in order")
    func fused() {
        var machine = Self.machine(limit: 1)
        _ = machine.submit(1)
        #expect((2...4).map { machine.submit($0).run.count } == [0, 0, 0])
        #expect(machine.ended(after: .milliseconds(1), now: now).map(\.request) == [2, 3, 4])
        #expect(machine.inFlight == 1)
        #expect(machine.ended(after: .milliseconds(1), now: now).isEmpty)
        #expect(machine.inFlight == 0)
    }

    @Test(
        "a statement takes as many requests as it may, and one at least",
        arguments: [
            ([1, 1, 1, 1], [1, 1, 1]),
            ([60, 40, 1], [60, 40]),
            ([101, 1], [101]),
            ([1, 101, 1], [1]),
        ]
    )
    func bounds(waiting: [Int], first: [Int]) {
        var machine = Self.machine(limit: 1, requests: 3)
        _ = machine.submit(0)
        for request in waiting { _ = machine.submit(request) }
        #expect(machine.ended(after: .milliseconds(1), now: now).map(\.request) == first)
    }

    @Test("a request that waits can be taken back, one that runs cannot")
    func withdrawn() {
        var machine = Self.machine(limit: 1)
        let running = machine.submit(1).number
        let waiting = machine.submit(2).number
        _ = machine.submit(3)
        #expect([waiting, waiting, running].map { machine.withdraw($0) } == [true, false, false])
        #expect(machine.ended(after: .milliseconds(1), now: now).map(\.request) == [3])
    }
}

struct ConcurrencyLimitTests {
    /// Feeds the limit with statements that take so many milliseconds, one in each interval.
    private func limit(after trips: [Int], isWanted: Bool = true, maximum: Int = 8) -> Int {
        var limit = ConcurrencyLimit(maximum: maximum)
        var now = ContinuousClock.now
        for milliseconds in trips {
            now += ConcurrencyLimit.interval
            limit.ended(after: .milliseconds(milliseconds), inFlight: limit.current, isWanted: isWanted, now: now)
        }
        return limit.current
    }

    @Test("it grows while more statements take no longer, up to its maximum, and only when more is wanted")
    func grows() {
        #expect(limit(after: Array(repeating: 5, count: 20)) == 8)
        #expect(limit(after: Array(repeating: 5, count: 20), isWanted: false) == 2)
        #expect(limit(after: Array(repeating: 5, count: 20), maximum: 1) == 1)
    }

    @Test("a statement that carries more may take longer")
    func weights() {
        var limit = ConcurrencyLimit(maximum: 8)
        var now = ContinuousClock.now
        for (weight, milliseconds) in Array(repeating: [(1, 1), (1000, 50)], count: 20).joined() {
            now += ConcurrencyLimit.interval
            let trip = Duration.milliseconds(milliseconds)
            limit.ended(after: trip, weight: weight, inFlight: limit.current, isWanted: true, now: now)
        }
        #expect(limit.current == 8)
    }

    @Test("it shrinks to one when statements wait for each other")
    func shrinks() {
        let slow = Array(repeating: 5, count: 20) + Array(repeating: 100, count: 60)
        #expect(limit(after: slow) == 1)
    }

    @Test(
        "what the best round trip was is forgotten: a database that has become slower is not taken for a busy one for ever"
    )
    func forgets() {
        let slow = Array(repeating: 5, count: 20) + Array(repeating: 100, count: 600)
        #expect(limit(after: slow) == 8)
    }
}
