import HydrogenCore

extension PostgreSQLEngine {
    /// PostgreSQL's entry in the registry of engines.
    static let kind = EngineKind(
        name: "postgresql",
        title: "PostgreSQL",
        spellings: ["postgresql", "postgres"]
    ) { reader, settings in
        PostgreSQLEngine(reader, statementCacheSize: settings.statementCacheSize)
    }

    /// How a connection is encrypted. Source: PostgreSQL manual, section 34.19.1.
    private static let sslModes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]
    /// Which servers of a list will do. Source: PostgreSQL manual, section 34.1.2.
    private static let targets = ["any", "read-write", "read-only", "primary", "standby", "prefer-standby"]

    /// Reads PostgreSQL's keys of one connection.
    ///
    /// - `ConnectionString`: a `postgresql://` URL or keyword=value pairs of libpq. A secret. Keys win over it.
    /// - `Host`, `Port`, `Database`, `User`, `Pass`: as libpq's `host`, `port`, `dbname`, `user`, `password`. `Database` is required
    ///   without a `ConnectionString`. Several hosts are separated by commas.
    /// - `Schema`: the search path. Default: the server's.
    /// - `SSLMode`, `SSLRootCertificate`, `SSLCertificate`, `SSLKey`: as libpq's `sslmode` and its like.
    /// - `TargetSession`: as libpq's `target_session_attrs`.
    /// - `ConnectTimeoutSeconds`: for each host. Default: 5.
    /// - `FastTimeoutMilliseconds`: the server-side limit of a pipelined query. Default: 250.
    /// - `TCPUserTimeoutSeconds`: how long the network may be silent over sent data. Default: 10.
    /// - `Isolation`: of every transaction. Default: the server's.
    private init(_ reader: ConfigurationReader, statementCacheSize: Int) {
        let text = ValueKind<String>.string(length: 1...4096)
        var settings = PostgreSQLSettings()
        settings.connectionString = reader.optional("ConnectionString", .secret)
        let database =
            settings.connectionString == nil
            ? reader.required("Database", text, placeholder: "postgres") : reader.optional("Database", text)
        let host = reader.optional("Host", text)
        let port = reader.optional("Port", .integer(1...65_535)).map(String.init)
        settings.password = reader.optional("Pass", .secret)
        settings.schema = reader.optional("Schema", text)
        let named: [(String, String?)] = [
            ("dbname", database), ("host", host), ("port", port), ("user", reader.optional("User", text)),
            ("sslmode", reader.optional("SSLMode", .word(Self.sslModes))),
            (
                "sslrootcert",
                reader.optional("SSLRootCertificate", text).map { $0 == "system" ? $0 : reader.files.resolved($0) }
            ),
            ("sslcert", reader.optional("SSLCertificate", text).map(reader.files.resolved)),
            ("sslkey", reader.optional("SSLKey", text).map(reader.files.resolved)),
            ("target_session_attrs", reader.optional("TargetSession", .word(Self.targets))),
        ]
        for (keyword, value) in named { settings.keywords[keyword] = value }
        settings.connectTimeout = reader.value(
            "ConnectTimeoutSeconds",
            .seconds(1...300),
            default: settings.connectTimeout
        )
        settings.quickTimeout = reader.value(
            "FastTimeoutMilliseconds",
            .milliseconds(10...60_000),
            default: settings.quickTimeout
        )
        settings.tcpUserTimeout = reader.value(
            "TCPUserTimeoutSeconds",
            .seconds(1...3600),
            default: settings.tcpUserTimeout
        )
        settings.isolation = reader.optional("Isolation", .word(TransactionIsolation.allCases.map(\.rawValue)))
            .flatMap { TransactionIsolation(rawValue: $0) }
        if let string = settings.connectionString { Self.check(string, reader) }
        let place =
            settings.connectionString != nil && host == nil
            ? "server of ConnectionString" : "server \(host ?? "local socket")"
        self.init(
            settings,
            place: place + (port.map { ", port \($0)" } ?? "") + (database.map { ", database \($0)" } ?? ""),
            statementCacheSize: statementCacheSize
        )
    }

    /// What can be said of a connection string without libpq.
    private static func check(_ string: Secret, _ reader: ConfigurationReader) {
        let text = string.reveal()
        let isURL = text.hasPrefix("postgresql://") || text.hasPrefix("postgres://")
        guard !isURL, !text.contains("=") else { return }
        reader.fault("ConnectionString", expected: "postgresql://… or keyword=value pairs", got: "neither (not shown)")
    }
}

extension ValueKind where T == String {
    /// One of these words.
    static func word(_ words: [String]) -> ValueKind {
        .oneOf(Dictionary(uniqueKeysWithValues: words.map { ($0, $0) }))
    }
}
