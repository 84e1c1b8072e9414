import HydrogenCore

/// How many children of one type a Lead has: `{ "Min": 1, "Max": 8 }`.
package struct QueueLimits: Sendable, Hashable {
    /// Children spawned at launch; 0 leaves the tag with the Lead.
    package let minimum: Int
    /// The most children that scaling may spawn.
    package let maximum: Int

    /// Limits, the minimum no more than the maximum.
    package init(minimum: Int, maximum: Int) {
        self.minimum = minimum
        self.maximum = maximum
    }

    /// The limits that the `Databases` section sets for all connections.
    package struct Bounds: Sendable {
        /// The maximum of a type that names none.
        let defaultMaximum: Int
        /// The most children of one Lead.
        let children: Int
        /// The most connections of one database.
        let connections: Int
    }

    /// Reads the limits of all types from `Queues`, or from the older `Workers`, which gives start counts.
    ///
    /// A type that is not named has one child at launch. The minima together must fit the bounds.
    static func read(_ reader: ConfigurationReader, bounds: Bounds) -> [QueueTag: QueueLimits] {
        if reader.isPresent("Queues"), reader.isPresent("Workers") {
            reader.fault("Workers", expected: "either Queues or Workers", got: "both")
        }
        let limits = reader.isPresent("Workers") ? workers(reader, bounds) : queues(reader, bounds)
        let children = limits.values.reduce(0) { $0 + $1.minimum }
        if children > bounds.children {
            let expected = "at most MaxChildQueues = \(bounds.children) children at launch"
            reader.fault(nil, expected: expected, got: "\(children)")
        }
        if children + 1 > bounds.connections {
            let expected = "at most MaxConnectionsPerPool = \(bounds.connections) connections at launch"
            reader.fault(nil, expected: expected, got: "\(children + 1), the Lead's included")
        }
        return limits
    }

    private static func queues(_ reader: ConfigurationReader, _ bounds: Bounds) -> [QueueTag: QueueLimits] {
        reader.section("Queues") { reader in
            Dictionary(
                uniqueKeysWithValues: QueueTag.childTags.map { tag in
                    let limits = reader.section(tag.title) { reader in
                        let minimum = reader.value("Min", .integer(0...64), default: 1)
                        let maximum = reader.value(
                            "Max",
                            .integer(0...64),
                            default: max(minimum, bounds.defaultMaximum)
                        )
                        if minimum > maximum {
                            reader.fault("Min", expected: "at most Max = \(maximum)", got: "\(minimum)")
                        }
                        return QueueLimits(minimum: minimum, maximum: max(minimum, maximum))
                    }
                    return (tag, limits)
                }
            )
        }
    }

    private static func workers(_ reader: ConfigurationReader, _ bounds: Bounds) -> [QueueTag: QueueLimits] {
        reader.section("Workers") { reader in
            Dictionary(
                uniqueKeysWithValues: QueueTag.childTags.map { tag in
                    let count = reader.value(tag.title, .integer(0...64), default: 1)
                    // 0 leaves the tag with the Lead for good.
                    let maximum = count == 0 ? 0 : max(count, bounds.defaultMaximum)
                    return (tag, QueueLimits(minimum: count, maximum: maximum))
                }
            )
        }
    }
}
