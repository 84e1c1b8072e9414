import HydrogenCore

/// Drops every line: for commands whose result is a report on standard output.
struct NoOutput: LogOutput {
    let name = "nowhere"

    func write(_ bytes: UnsafeRawBufferPointer) -> LogWriteOutcome { .wrote(bytes.count) }

    func waitUntilWritable(milliseconds: Int) -> Bool { true }
}
