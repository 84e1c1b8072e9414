#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The `process_…` metrics that every Prometheus client exposes, read from `/proc/self` when asked for.
///
/// Where there is no such folder there are no such metrics.
struct ProcessMetrics: Sendable {
    private let units: ProcessStatistics.Units

    /// Learns how the kernel counts.
    init() {
        self.units = ProcessStatistics.Units(
            ticksPerSecond: Double(sysconf(CInt(_SC_CLK_TCK))),
            pageBytes: Double(sysconf(CInt(_SC_PAGESIZE))),
            bootTime: Self.text(of: "/proc/stat").flatMap(ProcessStatistics.bootTime) ?? 0
        )
    }

    /// The values now.
    func collect() -> [CollectedMetric] {
        let stat = Self.text(of: "/proc/self/stat")
        let statistics = stat.flatMap { ProcessStatistics(stat: $0, units: units) }
        return (statistics.map(Self.metrics) ?? []) + (Self.openDescriptors().map(Self.metrics) ?? [])
    }

    private static func metrics(openDescriptors: Int) -> [CollectedMetric] {
        [
            gauge("process.open.fds", "Open file descriptors", Double(openDescriptors)),
            gauge("process.max.fds", "File descriptors that may be open", descriptorLimit()),
        ]
    }

    private static func metrics(_ statistics: ProcessStatistics) -> [CollectedMetric] {
        [
            .counter(
                "process.cpu.seconds",
                help: "Time spent on a processor, in user and kernel mode, in seconds",
                samples: [CollectedMetric.Sample(statistics.cpuSeconds)]
            ),
            gauge("process.resident.memory.bytes", "Memory in RAM, in bytes", statistics.residentBytes),
            gauge("process.virtual.memory.bytes", "Memory addressed, in bytes", statistics.virtualBytes),
            gauge("process.start.time.seconds", "Start of the process, in seconds since 1970", statistics.startTime),
            gauge("process.threads", "Threads", statistics.threads),
        ]
    }

    private static func gauge(_ label: String, _ help: String, _ value: Double) -> CollectedMetric {
        .gauge(label, help: help, samples: [CollectedMetric.Sample(value)])
    }

    /// How many descriptors are open, without the one that the counting takes; `nil` where they cannot be listed.
    private static func openDescriptors() -> Int? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var entries = 0
        while readdir(folder) != nil { entries += 1 }
        return max(0, entries - 3)
    }

    private static func descriptorLimit() -> Double {
        var limit = rlimit()
        #if canImport(Glibc)
        let failed = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0
        #else
        let failed = getrlimit(RLIMIT_NOFILE, &limit) != 0
        #endif
        return failed ? .nan : Double(limit.rlim_cur)
    }

    /// The text of a file of `/proc`, whose size is not known before it is read; `nil` when it cannot be read.
    private static func text(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 8192)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension MetricsRegistry {
    /// Adds the `process_…` metrics: memory, processor time, descriptors, threads and start time.
    public func registerProcessMetrics() {
        let metrics = ProcessMetrics()
        registerCollector { metrics.collect() }
    }
}
