import HydrogenCore

extension CLIEngine {
    /// DB2's entry in the registry of engines.
    static let db2 = EngineKind(name: "db2", title: "IBM DB2", spellings: ["db2", "ibmdb2"]) { reader, settings in
        CLIEngine(db2: reader, statementCacheSize: settings.statementCacheSize)
    }

    /// How a connection is encrypted: the words of all engines, of which DB2 has some.
    private static let sslModes: [String: [CLIConnectionString.Pair]?] = [
        "disable": [], "verify-ca": [.init(keyword: "SECURITY", value: "SSL")],
        "verify-full": [
            .init(keyword: "SECURITY", value: "SSL"), .init(keyword: "SSLCLIENTHOSTNAMEVALIDATION", value: "BASIC"),
        ],
        "allow": nil, "prefer": nil, "require": nil,
    ]

    /// Reads DB2's keys of one connection.
    ///
    /// - `ConnectionString`: a `db2://` URL or DB2's `KEYWORD=value;` pairs. A secret. Keys win over it.
    /// - `Host`, `Port`, `Database`, `User`, `Pass`: as the keywords HOSTNAME, PORT, DATABASE, UID, PWD. `Database` is required
    ///   without a `ConnectionString`; without a `Host` it is a name of the library's own catalog.
    /// - `Schema`: the schema of names without one. Default: the user's.
    /// - `Authentication`: as the keyword. Default: the server's.
    /// - `SSLMode`, `SSLRootCertificate`: `verify-ca` is SECURITY=SSL, the certificate SSLSERVERCERTIFICATE. Default: `disable`.
    /// - `ConnectTimeoutSeconds`, `Isolation`, `Library`: see ``readCommon(_:)``.
    private init(db2 reader: ConfigurationReader, statementCacheSize: Int) {
        let text = ValueKind<String>.string(length: 1...4096)
        var settings = CLISettings(.db2(path: CLILibrary.path(reader.optional("Library", text), reader.files)))
        settings.connectionString = reader.optional("ConnectionString", .secret)
        let database =
            settings.connectionString == nil
            ? reader.required("Database", text, placeholder: "SAMPLE") : reader.optional("Database", text)
        let host = reader.optional("Host", text)
        let port = reader.optional("Port", .integer(1...65_535)).map(String.init)
        let certificate = reader.optional("SSLRootCertificate", text).map(reader.files.resolved)
        let named: [(String, String?)] = [
            ("DATABASE", database), ("HOSTNAME", host), ("PORT", port), ("UID", reader.optional("User", text)),
            ("AUTHENTICATION", reader.optional("Authentication", text)), ("SSLSERVERCERTIFICATE", certificate),
        ]
        settings.keywords = named.compactMap { keyword, value in value.map { .init(keyword: keyword, value: $0) } }
        settings.keywords += Self.security(reader)
        settings.schema = reader.optional("Schema", text)
        settings.readCommon(reader)
        let place = host.map { "server \($0), port \(port ?? "50000")" } ?? "server of ConnectionString"
        self.init(
            settings,
            place: (host == nil && settings.connectionString == nil ? "the library's catalog" : place)
                + (database.map { ", database \($0)" } ?? ""),
            statementCacheSize: statementCacheSize
        )
    }

    private static func security(_ reader: ConfigurationReader) -> [CLIConnectionString.Pair] {
        guard let word = reader.optional("SSLMode", .word(sslModes.keys.sorted())) else { return [] }
        if let pairs = sslModes[word] ?? nil { return pairs }
        reader.fault("SSLMode", expected: "disable, verify-ca or verify-full for DB2", got: word.jsonQuoted)
        return []
    }
}

extension CLISettings {
    /// Reads the keys that DB2 and ODBC share.
    ///
    /// - `Pass`: the password. A secret.
    /// - `ConnectTimeoutSeconds`: how long a login may take. Default: 5.
    /// - `Isolation`: of every transaction. Default: the server's.
    mutating func readCommon(_ reader: ConfigurationReader) {
        password = reader.optional("Pass", .secret)
        connectTimeout = reader.value("ConnectTimeoutSeconds", .seconds(1...300), default: connectTimeout)
        isolation = reader.optional("Isolation", .word(TransactionIsolation.allCases.map(\.rawValue)))
            .flatMap { TransactionIsolation(rawValue: $0) }
        guard connectionString != nil else { return }
        do throws(DatabaseError) {
            _ = try text()
        } catch {
            reader.fault(
                "ConnectionString",
                expected: "KEYWORD=value;…" + (isDB2 ? " or db2://…" : ""),
                got: error.message
            )
        }
    }
}
