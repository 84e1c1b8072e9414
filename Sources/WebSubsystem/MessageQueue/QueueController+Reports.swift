import DatabaseSubsystem
import FoundationEssentials
import Hummingbird
import HydrogenCore
import MessageQueueSubsystem

/// The endpoints of operators.
extension QueueController {
    /// Answers a request for a report.
    func answer(_ request: Request, to route: OperatorRoute, _ context: WebContext) async throws -> Answer {
        try await answering {
            try admit(request, as: route.role)
            var given: [String: JSONValue] = [:]
            for part in route.template.split(separator: "/") where part.first == ":" {
                let name = String(part.dropFirst())
                given[name] = .string(try segment(name, context))
            }
            if route.method == "POST" {
                let body = try await optionalBody(request)
                return try await report(route) { given[$0] ?? body?.value[$0]?.value }
            }
            let query = QueueQuery(RequestTarget(request.head.path ?? "/").query)
            return try await report(route) { name in given[name] ?? query.text(name).map { .string($0) } }
        }
    }

    private func report(_ route: OperatorRoute, _ given: (String) -> JSONValue?) async throws(QueueFault) -> Answer {
        Answer(status: route.status, try await queue().report(route.report, given))
    }

    // MARK: Maintenance

    /// Says whether pops are answered as if there were nothing.
    func popMaintenance() throws(QueueFault) -> Answer {
        let isOn = try queue().isPopMaintenanceOn
        return Answer(
            json: """
                {"popMaintenanceMode":\(isOn),"message":"\(isOn ? "Pops find nothing" : "Messages are handed out")"}
                """
        )
    }

    /// Has pops answered so, or not any more.
    func turnPopMaintenance(_ request: Request) async throws -> Answer {
        guard case .boolean(let isOn)? = try await body(request).value["enabled"]?.value else {
            throw QueueFault.malformed("enabled (boolean) is required")
        }
        try await queue().turnPopMaintenance(on: isOn)
        return try popMaintenance()
    }

    // MARK: This process

    /// How this process does at present: one point, as no history is kept of it.
    func systemMetrics() throws(QueueFault) -> Answer {
        let facts = ProcessFacts()
        let times = ProcessTimes()
        let waiting = try queue().waitingCount
        let now = Date.now.formatted(.iso8601)
        func gauge(_ value: Int) -> String { #"{"avg":\#(value),"min":\#(value),"max":\#(value),"last":\#(value)}"# }
        return Answer(
            json: """
                {"timeRange":{"from":"\(now)","to":"\(now)"},"bucketMinutes":1,"pointCount":1,"replicaCount":1,"replicas":[\
                {"hostname":\(ProcessInfo.processInfo.hostName.jsonQuoted),"port":null,"workerId":"hydrogen","timeSeries":[\
                {"timestamp":"\(now)","sampleCount":1,"metrics":{"cpu":{"user_us":\(gauge(times.user)),\
                "system_us":\(gauge(times.system))},"memory":{"rss_bytes":\(gauge(facts.residentBytes ?? 0))},\
                "database":{},"threadpool":{"threads":\(gauge(facts.threads ?? 0))},\
                "registries":{"waiting_pops":\(gauge(waiting))},"shared_state":{}}}]}]}
                """
        )
    }
}
