import DatabaseSubsystem
import HydrogenCore

/// What every queue does, asked for at each scrape.
struct QueueMetrics: Sendable {
    let databases: DatabaseSubsystem

    /// The metrics of this moment.
    func collect() -> [CollectedMetric] {
        let databases = databases.databases
        let queues = databases.flatMap { database in database.queues.map { (database.name, $0.label, $0.statistics) } }
        func samples(_ value: (QueueStatistics) -> Double) -> [CollectedMetric.Sample] {
            queues.map { name, label, statistics in
                CollectedMetric.Sample(
                    value(statistics),
                    labels: [("database", name), ("dqm", Self.number(of: label))]
                )
            }
        }
        return [
            .gauge(
                "hydrogen.database.queue.depth",
                help: "Queries that wait in a DQM",
                samples: samples { Double($0.depth) }
            ),
            .gauge(
                "hydrogen.database.queue.running",
                help: "Queries that a DQM runs",
                samples: samples { Double($0.running) }
            ),
            .counter(
                "hydrogen.database.queue.busy.seconds",
                help: "Time a DQM spent running queries, in seconds",
                samples: samples { $0.busyTime.seconds }
            ),
            .counter(
                "hydrogen.database.queue.queries",
                help: "Queries that left a DQM, by what became of them",
                samples: queues.flatMap { name, label, statistics in
                    Self.outcomes(of: statistics).map { outcome, count in
                        let labels = [("database", name), ("dqm", Self.number(of: label)), ("outcome", outcome)]
                        return CollectedMetric.Sample(Double(count), labels: labels)
                    }
                }
            ),
            .gauge(
                "hydrogen.database.children",
                help: "Children of a Lead that bear a tag",
                samples: databases.flatMap(Self.children)
            ),
            .gauge(
                "hydrogen.database.ready",
                help: "Whether a database serves: 1 or 0",
                samples: databases.map { database in
                    CollectedMetric.Sample(database.phase == .ready ? 1 : 0, labels: [("database", database.name)])
                }
            ),
        ] + CacheMetrics.collect(databases)
    }

    private static func outcomes(of statistics: QueueStatistics) -> [(String, Int)] {
        [
            ("processed", statistics.processed), ("failed", statistics.failed), ("timed_out", statistics.timedOut),
            ("cancelled", statistics.cancelled), ("rejected", statistics.rejected),
        ]
    }

    private static func children(of database: Database) -> [CollectedMetric.Sample] {
        let children = database.queues.dropFirst()
        return QueueTag.childTags.map { tag in
            let count = children.count { $0.label.tags.contains(TagSet(tag)) }
            return CollectedMetric.Sample(
                Double(count),
                labels: [("database", database.name), ("queue", tag.rawValue)]
            )
        }
    }

    /// `00` is the Lead.
    private static func number(of label: QueueLabel) -> String {
        label.number < 10 ? "0\(label.number)" : "\(label.number)"
    }
}
