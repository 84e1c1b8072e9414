import DatabaseSubsystem
import Hummingbird
import HydrogenCore

/// The endpoints that tell about the server itself.
struct SystemController: Sendable {
    let services: WebServices
    /// All that the server has.
    let endpoints: [Endpoint]
    /// When the server was made.
    let madeAt: ContinuousClock.Instant

    /// The list of endpoints.
    func root() -> Answer {
        let endpoints = endpoints.map { endpoint in
            #"{"path":\#(endpoint.template.jsonQuoted),"methods":"#
                + #"[\#(endpoint.methods.map(\.jsonQuoted).joined(separator: ","))],"#
                + #""purpose":\#(endpoint.purpose.jsonQuoted)}"#
        }
        return Answer(
            json: #"{"success":true,"name":\#(services.serverName.jsonQuoted),"version":"\#(HydrogenVersion.current)","#
                + #""endpoints":[\#(endpoints.joined(separator: ","))]}"#
        )
    }

    /// Whether the process lives.
    func health() -> Answer {
        Answer(HealthReport(uptimeSeconds: uptime.seconds))
    }

    /// Whether requests should come.
    func readiness() throws -> Answer {
        let report = ReadinessReport(
            flight: services.recorder.phase,
            databases: services.databases.databases.map { ($0.name, $0.phase) },
            grounded: services.databases.grounded
        )
        return try Answer(status: report.ready ? 200 : 503, encoding: report)
    }

    /// Which databases serve, in the original server's form; callers who are known get more of those that they may use.
    func conduitStatus(for caller: Caller) throws -> Answer {
        try Answer(
            encoding: ConduitStatusReport(
                services.databases.databases,
                grounded: services.databases.grounded.keys.sorted(),
                caller: caller
            )
        )
    }

    /// What runs here.
    func info() throws -> Answer {
        try Answer(encoding: InfoReport(services, uptime: uptime))
    }

    /// The launch report; `null` while the launch goes on.
    func launch() -> Answer {
        let record = services.recorder.snapshot
        let report = record.launchReport.map { String(decoding: $0, as: UTF8.self) } ?? "null"
        let changes = record.changes.map(\.jsonQuoted).joined(separator: ",")
        return Answer(
            json: #"{"success":true,"phase":"\#(record.phase.rawValue)","started_at":\#(record.startedAt.jsonQuoted),"#
                + #""changes":[\#(changes)],"report":\#(report)}"#
        )
    }

    /// The effective configuration.
    func config() -> Answer {
        Answer(json: #"{"success":true,"values":\#(services.configuration())}"#)
    }

    /// The newest lines of the log, the newest last.
    func recent(_ request: Request) throws -> Answer {
        let query = try RecentLinesQuery(request.uri)
        let lines = services.log.recentLines(subsystem: query.subsystem, level: query.level, limit: query.limit)
        let json = lines.map { $0.rendered(as: .json) }.joined(separator: ",")
        return Answer(json: #"{"success":true,"count":\#(lines.count),"lines":[\#(json)]}"#)
    }

    /// Every queue and query.
    func queues() throws -> Answer {
        try Answer(encoding: QueuesReport(services.databases.databases))
    }

    /// Loads the queries of one database, or of all, anew.
    func reload(_ name: String?) async throws -> Answer {
        let outcomes = await services.databases.reloadQueries(of: name)
        let report = ReloadReport(databases: outcomes)
        return try Answer(status: report.success ? 200 : 503, encoding: report)
    }

    /// All metrics.
    func metrics() -> Answer {
        Answer(content: .metrics, ByteBuffer(string: services.metrics.exposition()))
    }

    private var uptime: Duration { madeAt.duration(to: .now) }
}
