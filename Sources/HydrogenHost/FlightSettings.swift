/// What an operator may choose about a flight.
public struct FlightSettings: Sendable, Hashable {
    /// How long the whole landing may take. Default: 30 seconds.
    public var shutdownTimeout: Duration
    /// The file that keeps the launch report for comparison with the next launch. Default: none, nothing is compared.
    public var launchReportFile: String?
    /// Whether a launch has failed when nothing that serves clients runs. Otherwise it has when nothing at all runs.
    /// Default: `true`.
    public var needsClients: Bool

    /// Settings, each with its default.
    public init(
        shutdownTimeout: Duration = .seconds(30),
        launchReportFile: String? = nil,
        needsClients: Bool = true
    ) {
        self.shutdownTimeout = shutdownTimeout
        self.launchReportFile = launchReportFile
        self.needsClients = needsClients
    }
}
