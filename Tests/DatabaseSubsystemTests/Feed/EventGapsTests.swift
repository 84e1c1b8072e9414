import Testing

@testable import DatabaseSubsystem

@Suite struct EventGapsTests {
    private let start = ContinuousClock.now

    @Test("a number that was missing is taken when it comes, and no number twice")
    func missing() {
        var gaps = EventGaps(after: 10)
        #expect(gaps.take([11, 12, 15], now: start) == [11, 12, 15])
        #expect(gaps.condition == "id > 15 OR id BETWEEN 13 AND 14" && gaps.floor == 12)
        #expect(gaps.take([14], now: start) == [14])
        #expect(gaps.take([14, 16], now: start) == [16], "14 was read")
        #expect(gaps.floor == 12, "13 may still come")
        #expect(gaps.take([13], now: start) == [13])
        #expect(gaps.gaps.isEmpty && gaps.floor == 16 && gaps.condition == "id > 16")
    }

    @Test("what lies at or below the beginning is of no interest")
    func below() {
        var gaps = EventGaps(after: 10)
        #expect(gaps.take([3, 10], now: start) == [])
        #expect(gaps.take([12], now: start) == [12])
        #expect(gaps.condition == "id > 12 OR id = 11")
    }

    @Test("a number that never comes is given up after the time of patience")
    func patience() {
        var gaps = EventGaps(after: 0)
        _ = gaps.take([2], now: start)
        _ = gaps.take([4], now: start + .seconds(400))
        _ = gaps.take([], now: start + EventGaps.patience + .seconds(1))
        #expect(gaps.condition == "id > 4 OR id = 3", "1 is given up, 3 is not")
        _ = gaps.take([], now: start + EventGaps.patience + .seconds(401))
        #expect(gaps.gaps.isEmpty && gaps.floor == 4)
    }

    @Test("many gaps become few, and still no number is lost or taken twice")
    func many() {
        var gaps = EventGaps(after: 0)
        let even = stride(from: Int64(2), through: 1000, by: 2)
        #expect(gaps.take(even, now: start).count == 500)
        #expect(gaps.gaps.count == EventGaps.most)
        #expect(gaps.take(even, now: start) == [], "those within merged gaps were read")
        #expect(gaps.take(stride(from: 1, through: 999, by: 2), now: start).count == 500)
        #expect(gaps.gaps.isEmpty && gaps.floor == 1000)
    }

    @Test("in whatever order transactions commit, each number is taken exactly once")
    func orders() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            var gaps = EventGaps(after: 0)
            var hidden = Array(Int64(1)...Int64(60)).shuffled(using: &random)
            var visible: Set<Int64> = []
            var taken: [Int64] = []
            while !hidden.isEmpty {
                for _ in 0..<Int.random(in: 1...5, using: &random) {
                    if let next = hidden.popLast() { visible.insert(next) }
                }
                // A reading sees what the condition asks for, like the database.
                let asked = visible.sorted().filter { number in
                    number > gaps.highest || gaps.gaps.contains { $0.numbers.contains(number) }
                }
                taken += gaps.take(asked, now: start)
            }
            #expect(taken.sorted() == Array(1...60), "seed \(seed)")
        }
    }
}
