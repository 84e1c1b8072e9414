import CoreMetrics
import Synchronization

/// A template that its engine has accepted: what runs, without any work that could be done once.
package final class PreparedQuery: Sendable {
    /// What the operator registered.
    package let template: QueryTemplate
    /// The SQL in the engine's syntax.
    package let statement: EngineStatement
    /// What the engine knows of it.
    package let facts: StatementFacts

    /// Whether the query changes nothing: neither the engine nor its author says otherwise.
    package let isReadOnly: Bool

    /// How long results may be served again; `nil` for never.
    package let cachePolicy: CachePolicy?
    /// The most rows of a result; `nil` for all.
    package let maximumRows: Int?
    /// What the last row of a truncated result is asked for.
    let cursor: PageCursor?
    /// The template's content: results of another are not this one's.
    let fingerprint: UInt64

    private let epochs: [TableEpochs.Epoch]

    let duration: Timer
    let failures: Counter
    /// Until when the query is sent to a slower queue: seconds since ``epoch``.
    private let slowUntil = Atomic<Int64>(0)
    /// When the query outgrew a fast queue last: seconds since ``epoch``.
    private let lastOutgrown = Atomic<Int64>(.min / 2)

    /// A query with what its engine knows of it.
    init(
        _ template: QueryTemplate,
        _ described: DescribedStatement,
        database: String,
        cachePolicy: CachePolicy? = nil,
        maximumRows: Int? = nil,
        epochs: [TableEpochs.Epoch] = [],
        metrics: any MetricsFactory
    ) {
        self.template = template
        self.statement = described.statement
        self.facts = described.facts
        let isReadOnly = described.facts.isReadOnly && !template.writes
        self.isReadOnly = isReadOnly
        self.cachePolicy = isReadOnly ? cachePolicy : nil
        self.maximumRows = maximumRows
        self.cursor = template.page.flatMap(PageCursor.init)
        self.fingerprint = template.fingerprint
        self.epochs = epochs
        let dimensions = [("database", database), ("query_id", "\(template.id)")]
        self.duration = Timer(label: MetricNames.operationDuration, dimensions: dimensions, factory: metrics)
        self.failures = Counter(label: MetricNames.operationFailures, dimensions: dimensions, factory: metrics)
    }

    /// How a result of the query is to be written.
    func form(_ format: RowFormat = .json) -> ResultForm {
        ResultForm(format, maximumRows: maximumRows, cursor: cursor)
    }

    /// Whether another one does the same in the same way: then this one, which connections know already, may stay in its place.
    func isSame(as other: PreparedQuery) -> Bool {
        fingerprint == other.fingerprint && template.source == other.template.source && facts == other.facts
            && statement.parameterTypes == other.statement.parameterTypes
            && statement.hasNarrowIntegers == other.statement.hasNarrowIntegers && cachePolicy == other.cachePolicy
    }

    /// The state of the query's tables: it is another one after each change of them.
    var stamp: UInt64 { epochs.reduce(0) { $0 &+ $1.value } }

    /// Whether a change of the query's tables could go unnoticed at present.
    var isBlind: Bool { epochs.contains { $0.isBlind } }

    // MARK: Slowness

    private static let epoch = ContinuousClock.now
    /// Two calls that outgrow a fast queue within so many seconds mark the query: one alone may be the machine's fault.
    private static let strikePeriod: Int64 = 60
    /// For how many seconds a marked query is sent to a slower queue before it is tried again.
    private static let slowPeriod: Int64 = 300

    /// Whether the query is sent to a slower queue for the time being.
    func isSlow(now: ContinuousClock.Instant) -> Bool {
        let until = slowUntil.load(ordering: .relaxed)
        return until > 0 && Self.epoch.duration(to: now).components.seconds < until
    }

    /// A call took longer than a fast queue gives.
    func outgrew(now: ContinuousClock.Instant) {
        let second = Self.epoch.duration(to: now).components.seconds
        let last = lastOutgrown.exchange(second, ordering: .relaxed)
        if second - last < Self.strikePeriod { slowUntil.store(second + Self.slowPeriod, ordering: .relaxed) }
    }
}
