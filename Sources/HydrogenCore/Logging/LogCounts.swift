/// What became of the log lines of a process.
public struct LogCounts: Sendable, Hashable {
    /// Lines that the output took whole.
    public internal(set) var written = 0
    /// Lines that the output did not take; they may still stand among the recent lines.
    public internal(set) var dropped = 0
    /// Why the output took nothing when last tried; `nil` when it took something.
    public internal(set) var failure: String?

    /// Nothing has happened yet.
    public init() {}
}
