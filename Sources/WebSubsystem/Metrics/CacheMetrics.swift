import DatabaseSubsystem
import HydrogenCore

/// What every result cache does and holds, asked for at each scrape.
enum CacheMetrics {
    /// The metrics of this moment.
    static func collect(_ databases: [Database]) -> [CollectedMetric] {
        let caches = databases.compactMap { database in database.cacheStatistics.map { (database.name, $0) } }
        func samples(_ value: (ResultCache.Statistics) -> Int) -> [CollectedMetric.Sample] {
            caches.map { CollectedMetric.Sample(Double(value($1)), labels: [("database", $0)]) }
        }
        return [
            .counter(
                "hydrogen.database.cache.answers",
                help: "Callers of cacheable queries, by where their rows came from",
                samples: caches.flatMap { name, statistics in
                    CacheNote.Source.allCases.map { source in
                        let labels = [("database", name), ("source", source.rawValue)]
                        return CollectedMetric.Sample(Double(statistics.answers[source] ?? 0), labels: labels)
                    }
                }
            ),
            .counter(
                "hydrogen.database.cache.evictions",
                help: "Results that a cache gave up for others",
                samples: samples(\.evictions)
            ),
            .gauge("hydrogen.database.cache.results", help: "Results that a cache keeps", samples: samples(\.count)),
            .gauge(
                "hydrogen.database.cache.size.bytes",
                help: "What the results of a cache take in memory, in bytes",
                samples: samples(\.bytes)
            ),
        ]
    }
}
