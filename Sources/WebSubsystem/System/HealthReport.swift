import HydrogenCore

/// Whether the process lives.
///
/// Made without a look at any database.
struct HealthReport: Sendable {
    /// Since the process was started, nearly.
    let uptimeSeconds: Double
}

extension Answer {
    /// The response to the question for liveness. It is asked often, so its few members are written by hand.
    init(_ health: HealthReport) {
        self.init(
            json: #"{"status":"alive","success":true,"uptime_seconds":\#(health.uptimeSeconds),"#
                + #""version":\#(HydrogenVersion.current.jsonQuoted)}"#
        )
    }
}
