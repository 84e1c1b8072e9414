import Glibc

/// What the kernel tells of this process in `/proc/self/status`.
///
/// Source: Linux, proc_pid_status(5).
struct ProcessFacts: Sendable, Hashable {
    /// Memory in RAM.
    let residentBytes: Int?
    /// Threads.
    let threads: Int?

    /// Asks the kernel.
    init() {
        self.init(status: Self.text(of: "/proc/self/status"))
    }

    /// Reads the text of the file.
    init(status: String) {
        func number(_ name: String) -> Int? {
            let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
            return line?.split { !$0.isNumber }.first.flatMap { Int($0) }
        }
        residentBytes = number("VmRSS:").map { $0 * 1024 }
        threads = number("Threads:")
    }

    private static func text(of path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        let bytes = [UInt8](unsafeUninitializedCapacity: 8192) { buffer, count in
            count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
