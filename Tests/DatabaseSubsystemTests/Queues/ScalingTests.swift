import HydrogenCore
import Testing

@testable import DatabaseSubsystem

@Suite struct ScalingTests {
    private static let start = ContinuousClock.now
    private let limits = Scaling.Limits(
        queues: [
            .slow: QueueLimits(minimum: 1, maximum: 2), .medium: QueueLimits(minimum: 0, maximum: 2),
            .fast: QueueLimits(minimum: 1, maximum: 3),
        ],
        children: 4
    )

    private func busy(_ number: Int, _ tag: QueueTag) -> Scaling.Sight {
        Scaling.Sight(number: number, tag: tag, backlog: [tag], isEmpty: false)
    }

    private func idle(_ number: Int, _ tag: QueueTag) -> Scaling.Sight {
        Scaling.Sight(number: number, tag: tag)
    }

    private func decide(
        _ scaling: inout Scaling,
        _ sights: [Scaling.Sight],
        available: Int? = nil,
        after seconds: Int = 0
    ) -> [Scaling.Action] {
        scaling.decide(
            sights,
            children: sights.count { $0.tag != .lead },
            available: available,
            now: Self.start + .seconds(seconds)
        )
    }

    @Test("another child comes only when every queue of the tag is behind")
    func up() {
        var scaling = Scaling(limits, hold: .seconds(30))
        #expect(decide(&scaling, [idle(0, .lead), busy(1, .fast)]).isEmpty, "once may be chance")
        #expect(decide(&scaling, [idle(0, .lead), busy(1, .fast)]) == [.spawn(.fast)])
        #expect(decide(&scaling, [idle(0, .lead), busy(1, .fast), idle(2, .fast)]).isEmpty)
        #expect(decide(&scaling, [idle(0, .lead), busy(1, .fast), busy(2, .fast)]).isEmpty)
        #expect(decide(&scaling, [idle(0, .lead), busy(1, .fast), busy(2, .fast)]) == [.spawn(.fast)])
    }

    @Test("the maximum of the type, of all children and of the server are kept")
    func bounds() {
        var scaling = Scaling(limits, hold: .seconds(30))
        let three = [busy(1, .fast), busy(2, .fast), busy(3, .fast)]
        _ = decide(&scaling, [busy(1, .slow), busy(2, .fast)])
        #expect(decide(&scaling, three).isEmpty)
        _ = decide(&scaling, [busy(1, .slow), busy(2, .fast)])
        #expect(decide(&scaling, [busy(1, .slow), busy(2, .fast)]) == [.spawn(.slow), .spawn(.fast)])
        #expect(decide(&scaling, [busy(1, .slow), busy(2, .fast), busy(3, .fast)]) == [.spawn(.slow)])
        #expect(decide(&scaling, [busy(1, .slow), busy(2, .fast)], available: 2).isEmpty)
    }

    @Test("a tag without a child gets its first one when the Lead is behind with its queries")
    func first() {
        var scaling = Scaling(limits, hold: .seconds(30))
        let lead = Scaling.Sight(number: 0, tag: .lead, backlog: [.medium, .cache], isEmpty: false)
        _ = decide(&scaling, [lead])
        #expect(decide(&scaling, [lead]) == [.spawn(.medium)])
    }

    @Test("while a child of the tag is being made, no other is")
    func coming() {
        var scaling = Scaling(limits, hold: .seconds(30))
        let sights = [busy(1, .fast), busy(2, .slow)]
        _ = decide(&scaling, sights)
        let actions = scaling.decide(sights, children: 3, coming: [.fast: 1], available: nil, now: Self.start)
        #expect(actions == [.spawn(.slow)])
    }

    @Test("after the hold time the youngest goes, one at each look, down to the minimum")
    func down() {
        var scaling = Scaling(limits, hold: .seconds(30))
        let three = [idle(4, .fast), idle(1, .fast), idle(2, .fast)]
        #expect(decide(&scaling, three).isEmpty)
        #expect(decide(&scaling, three, after: 29).isEmpty)
        #expect(decide(&scaling, three, after: 30) == [.retire(number: 2)])
        #expect(decide(&scaling, Array(three.dropLast()), after: 31) == [.retire(number: 1)])
        #expect(decide(&scaling, [three[0]], after: 99).isEmpty)
    }

    @Test("work within the hold time begins it again")
    func held() {
        var scaling = Scaling(limits, hold: .seconds(30))
        let two = [idle(1, .fast), idle(2, .fast)]
        _ = decide(&scaling, two)
        _ = decide(&scaling, [idle(1, .fast), Scaling.Sight(number: 2, tag: .fast, isEmpty: false)], after: 20)
        #expect(decide(&scaling, two, after: 40).isEmpty)
        #expect(decide(&scaling, two, after: 70) == [.retire(number: 2)])
    }
}

@Suite struct RestartBudgetTests {
    @Test("so many restarts within the period, and again once it is over")
    func budget() {
        var budget = RestartBudget()
        let start = ContinuousClock.now
        let granted = (0...RestartBudget.limit).map { budget.spend(now: start + .seconds($0)) }
        #expect(granted == Array(repeating: true, count: RestartBudget.limit) + [false])
        let later = budget.spend(now: start + RestartBudget.period)
        #expect(later)
    }
}

@Suite struct ConnectionBudgetTests {
    private let queues: [QueueTag: QueueLimits] = [
        .slow: QueueLimits(minimum: 1, maximum: 3), .medium: QueueLimits(minimum: 2, maximum: 5),
        .fast: QueueLimits(minimum: 1, maximum: 8), .cache: QueueLimits(minimum: 1, maximum: 2),
    ]

    @Test("the arithmetic is shown, within the pool and beyond it")
    func pool() {
        #expect(
            ConnectionBudget(queues, children: 10, pool: 16).againstPool
                == .fits(
                    "connections at most: Lead 1 + children Slow 3 + Medium 5 + Fast 8 + Cache 2 = 18, "
                        + "at most MaxChildQueues 10 = 11, MaxConnectionsPerPool 16"
                )
        )
        #expect(
            ConnectionBudget(queues, children: 20, pool: 16).againstPool
                == .exceeded(
                    "connections at most: Lead 1 + Slow 3 + Medium 5 + Fast 8 + Cache 2 = 19, MaxConnectionsPerPool 16"
                )
        )
    }

    @Test("the server's limit counts too", arguments: [(19, true), (18, false)])
    func server(available: Int, fits: Bool) {
        let limit = ConnectionLimit(available: available, arithmetic: "max_connections \(available)")
        let verdict = ConnectionBudget(queues, children: 20, pool: 99).check(against: limit)
        if case .fits = verdict { #expect(fits) } else { #expect(!fits) }
    }
}
