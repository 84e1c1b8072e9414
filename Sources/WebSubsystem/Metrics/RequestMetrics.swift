import CoreMetrics
import HydrogenCore
import Synchronization

/// Measures requests, by endpoint, method and status.
final class RequestMetrics: Sendable {
    /// From the request's head to its response.
    ///
    /// Source: OpenTelemetry, "Semantic conventions for HTTP metrics".
    static let duration = MetricDescription(
        "http.server.request.duration",
        help: "From a request's head to its response, in seconds"
    )

    private struct Key: Hashable {
        let route: String?
        let method: String
        let status: Int
    }

    /// The status that stands for a client that left before its answer, as log analysers know it.
    static let clientLeft = 499

    /// The word for paths that no endpoint has.
    static let unmatched = "unmatched"

    private let factory: any MetricsFactory
    private let timers = Mutex<[Key: Timer]>([:])

    /// Measures by timers of `factory`.
    init(factory: any MetricsFactory) {
        self.factory = factory
    }

    /// Measures one request; `route` is the template of its path, `nil` when no endpoint has the path.
    ///
    /// Methods that HTTP servers rarely see count as `_OTHER`: labels are bounded.
    func record(route: String?, method: String, status: Int, elapsed: Duration) {
        let key = Key(route: route, method: Self.known.contains(method) ? method : "_OTHER", status: status)
        let timer = timers.withLock { timers in
            if let timer = timers[key] { return timer }
            let timer = make(key)
            timers[key] = timer
            return timer
        }
        let (seconds, attoseconds) = elapsed.components
        timer.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    private static let known: Set<String> = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

    private func make(_ key: Key) -> Timer {
        let dimensions = [
            ("http.route", key.route ?? Self.unmatched),
            ("http.request.method", key.method),
            ("http.response.status_code", String(key.status)),
        ]
        return Timer(label: Self.duration.label, dimensions: dimensions, factory: factory)
    }
}
