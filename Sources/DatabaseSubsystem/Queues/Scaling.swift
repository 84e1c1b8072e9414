import HydrogenCore

/// Decides when a Lead spawns another child and when it gives one up. Pure: looks in, actions out.
///
/// Up: at two looks in a row every queue that bears a tag has more waiting than its connection takes at once. Down: all of them have been empty for
/// a while; the youngest goes first. Neither leaves the limits of the configuration and of the server.
struct Scaling {
    /// A DQM at one look.
    struct Sight: Hashable {
        let number: Int
        /// The tag of a child; `.lead` for the Lead.
        let tag: QueueTag
        /// The tags of the queries that wait beyond what the connection takes at once; empty when it keeps up.
        var backlog: Set<QueueTag> = []
        /// Whether nothing waits or runs.
        var isEmpty = true
    }

    enum Action: Hashable {
        case spawn(QueueTag)
        case retire(number: Int)
    }

    /// What bounds the number of children.
    struct Limits: Sendable, Hashable {
        let queues: [QueueTag: QueueLimits]
        /// The most children in all.
        let children: Int
    }

    private let limits: Limits
    private let hold: Duration
    /// Tags that were behind at the last look: a query that has just come counts as waiting, too.
    private var behind: Set<QueueTag> = []
    private var emptySince: [QueueTag: ContinuousClock.Instant] = [:]

    /// - Parameter hold: How long all queues of a tag are empty before one is given up.
    init(_ limits: Limits, hold: Duration) {
        self.limits = limits
        self.hold = hold
    }

    /// Decides on one look at all DQMs, the children in the order in which they were spawned.
    ///
    /// - Parameters:
    ///   - children: How many children have a connection or are getting one, those that retire included.
    ///   - coming: How many children of each tag are being made.
    ///   - available: How many children the server has connections for; `nil` for any number.
    mutating func decide(
        _ sights: [Sight],
        children: Int,
        coming: [QueueTag: Int] = [:],
        available: Int?,
        now: ContinuousClock.Instant
    ) -> [Action] {
        var room = min(limits.children, available ?? .max) - children
        var actions: [Action] = []
        for tag in QueueTag.childTags {
            let bearers = sights.filter { $0.tag == tag }
            let bounds = limits.queues[tag] ?? QueueLimits(minimum: 0, maximum: 0)
            let wasBehind = behind.contains(tag)
            let isBehind = isBehind(bearers, tag, sights)
            if isBehind { behind.insert(tag) } else { behind.remove(tag) }
            if isBehind, wasBehind, room > 0, bearers.count + (coming[tag] ?? 0) < bounds.maximum, coming[tag] ?? 0 == 0
            {
                actions.append(.spawn(tag))
                room -= 1
            }
            if let number = idler(of: bearers, tag, now), bearers.count > bounds.minimum {
                actions.append(.retire(number: number))
            }
        }
        return actions
    }

    /// Whether every queue of a tag is behind; of a tag without a child, whether the Lead is, with queries of that tag.
    private func isBehind(_ bearers: [Sight], _ tag: QueueTag, _ sights: [Sight]) -> Bool {
        guard bearers.isEmpty else { return bearers.allSatisfy { !$0.backlog.isEmpty } }
        return sights.contains { $0.tag == .lead && $0.backlog.contains(tag) }
    }

    /// The youngest child of a tag whose queues have been empty for the hold time.
    private mutating func idler(of bearers: [Sight], _ tag: QueueTag, _ now: ContinuousClock.Instant) -> Int? {
        guard let youngest = bearers.last, bearers.allSatisfy(\.isEmpty) else {
            emptySince[tag] = nil
            return nil
        }
        let since = emptySince[tag] ?? now
        emptySince[tag] = since
        return since.duration(to: now) >= hold ? youngest.number : nil
    }
}
