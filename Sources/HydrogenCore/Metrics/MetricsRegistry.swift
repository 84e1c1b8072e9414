import Synchronization

/// All metrics of the process, rendered in Prometheus' text exposition format.
///
/// It is a swift-metrics back end: `MetricsSystem.bootstrap(registry)` brings in the packages underneath, and a module
/// makes its own metrics with `Counter(label:dimensions:factory:)` and its like. It is Hydrogen's own because it also
/// gives what swift-prometheus does not: a bound on label sets, values asked for at scrape, help texts apart from the
/// making, and no package more; and because swift-prometheus cannot be had where Hydrogen is built.
///
/// - Counters and floating-point counters are counters; their names end in `_total`.
/// - Meters, and recorders that do not aggregate, are gauges.
/// - Timers are histograms of seconds, their names end in `_seconds`; other recorders are histograms.
///
/// Recording takes no lock and no memory. Making a metric that exists takes a lock and a look-up: keep what you made.
/// A metric keeps its values until it is destroyed. When a label of one kind is used again with another kind, the first
/// stays and the later one works unseen; `hydrogen_metrics_name_conflicts_total` counts that.
public final class MetricsRegistry: Sendable {
    /// Something registered that is asked for values, to be removed again.
    public struct CollectorID: Sendable, Hashable {
        fileprivate let number: Int
    }

    typealias Collect = @Sendable () -> [CollectedMetric]

    /// What names a family in code.
    struct FamilyKey: Hashable {
        let label: String
        let kind: MetricKind
        let isTimed: Bool
    }

    /// Everything but the values, which the series hold themselves.
    struct State {
        var families: [String: MetricFamily] = [:]
        var names = MetricNameTable()
        var descriptions: [String: MetricDescription] = [:]
        var conflicts = 0
        fileprivate(set) var collectors: [Int: Collect] = [:]
        fileprivate var resolved: [FamilyKey: String] = [:]
        fileprivate var nextCollector = 0
    }

    let state: Mutex<State>
    private let labelSetLimit: Int

    /// A registry without metrics.
    ///
    /// - Parameter labelSetLimit: How many label sets one metric may have. Those beyond share one series, whose labels
    ///   all read `other`, and are counted by `hydrogen_metrics_label_overflows_total`. Default: 2000.
    public init(labelSetLimit: Int = 2000) {
        self.labelSetLimit = labelSetLimit
        self.state = Mutex(State())
    }

    /// Describes metrics.
    ///
    /// Help texts count from now on, buckets for metrics that are made after this.
    public func describe(_ descriptions: [MetricDescription]) {
        state.withLock { state in
            for description in descriptions { state.descriptions[description.label] = description }
        }
    }

    /// Registers a gauge whose value is asked for at every scrape.
    ///
    /// - Parameters:
    ///   - label: The label of the metric: `hydrogen.uptime`.
    ///   - labels: Names with values. Default: none.
    ///   - help: What moves the gauge, with its unit. Default: what its ``MetricDescription`` says.
    ///   - read: Called by any thread, without a lock held; must be quick.
    /// - Returns: What removes it again.
    @discardableResult
    public func registerGauge(
        _ label: String,
        labels: [(String, String)] = [],
        help: String? = nil,
        read: @escaping @Sendable () -> Double
    ) -> CollectorID {
        registerCollector {
            [.gauge(label, help: help, samples: [CollectedMetric.Sample(read(), labels: labels)])]
        }
    }

    /// Registers something that knows several metrics, or one with label sets that come and go.
    ///
    /// Metrics of several collectors with one name become one; of a label set that stands twice the first value counts.
    /// - Parameter collect: Called at every scrape by any thread, without a lock held; must be quick, and must bound its
    ///   label sets itself.
    /// - Returns: What removes it again.
    @discardableResult
    public func registerCollector(_ collect: @escaping @Sendable () -> [CollectedMetric]) -> CollectorID {
        state.withLock { state in
            let id = CollectorID(number: state.nextCollector)
            state.nextCollector += 1
            state.collectors[id.number] = collect
            return id
        }
    }

    /// Asks for no more values; a scrape under way may still do so once.
    public func removeCollector(_ id: CollectorID) {
        state.withLock { state in
            state.collectors[id.number] = nil
        }
    }

    /// The series of a label set, made when there is none; `nil` when the name is taken by a metric of another kind.
    func series(_ key: FamilyKey, _ dimensions: [(String, String)]) -> (any MetricSeries)? {
        let labels = MetricLabels(dimensions)
        return state.withLock { state in
            guard let family = state.family(key, limit: labelSetLimit) else { return nil }
            return state.families[family]?.series(labels)
        }
    }

    /// Forgets a series with its values.
    func remove(_ series: any MetricSeries) {
        state.withLock { $0.families[series.identity.family]?.remove(series) }
    }
}

extension MetricsRegistry.State {
    /// The name of a family, which is made when there is none.
    fileprivate mutating func family(_ key: MetricsRegistry.FamilyKey, limit: Int) -> String? {
        if let known = resolved[key] { return known }
        let name = MetricName(label: key.label, kind: key.kind, isTimed: key.isTimed)
        guard names.claim(name, kind: key.kind) else {
            conflicts += 1
            return nil
        }
        resolved[key] = name.text
        if families[name.text] == nil {
            let buckets = descriptions[key.label]?.buckets ?? (key.isTimed ? .durations : .quantities)
            families[name.text] = MetricFamily(
                name: name,
                kind: key.kind,
                label: key.label,
                buckets: buckets,
                limit: limit
            )
        }
        return name.text
    }
}
