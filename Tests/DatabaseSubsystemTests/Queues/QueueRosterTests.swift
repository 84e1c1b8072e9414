import HydrogenCore
import Testing

@testable import DatabaseSubsystem

@Suite struct QueueRosterTests {
    private typealias Rank = (load: Int, lastUsed: Int)

    @Test("a lone Lead bears every tag and takes every query")
    func loneLead() {
        let roster = QueueRoster(lead: "lead")
        #expect(roster.leadTags.description == "LSMFC")
        for tag in QueueTag.childTags {
            #expect(roster.queue(for: tag) { _ in (0, 0) } == "lead")
        }
    }

    @Test("the first child of a tag takes it from the Lead, the last one gives it back")
    func tagsMove() {
        var roster = QueueRoster(lead: "lead")
        roster.add("fast 1", number: 1, tag: .fast)
        #expect(roster.leadTags.description == "LSMC")
        roster.add("fast 2", number: 2, tag: .fast)
        #expect(roster.leadTags.description == "LSMC")
        #expect(roster.remove { $0 == "fast 1" } == "fast 1")
        #expect(roster.leadTags.description == "LSMC")
        #expect(roster.remove { $0 == "fast 2" } == "fast 2")
        #expect(roster.leadTags.description == "LSMFC")
        #expect(roster.remove { $0 == "fast 2" } == nil)
    }

    @Test("a child gets the lowest free number")
    func numbers() {
        var roster = QueueRoster(lead: "lead")
        for (number, tag) in zip(1..., QueueTag.childTags) {
            #expect(roster.reserveNumber(for: .fast) == number)
            roster.add("child \(number)", number: number, tag: tag)
        }
        roster.remove { $0 == "child 2" }
        #expect(roster.reserveNumber(for: .fast) == 2)
        #expect(roster.reserveNumber(for: .fast) == 5)
        #expect(roster.childCount == 5)
        roster.giveBack(2)
        #expect(roster.reserveNumber(for: .fast) == 2)
    }

    @Test("a retiring child has no tag any more, and keeps its number until it is gone")
    func retiring() {
        var roster = QueueRoster(lead: "lead")
        roster.add("fast", number: roster.reserveNumber(for: .fast), tag: .fast)
        #expect(roster.retire(number: 1) == "fast")
        #expect(roster.leadTags == .all)
        #expect(roster.queues == ["lead"])
        #expect(roster.all == ["lead", "fast"])
        #expect(roster.queue(for: .fast) { _ in (0, 0) } == "lead")
        #expect(roster.reserveNumber(for: .fast) == 2)
        #expect(roster.remove { $0 == "fast" } == "fast")
        #expect(roster.all == ["lead"])
    }

    @Test("the Lead takes what no child of the tag can")
    func deadChildren() {
        var roster = QueueRoster(lead: "lead")
        roster.add("fast", number: 1, tag: .fast)
        #expect(roster.queue(for: .fast) { (load: $0 == "fast" ? Int.max : 0, lastUsed: 0) } == "lead")
    }

    @Test(
        "the tags of all DQMs add up to LSMFC at every step of a random life",
        arguments: [1, 2, 3, 4, 5] as [UInt64]
    )
    func tagsAddUp(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var roster = QueueRoster(lead: 0)
        for _ in 0..<500 {
            if Bool.random(using: &generator), let tag = QueueTag.childTags.randomElement(using: &generator) {
                let number = roster.reserveNumber(for: .fast)
                roster.add(number, number: number, tag: tag)
            } else if Bool.random(using: &generator), let child = roster.children.randomElement(using: &generator) {
                _ = roster.retire(number: child.number)
            } else if let child = roster.children.randomElement(using: &generator) {
                roster.remove { $0 == child.queue }
            }
            let union = roster.children.reduce(roster.leadTags) { $0.union(TagSet($1.tag)) }
            #expect(union == .all, "seed \(seed)")
            #expect(roster.leadTags.contains(TagSet(.lead)), "seed \(seed)")
            for child in roster.children { #expect(!roster.leadTags.contains(TagSet(child.tag)), "seed \(seed)") }
        }
    }

    @Test(
        "the least loaded takes the query, of equals the one used longest ago",
        arguments: [
            ([(0, 5), (0, 4), (0, 6)], 1),
            ([(2, 1), (1, 9), (3, 0)], 1),
            ([(1, 3), (1, 3), (0, 9)], 2),
            ([(4, 1)], 0),
        ] as [([(Int, Int)], Int)]
    )
    func routing(ranks: [(Int, Int)], expected: Int) {
        var roster = QueueRoster(lead: -1)
        for place in ranks.indices { roster.add(place, number: place + 1, tag: .medium) }
        roster.add(99, number: 50, tag: .slow)
        let chosen = roster.queue(for: .medium) { (load: ranks[$0].0, lastUsed: ranks[$0].1) }
        #expect(chosen == expected)
        #expect(roster.queue(for: .fast) { _ in (0, 0) } == -1)
    }

    @Test("queues stand in the order in which they were spawned, the Lead first")
    func spawnOrder() {
        var roster = QueueRoster(lead: "lead")
        roster.add("b", number: 2, tag: .fast)
        roster.add("a", number: 1, tag: .slow)
        #expect(roster.queues == ["lead", "b", "a"])
    }
}
