import Glibc

/// How long this process has used processors, in microseconds.
///
/// Source: POSIX, getrusage.
struct ProcessTimes: Sendable, Hashable {
    /// In its own code.
    let user: Int
    /// In the kernel, for it.
    let system: Int

    /// Asks the kernel.
    init() {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        user = usage.ru_utime.tv_sec * 1_000_000 + Int(usage.ru_utime.tv_usec)
        system = usage.ru_stime.tv_sec * 1_000_000 + Int(usage.ru_stime.tv_usec)
    }
}
