import HydrogenCore
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

    @Test("every gap has its own time, however many follow")
    func ownTimes() {
        var gaps = EventGaps(after: 0)
        // A cluster of three: every event leaves two numbers to others. One event a second, for an hour.
        for second in 0..<3600 {
            let now = start + .seconds(second)
            #expect(gaps.take([Int64(second) * 3 + 3], now: now).count == 1)
            // Those of the last ten minutes, and none before.
            #expect(gaps.floor >= Int64(second - FeedLimits.silence) * 3)
        }
        #expect(gaps.gaps.count == FeedLimits.silence + 1)
        _ = gaps.take([], now: start + .seconds(3600 + FeedLimits.silence))
        #expect(gaps.gaps.isEmpty && gaps.floor == gaps.highest)
    }

    @Test("past the bound the oldest gaps are given up")
    func most() {
        var gaps = EventGaps(after: 0)
        let last = Int64(EventGaps.most) * 2 + 20
        _ = gaps.take(stride(from: Int64(2), through: last, by: 2), now: start)
        #expect(gaps.gaps.count == EventGaps.most)
        #expect(gaps.floor == 20)
    }

    @Test("of many gaps the latest are asked for, none with what was read; the others are counted")
    func crowd() throws {
        var gaps = EventGaps(after: 0)
        let even = Array(stride(from: Int64(2), through: 1000, by: 2))
        #expect(gaps.take(even, now: start).count == 500)
        #expect(gaps.gaps.count == 500)
        #expect(gaps.condition.hasPrefix("id > 1000 OR id = 801 OR id = 803 OR"))
        #expect(!gaps.condition.contains("BETWEEN"), "what was read is not asked for again")
        #expect(gaps.crowd == 1...799)
        #expect(gaps.readCount(in: 1...799) == 399 && gaps.readCount(in: 2...2) == 1 && gaps.readCount(in: 3...3) == 0)
        #expect(gaps.readCount(in: 1...1000) == 500 && gaps.readCount(in: 10...20) == 6)
        var questions = 0
        func latecomers(_ there: Set<Int64>) -> [ClosedRange<Int64>] {
            questions = 0
            return gaps.latecomers(most: 10) { numbers in
                questions += 1
                return Int64(there.count { numbers.contains($0) })
            }
        }
        #expect(latecomers(Set(even)) == [] && questions == 1)
        let found = latecomers(Set(even + [333, 801]))
        #expect(found.count == 1 && found[0].contains(333) && found[0].count <= 10)
        #expect(questions < 20)
        #expect(gaps.take(found[0].filter { even.contains($0) || $0 == 333 }, now: start) == [333])
        #expect(latecomers(Set(even + [333])) == [])
        #expect(latecomers([]) == [], "nothing has come, though something is gone")
        #expect(EventGaps(after: 5).latecomers(most: 10) { _ in 1 } == [])
    }

    @Test("in whatever order transactions commit, each number is taken exactly once")
    func orders() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        for round in 0..<200 {
            var gaps = EventGaps(after: 0)
            let last = Int64(round % 10 == 0 ? 900 : 60)
            var hidden = Array(Int64(1)...last).shuffled(using: &random)
            var visible: Set<Int64> = []
            var taken: [Int64] = []
            while !hidden.isEmpty {
                for _ in 0..<Int.random(in: 1...5, using: &random) {
                    if let next = hidden.popLast() { visible.insert(next) }
                }
                // A reading sees what is asked for, like the database.
                let late = gaps.latecomers(most: 7) { numbers in Int64(visible.count { numbers.contains($0) }) }
                let recent = gaps.gaps.suffix(EventGaps.mostAsked)
                let asked = visible.sorted().filter { number in
                    number > gaps.highest || recent.contains { $0.numbers.contains(number) }
                        || late.contains { $0.contains(number) }
                }
                taken += gaps.take(asked, now: start)
            }
            #expect(taken.sorted() == Array(1...last), "seed \(seed)")
        }
    }
}
