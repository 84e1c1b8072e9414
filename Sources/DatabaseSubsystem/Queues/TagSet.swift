/// The tags one DQM bears, in the fixed order `LSMFC`.
package struct TagSet: OptionSet, Sendable, Hashable, CustomStringConvertible {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The set of one tag.
    package init(_ tag: QueueTag) {
        switch tag {
        case .lead: self.init(rawValue: 1 << 0)
        case .slow: self.init(rawValue: 1 << 1)
        case .medium: self.init(rawValue: 1 << 2)
        case .fast: self.init(rawValue: 1 << 3)
        case .cache: self.init(rawValue: 1 << 4)
        }
    }

    /// All tags: what the DQMs of one database have together, and a lone Lead by itself.
    package static let all = TagSet(rawValue: 0b11111)

    /// Whether the DQM takes nothing but what answers in a few milliseconds.
    package var isQuick: Bool { !isEmpty && isSubset(of: [TagSet(.fast), TagSet(.cache)]) }

    /// The tags in the order of labels.
    package var tags: [QueueTag] { QueueTag.allCases.filter { contains(TagSet($0)) } }

    /// The letters in the order of labels: `LSMFC`.
    package var description: String { String(tags.map(\.letter)) }
}
