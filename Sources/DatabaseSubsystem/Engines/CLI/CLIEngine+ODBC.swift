import HydrogenCore

extension CLIEngine {
    /// ODBC's entry in the registry of engines.
    static let odbc = EngineKind(name: "odbc", title: "ODBC", spellings: ["odbc"]) { reader, settings in
        CLIEngine(odbc: reader, statementCacheSize: settings.statementCacheSize)
    }

    /// Reads ODBC's keys of one connection.
    ///
    /// - `ConnectionString`: `Driver={name};…` or `DSN=name;…`. A secret. Keys win over it.
    /// - `DSN`: the name of a data source of `odbc.ini`, without semicolons and braces. Required without a `ConnectionString`.
    /// - `User`, `Pass`: as the keywords UID and PWD.
    /// - `ConnectTimeoutSeconds`, `Isolation`, `Library`: see ``CLISettings/readCommon(_:)``.
    private init(odbc reader: ConfigurationReader, statementCacheSize: Int) {
        let text = ValueKind<String>.string(length: 1...4096)
        var settings = CLISettings(.odbc(path: CLILibrary.path(reader.optional("Library", text), reader.files)))
        settings.connectionString = reader.optional("ConnectionString", .secret)
        let name =
            settings.connectionString == nil
            ? reader.required("DSN", text, placeholder: "unnamed") : reader.optional("DSN", text)
        Self.checkName(name, reader)
        let named: [(String, String?)] = [("DSN", name), ("UID", reader.optional("User", text))]
        settings.keywords = named.compactMap { keyword, value in value.map { .init(keyword: keyword, value: $0) } }
        settings.readCommon(reader)
        self.init(
            settings,
            place: name.map { "data source \($0)" } ?? "data source of ConnectionString",
            statementCacheSize: statementCacheSize
        )
    }

    /// What follows the name of a data source as in a connection string may be a password, and the name is shown.
    private static func checkName(_ name: String?, _ reader: ConfigurationReader) {
        guard let name, name.utf8.contains(where: { ";{}".utf8.contains($0) }) else { return }
        reader.fault(
            "DSN",
            expected: "the name of a data source alone; keywords belong into odbc.ini, or into ConnectionString",
            got: "a text with a semicolon or brace (not shown)"
        )
    }
}
