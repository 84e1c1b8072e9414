import HydrogenCore

/// A stand-in for the real sections: it reads a text like the design's example with the whole API of the reader.
struct SampleConfiguration: Sendable {
    enum SSLMode: String, CaseIterable, Sendable { case disable, prefer, require }
    enum Engine: Sendable { case postgresql, sqlite, mysql }

    struct Range: Sendable {
        let low: Int
        let high: Int
    }

    struct Connection: Sendable {
        let name: String
        let engine: Engine
        let port: Int?
        let user: String
        let pass: Secret
        let queues: [String: Range]
        let bootstrap: String?
        let tables: [String]
    }

    /// The password of the sample: whoever shows it fails.
    static let canary = "c4n4ry-passw0rd"
    static let environment = ["ACURANZO_USER": "reader", "ACURANZO_PASS": canary, "ACURANZO_BOOTSTRAP": "SELECT 1"]
    /// Keys of the sample that an operator names freely.
    static let freeKeys: Set = ["Launch", "Landing", "INTEGER", "id"]
    static let files = ["secrets/token": canary + "\n"]

    let shutdownTimeout: Duration
    let levels: [String: String]
    let port: Int
    let connections: [Connection]

    static func document(_ text: String = Self.text) throws(ConfigurationFaults) -> ConfigurationDocument {
        try document(bytes: Array(text.utf8))
    }

    static func document(bytes: [UInt8]) throws(ConfigurationFaults) -> ConfigurationDocument {
        try ConfigurationDocument(
            parsing: bytes,
            file: "sample.json",
            files: .builtIn(files),
            environment: environment
        )
    }

    init(_ reader: ConfigurationReader) {
        shutdownTimeout = reader.section("Server") { server in
            _ = server.value("Name", .string(length: 1...64), default: "hydrogen")
            return server.value("ShutdownTimeoutSeconds", .seconds(1...3600), default: .seconds(30), reloadable: true)
        }
        levels = reader.section("Logging") { logging in
            _ = logging.value("Level", .oneOf(["DEBUG": 1, "STATE": 3, "ERROR": 5]), default: 3, reloadable: true)
            return logging.dictionary("Levels", .string)
        }
        port = reader.section("WebServer", Self.webServer)
        reader.section("API") { api in
            _ = api.value("Prefix", .string.checked("a path that starts with /") { $0.hasPrefix("/") }, default: "/api")
            api.section("Auth") { _ = $0.value("Mode", .oneOf(["none": 0, "required": 1]), default: 0) }
        }
        connections = reader.section("Databases") { databases in
            _ = databases.value("DefaultWorkers", .integer(0...64), default: 2)
            _ = databases.value("ScaleFactor", .number(0...10), default: 1.5)
            return databases.list("Connections", Connection.init)
        }
        reader.section("MessageQueue") { queue in
            _ = queue.value("Enabled", .boolean, default: false)
            _ = queue.optional("Database", .string)
        }
    }

    private static func webServer(_ web: ConfigurationReader) -> Int {
        _ = web.value("Enabled", .boolean, default: true)
        _ = web.value("Host", .string, default: "127.0.0.1")
        _ = web.optionalSection("TLS") { tls in
            _ = tls.required("Certificate", .string, placeholder: "")
            _ = tls.required("Key", .string, placeholder: "")
        }
        _ = web.value("MaxRequestBytes", .bytes(1024...1_073_741_824), default: .mebibytes(2))
        return web.value("Port", .integer(1...65_535), default: 5000)
    }
}

extension SampleConfiguration.Connection {
    init(_ reader: ConfigurationReader) {
        name = reader.required("Name", .string(length: 1...64), placeholder: "")
        engine = reader.required(
            "Engine",
            .oneOf(["postgresql": .postgresql, "sqlite": .sqlite, "mysql": .mysql]),
            placeholder: .sqlite
        )
        _ = reader.value("Enabled", .boolean, default: true)
        _ = reader.optional("Host", .string)
        port = reader.optional("Port", .integer(1...65_535))
        _ = reader.optional("Database", .string)
        user = reader.required("User", .string, placeholder: "")
        pass = reader.required("Pass", .secret, placeholder: Secret(""))
        _ = reader.optional("Token", .secret)
        _ = reader.value("SSLMode", .oneOf(SampleConfiguration.SSLMode.self), default: .prefer)
        queues = reader.section("Queues") { queues in
            let found = ["Slow", "Medium", "Fast", "Cache"].map {
                ($0, queues.section($0, SampleConfiguration.Range.init))
            }
            return Dictionary(uniqueKeysWithValues: found)
        }
        _ = reader.value("QueryTimeoutSeconds", .seconds(1...3600), default: .seconds(30))
        bootstrap = reader.section("Bootstrap") { bootstrap in
            _ = bootstrap.optional("Params", .json)
            return bootstrap.optional("SQL", .string)
        }
        tables = reader.section("Triggers") { triggers in
            _ = triggers.value("PollIntervalMilliseconds", .milliseconds(10...60_000), default: .seconds(1))
            return triggers.strings("Tables")
        }
    }
}

extension SampleConfiguration.Range {
    init(_ reader: ConfigurationReader) {
        low = reader.value("Min", .integer(0...256), default: 1)
        high = reader.value("Max", .integer(1...256), default: 4)
        if low > high { reader.fault("Min", expected: "at most Max, \(high)", got: "\(low)") }
    }
}

extension SampleConfiguration {
    static let text = """
        // A full configuration.
        {
          "Server": { "Name": "hydrogen", "ShutdownTimeoutSeconds": 30 },
          "Logging": { "Level": "STATE", "Levels": { "Launch": "DEBUG", "Landing": "STATE" } }, /* levels */
          "WebServer": {
            "Enabled": true, "Host": "127.0.0.1", "Port": 5000,
            "TLS": { "Certificate": "cert.pem", "Key": "key.pem" },
            "MaxRequestBytes": 2097152,
          },
          "API": { "Prefix": "/api", "Auth": { "Mode": "none" } },
          "Databases": {
            "DefaultWorkers": 2, "ScaleFactor": 1.25,
            "Connections": [
              {
                "Name": "Acuranzo", "Engine": "postgresql", "Enabled": true,
                "Host": "localhost", "Port": 5432, "Database": "acuranzo",
                "User": "${env.ACURANZO_USER}", "Pass": "${env.ACURANZO_PASS}", "Token": "${file:secrets/token}",
                "SSLMode": "prefer",
                "Queues": {
                  "Slow": { "Min": 1, "Max": 3 }, "Medium": { "Min": 2, "Max": 5 },
                  "Fast": { "Min": 1, "Max": 8 }, "Cache": { "Min": 1, "Max": 2 },
                },
                "QueryTimeoutSeconds": 30,
                "Bootstrap": { "SQL": "${env.ACURANZO_BOOTSTRAP}", "Params": { "INTEGER": { "id": 1 } } },
                "Triggers": { "Tables": ["orders", "kunden-ä"], "PollIntervalMilliseconds": 1000 },
              },
            ],
          },
          "MessageQueue": { "Enabled": false, "Database": "Acuranzo" },
          "x-note": "kept for the operator",
        }
        """
}
