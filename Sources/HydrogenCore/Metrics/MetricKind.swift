/// What a metric's values mean; the raw values are those of `# TYPE` lines.
public enum MetricKind: String, Sendable, Hashable {
    /// Only grows, from 0 at the start of the process.
    case counter
    /// Goes up and down.
    case gauge
    /// Counts observations by size.
    case histogram
}
