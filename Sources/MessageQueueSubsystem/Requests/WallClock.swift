import Glibc

/// The time of day, for identifiers that sort by it.
enum WallClock {
    /// Milliseconds since 1970.
    static var milliseconds: UInt64 {
        var moment = timespec()
        clock_gettime(CLOCK_REALTIME, &moment)
        return UInt64(moment.tv_sec) * 1000 + UInt64(moment.tv_nsec) / 1_000_000
    }
}
