/// The newest lines of the log, a bounded number of them.
struct RecentLines: Sendable {
    /// How many lines are kept at most, 0 for none; setting it lower forgets the oldest.
    var capacity: Int {
        didSet { if capacity != oldValue { resize() } }
    }

    /// Grows to `capacity`, then is written round: `oldest` is where the next line goes.
    private var slots: [LogLine] = []
    private var oldest = 0

    /// Keeps nothing yet.
    init(capacity: Int) {
        self.capacity = max(0, capacity)
    }

    /// How many lines are kept now.
    var count: Int { slots.count }

    /// Keeps a line, in place of the oldest when all slots are taken.
    mutating func append(_ line: LogLine) {
        guard capacity > 0 else { return }
        if slots.count < capacity {
            slots.append(line)
        } else {
            slots[oldest] = line
            oldest = (oldest + 1) % capacity
        }
    }

    /// The newest lines that fit, oldest of them first.
    ///
    /// - Parameters:
    ///   - subsystem: Only lines of this label, in any case. Default: all.
    ///   - level: Only lines at least as grave. Default: all.
    ///   - limit: At most so many. Default: no limit.
    /// - Returns: The lines, the newest last.
    func lines(subsystem: String? = nil, level: LogLevel = .trace, limit: Int = .max) -> [LogLine] {
        let wanted = subsystem?.lowercased()
        var found: [LogLine] = []
        for line in (slots[oldest...] + slots[..<oldest]).reversed() {
            guard found.count < limit else { break }
            guard line.level >= level, wanted == nil || line.subsystem.lowercased() == wanted else { continue }
            found.append(line)
        }
        return found.reversed()
    }

    private mutating func resize() {
        slots = Array((slots[oldest...] + slots[..<oldest]).suffix(capacity))
        oldest = 0
    }
}
