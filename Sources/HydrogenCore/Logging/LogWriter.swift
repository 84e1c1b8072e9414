/// Brings whole lines to an output that may be slow, full or gone, and counts what became of them.
///
/// A line that an output took only in part is finished before anything else is written, so that lines stay whole;
/// what comes meanwhile is dropped. An output that stays busy is waited for once, not again until it has taken something.
struct LogWriter {
    /// How long a busy output is waited for, in milliseconds: long enough for a reader that is only slow.
    static let patience = 250

    /// What became of the lines so far.
    private(set) var counts = LogCounts()
    /// What the output has not taken of the one line that it took in part; ends with a line feed.
    private var tail: [UInt8] = []
    /// Whether the output was busy when last tried: it is not waited for again before it has taken something.
    private var isStalled = false

    /// Writes lines, each ended by a line feed, or drops them.
    mutating func write(_ lines: [UInt8], to output: some LogOutput) {
        guard finishTail(on: output) else { return count(dropped: lines[...]) }
        let taken = deliver(lines[...], to: output)
        let rest = lines[taken...]
        count(written: lines[..<taken])
        let isTorn = taken > 0 && lines[taken - 1] != UInt8(ascii: "\n")
        guard isTorn, let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return count(dropped: rest) }
        tail = Array(rest[...end])
        count(dropped: rest[(end + 1)...])
    }

    /// Tries to finish the line that the output took in part, once more.
    ///
    /// - Returns: Whether the output stands at the start of a line.
    @discardableResult
    mutating func finishTail(on output: some LogOutput) -> Bool {
        guard !tail.isEmpty else { return true }
        tail.removeFirst(deliver(tail[...], to: output))
        guard tail.isEmpty else { return false }
        counts.written += 1
        return true
    }

    /// Writes until all is taken, the output fails or patience ends; returns how many bytes were taken.
    private mutating func deliver(_ bytes: ArraySlice<UInt8>, to output: some LogOutput) -> Int {
        var taken = 0
        while taken < bytes.count {
            switch bytes.withUnsafeBytes({ output.write(UnsafeRawBufferPointer(rebasing: $0[taken...])) }) {
            case .wrote(let count):
                taken += count
                isStalled = false
                counts.failure = nil
            case .busy:
                let waits = !isStalled && output.waitUntilWritable(milliseconds: Self.patience)
                isStalled = true
                guard waits else {
                    counts.failure = "takes no more lines"
                    return taken
                }
            case .failed(let reason):
                counts.failure = reason
                return taken
            }
        }
        return taken
    }

    private mutating func count(written bytes: ArraySlice<UInt8>) {
        counts.written += bytes.count { $0 == UInt8(ascii: "\n") }
    }

    private mutating func count(dropped bytes: ArraySlice<UInt8>) {
        counts.dropped += bytes.count { $0 == UInt8(ascii: "\n") }
    }
}
