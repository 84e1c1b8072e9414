/// The endpoints of the server.
///
/// Each line of the table in `docs/api.md` is one of these.
enum Route: String, Sendable, Hashable, CaseIterable {
    case root
    case query
    case conduit
    case conduitBatch
    case conduitAuth
    case conduitAuthBatch
    case conduitAlt
    case conduitAltBatch
    case conduitStatus
    case health
    case readiness
    case info
    case launch
    case config
    case recent
    case queues
    case reload
    case metrics

    /// The path under `API.Prefix`, with `:name` for what varies.
    func template(prefix: String) -> String {
        switch self {
        case .root: "/"
        case .query: "\(prefix)/query/:database/:query_id/:queue_path/:params"
        case .conduit: "\(prefix)/conduit/query"
        case .conduitBatch: "\(prefix)/conduit/queries"
        case .conduitAuth: "\(prefix)/conduit/auth_query"
        case .conduitAuthBatch: "\(prefix)/conduit/auth_queries"
        case .conduitAlt: "\(prefix)/conduit/alt_query"
        case .conduitAltBatch: "\(prefix)/conduit/alt_queries"
        case .conduitStatus: "\(prefix)/conduit/status"
        case .health, .readiness, .info, .launch, .config, .recent, .queues, .reload: "\(prefix)/system/\(rawValue)"
        case .metrics: "/metrics"
        }
    }

    /// The methods that the endpoint takes.
    var methods: [String] {
        switch self {
        case .query: ["GET", "HEAD", "POST"]
        case .conduit, .conduitBatch, .conduitAuth, .conduitAuthBatch, .conduitAlt, .conduitAltBatch, .reload: ["POST"]
        case .conduitStatus, .root, .health, .readiness, .info, .launch, .config, .recent, .queues, .metrics:
            ["GET", "HEAD"]
        }
    }

    /// What the endpoint answers, for the page at `/`.
    var purpose: String {
        switch self {
        case .root: "this list"
        case .query: "runs a registered query; params are optional: a=1&b=x"
        case .conduit: "runs a public query: query_ref, database, params"
        case .conduitBatch: "runs several public queries of one database: database, queries, atomic"
        case .conduitAuth: "runs a query of the caller's own database: query_ref, params"
        case .conduitAuthBatch: "runs several queries of the caller's own database: queries, atomic"
        case .conduitAlt: "runs a query of a database that the caller may use: query_ref, database, params"
        case .conduitAltBatch: "runs several queries of a database that the caller may use: database, queries, atomic"
        case .conduitStatus: "which databases serve"
        case .health: "whether the process lives; touches no database"
        case .readiness: "whether requests should come: 200 or 503"
        case .info: "version, process, subsystems, databases"
        case .launch: "the launch report"
        case .config: "the effective configuration, secrets masked"
        case .recent: "the newest log lines; ?subsystem= &level= &limit="
        case .queues: "every queue and query of every database"
        case .reload: "loads queries anew: database, or all of them"
        case .metrics: "metrics for Prometheus"
        }
    }

    /// Whether the endpoint tells what only operators should know, or does what only they should do.
    var isForOperators: Bool {
        switch self {
        case .info, .launch, .config, .recent, .queues, .reload, .metrics: true
        case .root, .query, .conduit, .conduitBatch, .conduitAuth, .conduitAuthBatch, .conduitAlt, .conduitAltBatch,
            .conduitStatus, .health, .readiness:
            false
        }
    }
}
