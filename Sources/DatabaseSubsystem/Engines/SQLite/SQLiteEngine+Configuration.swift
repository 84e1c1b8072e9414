import HydrogenCore

extension SQLiteEngine {
    /// SQLite's entry in the registry of engines.
    static let kind = EngineKind(name: "sqlite", title: "SQLite", spellings: ["sqlite"]) { reader, settings in
        SQLiteEngine(reader, statementCacheSize: settings.statementCacheSize)
    }

    /// Reads SQLite's keys of one connection.
    ///
    /// - `Database`, or `ConnectionString` in its place: the path of the file, relative to the configuration file's folder, or
    ///   `:memory:`. Required.
    /// - `BusyTimeoutMilliseconds`: the longest wait for another connection's lock. Default: 5,000.
    private convenience init(_ reader: ConfigurationReader, statementCacheSize: Int) {
        let text = ValueKind<String>.string(length: 1...4096)
        let busyTimeout = reader.value("BusyTimeoutMilliseconds", .milliseconds(0...600_000), default: .seconds(5))
        let connectionString = reader.optional("ConnectionString", text)
        let database =
            connectionString != nil
            ? reader.optional("Database", text) ?? connectionString
            : reader.required("Database", text, placeholder: ":memory:")
        if let connectionString, let database, connectionString != database {
            reader.fault("ConnectionString", expected: "either Database or ConnectionString", got: "both")
        }
        self.init(
            database: database ?? ":memory:",
            resolve: reader.files.resolved,
            busyTimeout: busyTimeout,
            statementCacheSize: statementCacheSize
        )
    }
}
