package import HydrogenCore

/// One entry of `Databases.Connections`: a database, its queues, and where its queries come from.
package struct ConnectionConfiguration: Sendable {
    /// The database's name in URLs, labels and logs: letters, digits, `_`, `.` and `-`.
    package let name: String
    /// Whether the database is to fly.
    package let isEnabled: Bool
    /// The kind of the database.
    package let kind: EngineKind
    /// The adapter, made from the engine's own keys.
    package internal(set) var engine: any DatabaseEngine
    /// The children of each type.
    package let queues: [QueueTag: QueueLimits]
    /// The most children of all types together.
    package let maximumChildren: Int
    /// How many connections the queues need, and may need.
    package let budget: ConnectionBudget
    /// The most queries that may wait in one DQM.
    package let maximumQueueDepth: Int
    /// How long a query may take in all, where its template says nothing.
    package let queryTimeout: Duration
    /// The largest result, in encoded bytes.
    package let maximumResultBytes: Int
    /// The most rows of a result, where its template says nothing; zero for all.
    package let maximumRows: Int
    /// What is bound to parameters of these names where callers provide nothing, as a URL would write it.
    package let parameters: [String: String]
    /// The most queries of one batch.
    package let maximumQueriesPerRequest: Int
    /// What the result cache may hold.
    package let cache: CacheLimits
    /// The tables whose changes are followed.
    package let feed: FeedSettings
    /// Where query templates come from.
    package let queries: QuerySources
    /// The file that keeps what callers of queries rely on.
    let contractFile: ContractFile?
    /// The folder of migrations.
    package let migrations: String?
    /// Where `Queries` and `Migrations` lead.
    package let files: ConfigurationFiles

    /// Reads one connection; the engine reads the keys of its own.
    ///
    /// - `Name`: required, at most 64 letters, digits, `_`, `.` and `-`, the first a letter.
    /// - `Enabled`: default `true`.
    /// - `Engine`, or `Type` in its place: required.
    /// - `Queues`, `Workers`: see ``QueueLimits``.
    /// - `MaxQueueDepth`: default 1,000, 1 to 1,000,000.
    /// - `QueryTimeoutSeconds`: default 30, 1 to 86,400.
    /// - `MaxResultBytes`: default 64 MiB, 1 KiB to 1 GiB.
    /// - `MaxRows`: default 0, which is all; up to 1,000,000,000.
    /// - `Parameters`: texts by the names of parameters. Default: none.
    /// - `MaxQueriesPerRequest`: default 10, 1 to 100.
    /// - `Triggers`: see ``FeedSettings``.
    /// - `Cache`: see ``CacheLimits``.
    /// - `PreparedStatementCacheSize`: statements kept by each connection. Default 256, 1 to 100,000.
    /// - `Queries`, `Bootstrap`, `QueryTables`: see ``QuerySources``.
    /// - `ContractFile`: a file, relative to the configuration file's folder. Default: none.
    /// - `Migrations`: a folder, relative to the configuration file's. Default: none.
    package init(_ reader: ConfigurationReader, bounds: QueueLimits.Bounds) {
        name = Self.name(reader)
        isEnabled = reader.value("Enabled", .boolean, default: true)
        kind = Self.engineKind(reader)
        let cacheSize = reader.value("PreparedStatementCacheSize", .integer(1...100_000), default: 256)
        engine = kind.make(reader, EngineKind.CommonSettings(statementCacheSize: cacheSize))
        queues = QueueLimits.read(reader, bounds: bounds)
        maximumChildren = bounds.children
        parameters = reader.dictionary("Parameters", .string(length: 0...4096))
        for name in parameters.keys.sorted() where !ParameterDeclaration.isValidName(name) {
            reader.fault("Parameters", expected: "names of letters, digits and _", got: name.jsonQuoted)
        }
        maximumQueriesPerRequest = reader.value("MaxQueriesPerRequest", .integer(1...100), default: 10)
        feed = FeedSettings(reader)
        budget = ConnectionBudget(
            queues,
            children: bounds.children,
            feeds: feed.connections,
            pool: bounds.connections
        )
        maximumQueueDepth = reader.value("MaxQueueDepth", .integer(1...1_000_000), default: 1000)
        queryTimeout = reader.value("QueryTimeoutSeconds", .seconds(1...86_400), default: .seconds(30))
        maximumResultBytes = reader.value("MaxResultBytes", .integer(1024...1 << 30), default: 64 << 20)
        maximumRows = reader.value("MaxRows", .integer(QueryTemplate.rowLimits), default: 0)
        cache = CacheLimits(reader)
        queries = QuerySources(reader)
        contractFile = reader.optional("ContractFile", .string(length: 1...4096))
            .map { ContractFile(path: reader.files.resolved($0)) }
        migrations = reader.optional("Migrations", .string(length: 1...4096))
        files = reader.files
    }

    private static func name(_ reader: ConfigurationReader) -> String {
        let name = reader.required("Name", .string(length: 1...64), placeholder: "unnamed")
        let isAllowed: (Character) -> Bool = { $0.isASCII && ($0.isLetter || $0.isNumber || "_.-".contains($0)) }
        if !name.allSatisfy(isAllowed) || name.first?.isLetter != true {
            reader.fault("Name", expected: "a letter, then letters, digits, _ . or -", got: name.jsonQuoted)
        }
        return name
    }

    private static func engineKind(_ reader: ConfigurationReader) -> EngineKind {
        let kinds = ValueKind<EngineKind>.oneOf(EngineKind.bySpelling)
        if reader.isPresent("Type") {
            if reader.isPresent("Engine") {
                reader.fault("Type", expected: "either Engine or Type", got: "both")
            }
            return reader.required("Type", kinds, placeholder: .unknown)
        }
        return reader.required("Engine", kinds, placeholder: .unknown)
    }
}
