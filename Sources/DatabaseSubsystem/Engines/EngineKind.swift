package import HydrogenCore

/// A kind of database that the configuration's `Engine` can name: one entry of the registry of engines.
package struct EngineKind: Sendable {
    /// What every engine of one connection needs besides its own keys.
    package struct CommonSettings: Sendable {
        /// How many statements each connection keeps prepared.
        package let statementCacheSize: Int
    }

    /// The name in reports and data: `sqlite`.
    package let name: String
    /// The product's name in reports: `SQLite`.
    package let title: String
    /// Every spelling that `Engine` accepts.
    package let spellings: [String]
    /// How the engine's SQL quotes: of query files, bootstraps and migrations.
    package var dialect = SQLDialect.standard
    /// Reads the engine's own keys of one connection, and makes the engine.
    package let make: @Sendable (ConfigurationReader, CommonSettings) -> any DatabaseEngine

    /// The registry: an engine is added by one line.
    package static let all: [EngineKind] = [
        PostgreSQLEngine.kind,
        SQLiteEngine.kind,
        MySQLEngine.kind,
        CLIEngine.db2,
        CLIEngine.odbc,
        AIEngine.kind,
    ]

    /// Stands for an engine that the configuration spells wrongly: it takes every key, so that only the spelling is at fault.
    static let unknown = EngineKind(name: "unknown", title: "unknown", spellings: []) { reader, settings in
        reader.acceptAll()
        return SQLiteEngine(
            database: ":memory:",
            resolve: { $0 },
            busyTimeout: .zero,
            statementCacheSize: settings.statementCacheSize
        )
    }

    /// All spellings of all engines.
    static let bySpelling: [String: EngineKind] = Dictionary(
        uniqueKeysWithValues: all.flatMap { kind in kind.spellings.map { ($0, kind) } }
    )
}

extension EngineKind: CustomStringConvertible {
    package var description: String { name }
}
