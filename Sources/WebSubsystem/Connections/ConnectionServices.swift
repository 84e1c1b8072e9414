import HydrogenCore
import NIOCore

/// What all connections share.
struct ConnectionServices: Sendable {
    /// What is to be found at each path.
    let routes: RouteTable
    let parser: QueryRequestParser
    let identity: RequestIdentity
    let telemetry: RequestTelemetry
    /// The template of queries' paths.
    let queryTemplate: String
    /// The path of the question for liveness.
    let healthPath: String
    /// The answer to the question for liveness.
    let health: @Sendable () -> Answer
    let connections: Connections
    let clock: any MonotonicClock
    /// The largest request body, in bytes.
    let maximumRequestBytes: Int
    /// Whether pages of other sites may not POST: where callers prove nothing, any page that an operator opens could.
    let refusesOtherSites: Bool
    /// How long a body may take.
    let requestTimeout: TimeAmount
    let date = HTTPDate()
    let queries = LoopQueriesByLoop()

    /// How long a connection without a request stays open.
    static let idleTimeout = TimeAmount.seconds(75)
    /// How long the rest of a refused request is discarded.
    static let lingerTime = TimeAmount.seconds(2)
}
