/// The DQMs of one database and their tags: which number the next child gets, whose tag is whose, who takes a query.
///
/// Pure: it knows its queues as values of any type and does nothing with them. The union of all tags is always `LSMFC`.
struct QueueRoster<Queue> {
    /// A DQM with one tag, spawned by the Lead.
    struct Child {
        let number: Int
        let tag: QueueTag
        let queue: Queue
    }

    /// The DQM number 00.
    let lead: Queue
    /// The children, in the order in which they were spawned.
    private(set) var children: [Child] = []

    init(lead: Queue) {
        self.lead = lead
    }

    /// All DQMs, the Lead first, then the children in the order in which they were spawned.
    var queues: [Queue] { [lead] + children.map(\.queue) }

    /// The Lead's tags: what no child bears.
    var leadTags: TagSet {
        children.reduce(TagSet.all) { $0.subtracting(TagSet($1.tag)) }
    }

    /// The number of the next child: the lowest that is free.
    var nextNumber: Int {
        let taken = Set(children.map(\.number))
        return (1...children.count + 1).first { !taken.contains($0) } ?? children.count + 1
    }

    /// How many children bear a tag.
    func count(of tag: QueueTag) -> Int {
        children.count { $0.tag == tag }
    }

    /// Takes up a child under its number. Its first one takes the tag from the Lead.
    mutating func add(_ queue: Queue, number: Int, tag: QueueTag) {
        precondition(!children.contains { $0.number == number }, "two children with the number \(number)")
        children.append(Child(number: number, tag: tag, queue: queue))
    }

    /// Gives up a child. The tag of its last one comes home to the Lead.
    mutating func remove(number: Int) -> Queue? {
        guard let place = children.firstIndex(where: { $0.number == number }) else { return nil }
        return children.remove(at: place).queue
    }

    /// The DQM that takes the next query of a tag: the least loaded of those that bear it.
    ///
    /// Of several that are equally loaded, the one that was used longest ago. No child: the Lead.
    /// - Parameter rank: A queue's load, and when it was used last; not asked where there is no choice.
    func queue<Moment: Comparable>(for tag: QueueTag, rank: (Queue) -> (load: Int, lastUsed: Moment)) -> Queue {
        var only: Queue?
        var best: (queue: Queue, load: Int, lastUsed: Moment)?
        for child in children where child.tag == tag {
            guard let first = only else {
                only = child.queue
                continue
            }
            let incumbent =
                best
                ?? {
                    let rank = rank(first)
                    return (first, rank.load, rank.lastUsed)
                }()
            let (load, lastUsed) = rank(child.queue)
            let isBetter = (load, lastUsed) < (incumbent.load, incumbent.lastUsed)
            best = isBetter ? (child.queue, load, lastUsed) : incumbent
        }
        return best?.queue ?? only ?? lead
    }
}
