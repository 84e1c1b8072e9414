import HydrogenCore
import Logging

/// One answered request, as metrics and log lines tell of it.
struct RequestRecord: Sendable {
    /// The template of the endpoint's path; `nil` when no endpoint has the path.
    let route: String?
    let method: String
    let status: Int
    let elapsed: Duration
    let requestID: String
    /// What was wrong, if anything was.
    var error: ErrorCode?
}

/// Where every request is measured and, at DEBUG, logged: the same for both lanes.
struct RequestTelemetry: Sendable {
    private let metrics: RequestMetrics
    private let logger: Logger

    /// Records in both.
    init(metrics: RequestMetrics, logger: Logger) {
        self.metrics = metrics
        self.logger = logger
    }

    /// Measures and logs one request.
    func record(_ request: RequestRecord) {
        metrics.record(
            route: request.route,
            method: request.method,
            status: request.status,
            elapsed: request.elapsed
        )
        guard logger.logLevel <= .debug else { return }
        var metadata: Logger.Metadata = .fields([
            .requestID: "\(request.requestID)",
            .requestMethod: "\(request.method)",
            .route: "\(request.route ?? RequestMetrics.unmatched)",
            .responseStatus: "\(request.status)",
            .duration: "\(request.elapsed.report)",
        ])
        if let error = request.error { metadata[LogKey.errorCode.name] = "\(error.rawValue)" }
        logger.debug("Request answered", metadata: metadata)
    }

    /// Logs an error that the code did not foresee: its response shows nothing of it.
    func unforeseen(_ error: any Error, requestID: String) {
        logger.error("Request failed", error: error, metadata: .fields([.requestID: "\(requestID)"]))
    }
}
