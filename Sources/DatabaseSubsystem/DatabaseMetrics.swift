import CoreMetrics
import HydrogenCore

/// What one database counts and measures.
struct DatabaseMetrics: Sendable {
    let factory: any MetricsFactory

    private let queues: [QueueTag: Timer]

    init(database: String, factory: any MetricsFactory) {
        self.factory = factory
        self.queues = Dictionary(
            uniqueKeysWithValues: QueueTag.childTags.map { tag in
                let dimensions = [("database", database), ("queue", tag.rawValue)]
                return (tag, Timer(label: MetricNames.queueDuration, dimensions: dimensions, factory: factory))
            }
        )
    }

    /// Measures a query from its submission to its answer, by queue and by query.
    func record(_ result: Result<QueryAnswer, DatabaseError>, of query: PreparedQuery, tag: QueueTag, elapsed: Duration)
    {
        queues[tag]?.recordNanoseconds(elapsed.nanoseconds)
        switch result {
        case .success(let answer): query.duration.recordNanoseconds(answer.executionTime.nanoseconds)
        case .failure: query.failures.increment()
        }
    }
}

/// The names of the subsystem's metrics. Durations are in seconds.
package enum MetricNames {
    /// From submission to answer, by database and queue: `database`, `queue`. Moved by every query that was handed in.
    package static let queueDuration = "hydrogen.database.queue.duration"
    /// On the database, by query: `database`, `query_id`. Moved by every query answered with rows.
    package static let operationDuration = "db.client.operation.duration"
    /// Queries answered with an error, by query: `database`, `query_id`.
    package static let operationFailures = "hydrogen.database.query.failures"
}

extension Duration {
    /// Whole nanoseconds; over 292 years, the most there is.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : product + attoseconds / 1_000_000_000
    }
}
