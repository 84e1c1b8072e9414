import HydrogenCore

/// The tables whose changes a database is asked to tell.
package struct FeedSettings: Sendable, Hashable {
    /// The tables, `name` or `schema.name`; none for no feed.
    package let tables: [String]
    /// How often the database is asked for changes that it does not tell by itself.
    package let pollInterval: Duration

    /// How many connections the feed takes.
    var connections: Int { tables.isEmpty ? 0 : 1 }

    /// Reads the section `Triggers`.
    ///
    /// - `Tables`: the tables. Default: none.
    /// - `PollIntervalMilliseconds`: default 1,000, 10 to 60,000.
    init(_ reader: ConfigurationReader) {
        let section = reader.optionalSection("Triggers") { reader in
            let tables = reader.strings("Tables")
            for table in tables where !TableList.isName(table) {
                reader.fault("Tables", expected: TableList.expectation, got: table.jsonQuoted)
            }
            return (
                tables.filter(TableList.isName),
                reader.value("PollIntervalMilliseconds", .milliseconds(10...60_000), default: Self.defaultInterval)
            )
        }
        (tables, pollInterval) = section ?? ([], Self.defaultInterval)
    }

    init(tables: [String], pollInterval: Duration) {
        self.tables = tables
        self.pollInterval = pollInterval
    }

    private static let defaultInterval = Duration.seconds(1)
}
