import CDatabaseClients
import HydrogenCore

/// Where a PostgreSQL server is and how to talk to it: what the configuration says, ready for libpq.
package struct PostgreSQLSettings: Sendable {
    /// One connection string in place of, or beneath, the keys; a secret, as it may hold a password.
    var connectionString: Secret?
    /// Keywords of libpq from keys of the configuration, which win over the connection string.
    var keywords: [String: String] = [:]
    /// The password, if a key gives it.
    var password: Secret?
    /// The schemas of the search path; `nil` for the server's own.
    var schema: String?
    /// How long each host may take to be connected.
    var connectTimeout = Duration.seconds(5)
    /// The server-side limit of queries that are pipelined.
    var quickTimeout = Duration.milliseconds(250)
    /// How long sent data may stay unacknowledged before the connection counts as broken.
    var tcpUserTimeout = Duration.seconds(10)
    /// The isolation of transactions where nobody asks for another; `nil` for the server's own.
    var isolation: TransactionIsolation?

    /// One attempt of a connection: one host, as keywords of libpq.
    struct Attempt {
        var keywords: [String: String]
        /// The host and port, for logs.
        var place: String

        /// Whether the server is chosen because it takes writes.
        var wantsWriter: Bool { ["primary", "read-write"].contains(keywords["target_session_attrs"]) }
    }

    /// The attempts in order: every host of a list, and for `prefer-standby` all hosts a second time without a wish.
    ///
    /// libpq's own walk over hosts has no timeout for each when it does not block.
    func attempts(_ functions: HydrogenPostgreSQLFunctions, label: String) throws(DatabaseError) -> [Attempt] {
        let keywords = try merged(functions, label: label)
        let hosts = Self.list(keywords["host"])
        let addresses = Self.list(keywords["hostaddr"])
        let ports = Self.list(keywords["port"])
        let count = max(hosts.count, addresses.count, 1)
        func pick(_ list: [String], _ index: Int) -> String? {
            list.count == 1 ? list[0] : index < list.count ? list[index] : nil
        }
        let attempts = (0..<count).map { index in
            var one = keywords
            one["host"] = pick(hosts, index)
            one["hostaddr"] = pick(addresses, index)
            one["port"] = pick(ports, index)
            let place = [one["hostaddr"] ?? one["host"] ?? "the local socket", one["port"] ?? "5432"]
            return Attempt(keywords: one, place: place.joined(separator: ":"))
        }
        guard keywords["target_session_attrs"] == "prefer-standby" else { return attempts }
        return Self.wishing("standby", attempts) + Self.wishing("any", attempts)
    }

    private static func list(_ text: String?) -> [String] {
        text?.split(separator: ",", omittingEmptySubsequences: false).map(String.init) ?? []
    }

    private static func wishing(_ attributes: String, _ attempts: [Attempt]) -> [Attempt] {
        attempts.map { attempt in
            var attempt = attempt
            attempt.keywords["target_session_attrs"] = attributes
            return attempt
        }
    }

    /// All keywords: what Hydrogen needs to work wins over the keys, they over the connection string, it over the defaults.
    private func merged(
        _ functions: HydrogenPostgreSQLFunctions,
        label: String
    ) throws(DatabaseError) -> [String: String] {
        var all = [
            "keepalives": "1", "keepalives_idle": "5", "keepalives_interval": "2", "keepalives_count": "3",
            "tcp_user_timeout": String(Int(tcpUserTimeout.milliseconds)),
        ]
        var options = Self.sessionOptions
        if let connectionString {
            let parsed = try parse(connectionString, functions)
            // The operator's own options come after these, so they win.
            if let own = parsed["options"] { options.append(own) }
            all.merge(parsed) { $1 }
        }
        all.merge(keywords) { $1 }
        if let password { all["password"] = password.reveal() }
        if let schema { options.append("-c search_path=\(Self.escaped(schema))") }
        if let isolation { options.append("-c default_transaction_isolation=\(Self.escaped(isolation.rawValue))") }
        all["options"] = options.joined(separator: " ")
        all["application_name"] = label
        all["client_encoding"] = "UTF8"
        return all
    }

    /// The text forms that results are read in, whatever the server's defaults are. The connection sets `DateStyle` once more when it
    /// is open: `PGDATESTYLE` in the environment wins over options.
    private static let sessionOptions = [
        "-c DateStyle=ISO", "-c IntervalStyle=iso_8601", "-c bytea_output=hex", "-c extra_float_digits=1",
        "-c TimeZone=UTC",
    ]

    /// A value of `options`: a space or a backslash is quoted by a backslash. Source: PostgreSQL manual, section 34.1.2.
    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing(" ", with: "\\ ")
    }

    private func parse(_ text: Secret, _ functions: HydrogenPostgreSQLFunctions) throws(DatabaseError) -> [String:
        String]
    {
        var reason: UnsafeMutablePointer<CChar>?
        let options = functions.conninfoParse(text.reveal(), &reason)
        defer { functions.conninfoFree(options) }
        // libpq's reason quotes the string, and so perhaps a password.
        functions.freemem(reason)
        guard var option = options else {
            throw DatabaseError(
                .unavailable,
                "ConnectionString is no postgresql:// URL, and no keyword=value pairs of libpq with known keywords; mend it"
            )
        }
        var found: [String: String] = [:]
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { found[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return found
    }
}
