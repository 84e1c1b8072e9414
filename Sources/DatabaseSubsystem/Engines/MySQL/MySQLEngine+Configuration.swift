import HydrogenCore

extension MySQLEngine {
    /// MySQL's and MariaDB's entry in the registry of engines.
    static let kind = EngineKind(
        name: "mysql",
        title: "MySQL/MariaDB",
        spellings: ["mysql", "mariadb"],
        dialect: .mysql
    ) { reader, settings in
        MySQLEngine(reader, statementCacheSize: settings.statementCacheSize)
    }

    /// Reads the keys of one connection.
    ///
    /// - `ConnectionString`: `mysql://user:password@host:port/database?ssl-mode=…`. A secret. Keys win over it.
    /// - `Host`: names or addresses, separated by commas and tried in order. Default: `127.0.0.1`.
    /// - `Port`: of every server. Default: 3306.
    /// - `Socket`: the path of a local socket, in place of `Host`.
    /// - `Database`: required without a `ConnectionString`.
    /// - `User`, `Pass`.
    /// - `SSLMode`: default `prefer`. `SSLRootCertificate`, `SSLCertificate`, `SSLKey`: paths of PEM files.
    /// - `ConnectTimeoutSeconds`: for each server. Default: 5.
    /// - `Isolation`: of every transaction. Default: the server's.
    private init(_ reader: ConfigurationReader, statementCacheSize: Int) {
        let text = ValueKind<String>.string(length: 1...4096)
        let string = reader.optional("ConnectionString", .secret)
        let parsed = string.flatMap { MySQLConnectionString($0.reveal()) }
        if string != nil, parsed == nil {
            reader.fault(
                "ConnectionString",
                expected: "mysql://user:password@host:port/database, and ssl-mode and its like behind a ?",
                got: "something else (not shown)"
            )
        }
        var settings = parsed?.settings ?? MySQLSettings()
        let database =
            string == nil
            ? reader.required("Database", text, placeholder: "mysql") : reader.optional("Database", text)
        settings.database = database ?? settings.database
        Self.readPlace(reader, into: &settings)
        settings.user = reader.optional("User", text) ?? settings.user
        settings.password = reader.optional("Pass", .secret) ?? settings.password
        Self.readTLS(reader, into: &settings)
        settings.connectTimeout = reader.value(
            "ConnectTimeoutSeconds",
            .seconds(1...300),
            default: settings.connectTimeout
        )
        settings.isolation = reader.optional("Isolation", .oneOf(TransactionIsolation.self))
        self.init(settings, statementCacheSize: statementCacheSize)
    }

    private static func readPlace(_ reader: ConfigurationReader, into settings: inout MySQLSettings) {
        let text = ValueKind<String>.string(length: 1...4096)
        let host = reader.optional("Host", text)
        let port = reader.optional("Port", .integer(1...65_535))
        let socket = reader.optional("Socket", .string(length: 1...107)).map(reader.files.resolved)
        if socket != nil, host != nil || port != nil {
            reader.fault("Socket", expected: "either Socket or Host and Port", got: "both")
        }
        if let host {
            settings.servers = MySQLSettings.servers(host, port: port ?? MySQLSettings.defaultPort)
            settings.socket = nil
            settings.showsPlaces = true
            if settings.servers.isEmpty { reader.fault("Host", expected: "the name of a server", got: host.jsonQuoted) }
        } else if let port {
            for index in settings.servers.indices { settings.servers[index].port = port }
        }
        if let socket {
            settings.socket = socket
            settings.showsPlaces = true
        }
    }

    private static func readTLS(_ reader: ConfigurationReader, into settings: inout MySQLSettings) {
        let text = ValueKind<String>.string(length: 1...4096)
        settings.tlsMode = reader.optional("SSLMode", .oneOf(MySQLSettings.TLSMode.self)) ?? settings.tlsMode
        func path(_ key: String) -> String? { reader.optional(key, text).map(reader.files.resolved) }
        settings.rootCertificate =
            reader.optional("SSLRootCertificate", text).map { $0 == "system" ? $0 : reader.files.resolved($0) }
            ?? settings.rootCertificate
        settings.certificate = path("SSLCertificate") ?? settings.certificate
        settings.key = path("SSLKey") ?? settings.key
        guard settings.tlsMode.verifies, settings.rootCertificate == nil else { return }
        reader.fault(
            nil,
            expected: "SSLRootCertificate: a file, or system, as the server's certificate is to be checked",
            got: "none"
        )
    }
}
