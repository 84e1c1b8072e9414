/// How many connections one database needs at launch, and at most.
package struct ConnectionBudget: Sendable, Hashable {
    /// What holding the budget against a limit finds.
    package enum Verdict: Sendable, Hashable {
        /// The maximum fits; the arithmetic says how.
        case fits(String)
        /// The maximum does not fit; the arithmetic says why.
        case exceeded(String)
    }

    /// The connections at launch: the Lead's, and one for each child of the minima.
    package let minimum: Int
    /// The most connections that scaling may come to.
    package let maximum: Int

    private let sum: String
    private let pool: Int

    /// The budget of a Lead and its children.
    ///
    /// - Parameters:
    ///   - children: The most children in all, `MaxChildQueues`.
    ///   - feeds: The connections that follow changes.
    ///   - pool: The most connections of one database, `MaxConnectionsPerPool`.
    init(_ queues: [QueueTag: QueueLimits], children: Int, feeds: Int = 0, pool: Int) {
        let maxima = QueueTag.childTags.map { ($0.title, queues[$0]?.maximum ?? 0) }
        let total = maxima.reduce(0) { $0 + $1.1 }
        self.minimum = 1 + feeds + queues.values.reduce(0) { $0 + $1.minimum }
        self.maximum = 1 + feeds + min(total, children)
        self.pool = pool
        let parts = maxima.map { "\($0) \($1)" }.joined(separator: " + ")
        let children = total > children ? "children \(parts) = \(total), at most MaxChildQueues \(children)" : parts
        self.sum = "Lead 1 + \(children)\(feeds > 0 ? " + feed \(feeds)" : "") = \(maximum)"
    }

    /// Whether the maximum fits into `MaxConnectionsPerPool`.
    package var againstPool: Verdict {
        let arithmetic = "connections at most: \(sum), MaxConnectionsPerPool \(pool)"
        return maximum <= pool ? .fits(arithmetic) : .exceeded(arithmetic)
    }

    /// Whether the maximum fits into what the server gives.
    package func check(against limit: ConnectionLimit) -> Verdict {
        let arithmetic = "\(sum); the server gives \(limit.available): \(limit.arithmetic)"
        return maximum <= limit.available ? .fits(arithmetic) : .exceeded(arithmetic)
    }
}
