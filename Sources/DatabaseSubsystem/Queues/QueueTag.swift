/// What kind of work a DQM takes: one letter of its label.
///
/// The tags of all DQMs of one database always add up to exactly `LSMFC`.
package enum QueueTag: String, Sendable, Hashable, Codable, CaseIterable {
    /// Connects, bootstraps, heartbeats, spawns: the Lead alone has it, always.
    case lead
    /// Long reports and whatever may take seconds.
    case slow
    /// Everyday work.
    case medium
    /// Point reads and whatever answers in a few milliseconds.
    case fast
    /// Queries whose results are worth keeping.
    case cache

    /// The tags that children take, in the order in which their first children are spawned.
    package static let childTags: [QueueTag] = [.slow, .medium, .fast, .cache]

    /// The letter in labels.
    package var letter: Character {
        switch self {
        case .lead: "L"
        case .slow: "S"
        case .medium: "M"
        case .fast: "F"
        case .cache: "C"
        }
    }

    /// The key in the configuration's `Queues` and `Workers`, and the name in reports: `Slow`.
    package var title: String {
        switch self {
        case .lead: "Lead"
        case .slow: "Slow"
        case .medium: "Medium"
        case .fast: "Fast"
        case .cache: "Cache"
        }
    }

    /// The tag that a URL's queue path or a query's `queue` header names: `slow`, `medium`, `fast` or `cache`.
    package init?(pathComponent: some StringProtocol) {
        switch pathComponent {
        case "slow": self = .slow
        case "medium": self = .medium
        case "fast": self = .fast
        case "cache": self = .cache
        default: return nil
        }
    }

    /// Whether the queue is for what answers in a few milliseconds.
    var isQuick: Bool { self == .fast || self == .cache }

    /// The queue for a request that asks for this one, of a query declared as `declared`: never a faster one than declared.
    package func limited(by declared: QueueTag?) -> QueueTag {
        guard let declared, let mine = speed, let limit = declared.speed, mine > limit else { return self }
        return declared
    }

    /// Rank among the queues that differ in speed; the Lead's tag has none.
    private var speed: Int? {
        switch self {
        case .lead: nil
        case .slow: 0
        case .medium: 1
        case .fast, .cache: 2
        }
    }
}
