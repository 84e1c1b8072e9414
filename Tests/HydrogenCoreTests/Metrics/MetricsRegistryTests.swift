import CoreMetrics
import Dispatch
import Synchronization
import Testing

@testable import HydrogenCore

@Suite("Metrics registry")
struct MetricsRegistryTests {
    private let registry = MetricsRegistry(labelSetLimit: 3)

    private var page: PrometheusPage {
        get throws { try PrometheusPage(registry.exposition()) }
    }

    @Test("Every kind of swift-metrics has its type and name")
    func kinds() throws {
        Counter(label: "a.hits", factory: registry).increment(by: 2)
        FloatingPointCounter(label: "a.cost", factory: registry).increment(by: 0.5)
        Meter(label: "a.level", factory: registry).set(3)
        Gauge(label: "a.last", factory: registry).record(4)
        Recorder(label: "a.size", factory: registry).record(50)
        Timer(label: "a.duration", factory: registry).recordMilliseconds(20)
        let page = try page
        let types = page.families.filter { $0.name.hasPrefix("a_") }.map { "\($0.name) \($0.type)" }
        #expect(
            types == [
                "a_cost_total counter", "a_duration_seconds histogram", "a_hits_total counter", "a_last gauge",
                "a_level gauge", "a_size histogram",
            ]
        )
        #expect(page.value("a_hits_total") == 2)
        #expect(page.value("a_cost_total") == 0.5)
        #expect(page.value("a_level") == 3)
        #expect(page.value("a_last") == 4)
        #expect(page.value("a_size_sum") == 50)
        #expect(page.value("a_duration_seconds_sum") == 0.02)
        #expect(page.value("a_duration_seconds_bucket", ["le": "0.01"]) == 0)
        #expect(page.value("a_duration_seconds_bucket", ["le": "0.025"]) == 1)
    }

    @Test("Handlers of one label set share its values, whatever the order of dimensions")
    func shared() throws {
        Counter(label: "a", dimensions: [("x", "1"), ("y", "2")], factory: registry).increment()
        Counter(label: "a", dimensions: [("y", "2"), ("x", "1")], factory: registry).increment()
        FloatingPointCounter(label: "a", dimensions: [("x", "1"), ("y", "2")], factory: registry).increment(by: 0.5)
        #expect(try page.value("a_total", ["x": "1", "y": "2"]) == 2.5)
    }

    @Test("Label sets beyond the limit share one series and are counted")
    func cardinality() throws {
        for number in 0..<10 { Counter(label: "a", dimensions: [("user", "\(number)")], factory: registry).increment() }
        let page = try page
        #expect(page.samples("a_total").count == 4)
        #expect(page.value("a_total", ["user": "other"]) == 7)
        #expect(page.value("hydrogen_metrics_label_overflows_total", ["metric": "a_total"]) == 7)
    }

    @Test("The limit holds for each metric by itself")
    func separateLimits() throws {
        for number in 0..<3 {
            Counter(label: "a", dimensions: [("user", "\(number)")], factory: registry).increment()
            Counter(label: "b", dimensions: [("user", "\(number)")], factory: registry).increment()
        }
        #expect(try page.family("hydrogen_metrics_label_overflows_total") == nil)
    }

    @Test("Values stay when a handler is gone, and go when it is destroyed")
    func destroy() throws {
        Counter(label: "kept", factory: registry).increment()
        let counter = Counter(label: "counter", factory: registry)
        let fraction = FloatingPointCounter(label: "fraction", factory: registry)
        let meter = Meter(label: "meter", factory: registry)
        let recorder = Recorder(label: "recorder", factory: registry)
        let timer = Timer(label: "timer", factory: registry)
        #expect(try page.families.count == 7)
        counter.destroy()
        fraction.destroy()
        meter.destroy()
        recorder.destroy()
        timer.destroy()
        #expect(try page.families.map(\.name) == ["hydrogen_metrics_name_conflicts_total", "kept_total"])
        Counter(label: "counter", factory: registry).increment()
        #expect(try page.value("counter_total") == 1)
    }

    @Test("Destroying a handler of another factory changes nothing")
    func destroyForeign() throws {
        Counter(label: "a", factory: registry).increment()
        registry.destroyCounter(NOOPMetricsHandler.instance)
        #expect(try page.value("a_total") == 1)
    }

    @Test("A name of another kind works unseen and is counted")
    func conflict() throws {
        Recorder(label: "a", factory: registry).record(1)
        let meter = Meter(label: "a.count", factory: registry)
        meter.set(9)
        registry.registerGauge("a", read: { 5 })
        let page = try page
        #expect(page.value("a_count") == 1)
        #expect(page.samples("a").isEmpty)
        #expect(page.value("hydrogen_metrics_name_conflicts_total") == 2)
    }

    @Test("A gauge that is read at scrape tells the value of that moment")
    func gauges() throws {
        let box = Box(1)
        registry.registerGauge("queue.depth", labels: [("queue", "fast")], help: "Waiting", read: { box.value })
        #expect(try page.value("queue_depth", ["queue": "fast"]) == 1)
        box.set(7)
        #expect(try page.value("queue_depth", ["queue": "fast"]) == 7)
        #expect(try page.family("queue_depth")?.help == "Waiting")
    }

    @Test("Collectors of one name become one family; a label set stands once; removed ones are asked no more")
    func collectors() throws {
        let first = registry.registerGauge("depth", labels: [("queue", "a")], read: { 1 })
        registry.registerGauge("depth", labels: [("queue", "a")], read: { 2 })
        registry.registerCollector {
            [
                .gauge("depth", samples: [CollectedMetric.Sample(3, labels: [("queue", "b")])]),
                .counter("jobs", samples: [CollectedMetric.Sample(4)]),
                .gauge("empty", samples: []),
            ]
        }
        #expect(try page.value("depth", ["queue": "a"]) == 1)
        #expect(try page.value("depth", ["queue": "b"]) == 3)
        #expect(try page.value("jobs_total") == 4)
        #expect(try page.family("empty") == nil)
        registry.removeCollector(first)
        #expect(try page.value("depth", ["queue": "a"]) == 2)
    }

    @Test("A collector may use the registry itself")
    func reentrant() throws {
        registry.registerGauge("scrapes") { [registry] in
            Counter(label: "asked", factory: registry).increment()
            return 1
        }
        _ = registry.exposition()
        #expect(try page.value("asked_total") == 1)
    }

    @Test("Descriptions count for help at once, for buckets of metrics made later")
    func describe() throws {
        Recorder(label: "early", factory: registry).record(5)
        let buckets = HistogramBuckets([4, 8])
        registry.describe([
            MetricDescription("early", help: "Early one", buckets: buckets),
            MetricDescription("late", help: "Late one", buckets: buckets),
        ])
        Recorder(label: "late", factory: registry).record(5)
        let page = try page
        #expect(page.family("early")?.help == "Early one")
        #expect(page.samples("early_bucket").count == HistogramBuckets.quantities.bounds.count + 1)
        #expect(page.samples("late_bucket").map { $0.labels["le"] } == ["4", "8", "+Inf"])
        #expect(page.samples("late_bucket").map(\.value) == [0, 1, 1])
    }

    @Test("Two expositions of the same values are equal, byte for byte")
    func deterministic() {
        for name in ["c", "a", "b"] {
            for value in ["3", "1", "2"] {
                Counter(label: name, dimensions: [("k", value)], factory: registry).increment()
            }
        }
        let text = registry.exposition()
        #expect(text == registry.exposition())
        let names = text.split(separator: "\n").filter { $0.hasPrefix("# TYPE") }
        #expect(names == names.sorted())
    }

    @Test("8 threads lose no increment, no observation and no fraction, while the page is read")
    func concurrency() throws {
        let threads = 8
        let rounds = 100_000
        let registry = registry
        let counter = Counter(label: "whole", factory: registry)
        let fraction = FloatingPointCounter(label: "fraction", factory: registry)
        let timer = Timer(label: "timer", factory: registry)
        let meter = Meter(label: "meter", factory: registry)
        Threads.run(threads) { thread in
            for round in 0..<rounds {
                counter.increment()
                fraction.increment(by: 0.25)
                timer.recordNanoseconds(Int64(1_000_000))
                meter.increment(by: 1.0)
                if round % 10_000 == 0 {
                    Counter(label: "made", dimensions: [("round", "\(round)")], factory: registry).increment()
                    _ = registry.exposition()
                }
            }
        }
        let page = try page
        let total = Double(threads * rounds)
        #expect(page.value("whole_total") == total)
        #expect(page.value("fraction_total") == total / 4)
        #expect(page.value("timer_seconds_count") == total)
        #expect(page.value("timer_seconds_sum") == total / 1000)
        #expect(page.value("meter") == total)
        #expect(page.samples("made_total").map(\.value).reduce(0, +) == Double(threads * rounds / 10_000))
    }
}

/// Real threads, as the pool of Swift tasks has only one for each processor.
private enum Threads {
    /// Runs `body` in so many threads at once and waits for all.
    static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        let group = DispatchGroup()
        for thread in 0..<count {
            DispatchQueue(label: "thread-\(thread)").async(group: group) { body(thread) }
        }
        group.wait()
    }
}

/// A number that a test changes.
private final class Box: Sendable {
    private let number: Atomic<Double>
    init(_ value: Double) { self.number = Atomic(value) }
    var value: Double { number.load(ordering: .relaxed) }
    func set(_ value: Double) { number.store(value, ordering: .relaxed) }
}
