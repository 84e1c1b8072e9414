import HydrogenCore

/// Whether the process lives.
///
/// Made without a look at any database.
struct HealthReport: Sendable, Encodable {
    let success = true
    let status = "alive"
    let version = HydrogenVersion.current
    /// Since the process was started, nearly.
    let uptimeSeconds: Double
}
