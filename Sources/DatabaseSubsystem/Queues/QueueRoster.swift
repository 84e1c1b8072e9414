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
    /// Children that have given up their tags and finish what they have.
    private(set) var retiring: [Child] = []
    /// What children have done that are no more.
    private(set) var formerStatistics = QueueStatistics()
    /// Numbers of children that are being made.
    private var reserved: [Int: QueueTag] = [:]
    /// Children that are being made, by number.
    private var coming: [Int: Queue] = [:]
    /// Children whose workers died: their threads end if they ever come back.
    private(set) var buried: [Queue] = []

    init(lead: Queue) {
        self.lead = lead
    }

    /// The DQMs that bear tags: the Lead first, then the children in the order in which they were spawned.
    var queues: [Queue] { [lead] + children.map(\.queue) }

    /// All DQMs that have a thread: those of ``queues``, the retiring ones, and those that are being made.
    var all: [Queue] { queues + retiring.map(\.queue) + coming.sorted { $0.key < $1.key }.map(\.value) }

    /// The Lead's tags: what no child bears.
    var leadTags: TagSet {
        children.reduce(TagSet.all) { $0.subtracting(TagSet($1.tag)) }
    }

    /// Takes the lowest free number for a child that is being made.
    mutating func reserveNumber(for tag: QueueTag) -> Int {
        let taken = Set(reserved.keys).union((children + retiring).map(\.number))
        let number = (1...taken.count + 1).first { !taken.contains($0) } ?? taken.count + 1
        reserved[number] = tag
        return number
    }

    /// Gives a number back whose child was not made.
    mutating func giveBack(_ number: Int) {
        reserved[number] = nil
        coming[number] = nil
    }

    /// Makes a child known whose number was reserved, before it has its tag.
    mutating func announce(_ queue: Queue, number: Int) {
        coming[number] = queue
    }

    /// How many children there are, those included that are being made or retire: each has a connection.
    var childCount: Int { children.count + retiring.count + reserved.count }

    /// How many children bear a tag.
    func count(of tag: QueueTag) -> Int {
        children.count { $0.tag == tag }
    }

    /// How many children are being made for a tag.
    func reservedCount(of tag: QueueTag) -> Int {
        reserved.values.count { $0 == tag }
    }

    /// Takes up a child under its number. Its first one takes the tag from the Lead.
    mutating func add(_ queue: Queue, number: Int, tag: QueueTag) {
        precondition(!(children + retiring).contains { $0.number == number }, "two children with the number \(number)")
        reserved[number] = nil
        coming[number] = nil
        children.append(Child(number: number, tag: tag, queue: queue))
    }

    /// Takes a child's tag from it; it keeps its number until ``remove(number:)``. The tag of the last one comes home to the Lead.
    mutating func retire(number: Int) -> Queue? {
        guard let place = children.firstIndex(where: { $0.number == number }) else { return nil }
        retiring.append(children.remove(at: place))
        return retiring.last?.queue
    }

    /// Gives up a child. The tag of its last one comes home to the Lead.
    ///
    /// - Parameter statistics: What the child has done, to be kept.
    @discardableResult
    mutating func remove(
        leaving statistics: QueueStatistics = QueueStatistics(),
        where isIt: (Queue) -> Bool
    ) -> Queue? {
        let found: Queue?
        if let place = retiring.firstIndex(where: { isIt($0.queue) }) {
            found = retiring.remove(at: place).queue
        } else if let place = children.firstIndex(where: { isIt($0.queue) }) {
            found = children.remove(at: place).queue
        } else {
            return nil
        }
        formerStatistics = formerStatistics + statistics.past
        return found
    }

    /// Gives up a child whose worker is dead.
    mutating func bury(leaving statistics: QueueStatistics, where isIt: (Queue) -> Bool) {
        if let child = remove(leaving: statistics, where: isIt) { buried.append(child) }
    }

    /// Forgets dead workers that came back and ended.
    mutating func forgetBuried(where hasEnded: (Queue) -> Bool) {
        buried.removeAll(where: hasEnded)
    }

    /// The DQM that takes the next query of a tag: the least loaded of those that bear it.
    ///
    /// Of several that are equally loaded, the one that was used longest ago. No child, or none that works: the Lead.
    /// - Parameter rank: A queue's load, `Int.max` for one that does not work, and when it was used last.
    func queue<Moment: Comparable>(for tag: QueueTag, rank: (Queue) -> (load: Int, lastUsed: Moment)) -> Queue {
        var best: (queue: Queue, load: Int, lastUsed: Moment)?
        for child in children where child.tag == tag {
            let (load, lastUsed) = rank(child.queue)
            guard load != .max else { continue }
            if let best, (best.load, best.lastUsed) <= (load, lastUsed) { continue }
            best = (child.queue, load, lastUsed)
        }
        return best?.queue ?? lead
    }
}

extension QueueRoster: Sendable where Queue: Sendable {}
extension QueueRoster.Child: Sendable where Queue: Sendable {}
