/// What the kernel tells of this process.
///
/// Source: Linux, proc(5).
struct ProcessStatistics: Sendable, Hashable {
    /// How the kernel counts on this machine.
    struct Units: Sendable, Hashable {
        /// Clock ticks in a second: `sysconf(_SC_CLK_TCK)`.
        let ticksPerSecond: Double
        /// Bytes in a page of memory.
        let pageBytes: Double
        /// When the machine started, in seconds since 1970: `btime` of `/proc/stat`.
        let bootTime: Double
    }

    /// Time spent on a processor, in user and kernel mode.
    let cpuSeconds: Double
    /// When the process started, in seconds since 1970.
    let startTime: Double
    /// Memory in RAM.
    let residentBytes: Double
    /// Memory addressed.
    let virtualBytes: Double
    /// Threads.
    let threads: Double

    /// Reads the text of `/proc/self/stat`; `nil` when it is not in that form.
    ///
    /// The second field, the program's name in parentheses, may hold anything: what counts follows the last parenthesis.
    init?(stat: String, units: Units) {
        guard let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: end)...].split { $0 == " " || $0 == "\n" }.map { Double($0) }
        /// A field by its number in proc(5), where the first after the name is 3.
        func field(_ number: Int) -> Double? { fields.indices.contains(number - 3) ? fields[number - 3] : nil }
        guard let user = field(14), let system = field(15), let threads = field(20), let start = field(22),
            let virtual = field(23), let resident = field(24)
        else { return nil }
        self.cpuSeconds = (user + system) / units.ticksPerSecond
        self.startTime = units.bootTime + start / units.ticksPerSecond
        self.residentBytes = resident * units.pageBytes
        self.virtualBytes = virtual
        self.threads = threads
    }

    /// When the machine started, from the text of `/proc/stat`.
    static func bootTime(stat: String) -> Double? {
        let line = stat.split(separator: "\n").first { $0.hasPrefix("btime ") }
        return line.flatMap { Double($0.dropFirst("btime ".count)) }
    }
}
