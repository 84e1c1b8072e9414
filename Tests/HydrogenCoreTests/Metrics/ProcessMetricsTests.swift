import Glibc
import Testing

@testable import HydrogenCore

@Suite("Process metrics")
struct ProcessMetricsTests {
    private func page() throws -> PrometheusPage {
        let registry = MetricsRegistry()
        registry.registerProcessMetrics()
        return try PrometheusPage(registry.exposition())
    }

    @Test(
        "Every value is there and plausible",
        arguments: [
            ("process_resident_memory_bytes", 1e6...1e12), ("process_virtual_memory_bytes", 1e6...1e15),
            ("process_cpu_seconds_total", 0...1e7), ("process_open_fds", 3...1e6), ("process_max_fds", 3...1e19),
            ("process_threads", 1...10_000), ("process_start_time_seconds", 1.7e9...1e10),
        ]
    )
    func plausible(name: String, range: ClosedRange<Double>) throws {
        let value = try #require(try page().value(name))
        #expect(range.contains(value), "\(name) \(value)")
    }

    @Test("Open descriptors are counted as they are now")
    func descriptors() throws {
        // Other tests open a few at the same time: many are opened here, so that those do not matter.
        let before = try #require(try page().value("process_open_fds"))
        let opened = (0..<200).map { _ in open("/dev/null", O_RDONLY) }
        let during = try #require(try page().value("process_open_fds"))
        for descriptor in opened { close(descriptor) }
        #expect(during - before > 100)
    }

    @Test("The process started before now")
    func startTime() throws {
        let start = try #require(try page().value("process_start_time_seconds"))
        let now = Double(WallTime.now.nanosecondsSinceEpoch) / 1e9
        #expect(start < now + 1)
        #expect(now - start < 86_400)
    }
}
