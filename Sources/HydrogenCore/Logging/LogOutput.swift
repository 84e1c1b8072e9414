/// Where log lines go: a descriptor, or a test's own.
///
/// All calls for one output come one after the other, under the lock of its ``LogPipeline``.
public protocol LogOutput: Sendable {
    /// What operators call it: `standard output`.
    var name: String { get }

    /// Tries once to write, from the start of `bytes`, which are never empty. Must not block, and may take only a part.
    func write(_ bytes: UnsafeRawBufferPointer) -> LogWriteOutcome

    /// Waits until the output takes bytes again after it was busy.
    ///
    /// - Returns: `false` when it still does not after `milliseconds`.
    func waitUntilWritable(milliseconds: Int) -> Bool
}

/// What became of one try to write log lines.
public enum LogWriteOutcome: Sendable, Hashable {
    /// The output took this many bytes, at least 1.
    case wrote(Int)
    /// The output takes nothing at present; it may later.
    case busy
    /// The output failed, with the reason as the system words it; it may still take the next line.
    case failed(String)
}
