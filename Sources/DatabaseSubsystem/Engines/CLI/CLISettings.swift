import HydrogenCore

/// Where a database is and how to talk to it over the call-level interface: what the configuration says, ready for the library.
package struct CLISettings: Sendable {
    /// The library.
    var source: CLILibrary.Source
    /// One connection string in place of, or beneath, the keys; a secret, as it may hold a password.
    var connectionString: Secret?
    /// Keywords from keys of the configuration, which win over the connection string.
    var keywords: [CLIConnectionString.Pair] = []
    /// The password, if a key gives it.
    var password: Secret?
    /// The schema of names without one; `nil` for the server's own. DB2's only.
    var schema: String?
    /// How long a login may take.
    var connectTimeout = Duration.seconds(5)
    /// The isolation of transactions where nobody asks for another; `nil` for the server's own.
    var isolation: TransactionIsolation?

    init(_ source: CLILibrary.Source) {
        self.source = source
    }

    /// Whether the library is IBM's.
    var isDB2: Bool { if case .db2 = source { true } else { false } }

    private var quoting: CLIConnectionString.Quoting { isDB2 ? .none : .braces }

    /// All keywords: the keys win over the connection string, it over the defaults.
    ///
    /// - Throws: `unavailable` for a connection string that is none, and for a value that the library cannot be told.
    private func merged() throws(DatabaseError) -> CLIConnectionString {
        var all = CLIConnectionString()
        if let connectionString { all = try Self.parsed(connectionString, quoting) }
        for pair in keywords { all[pair.keyword] = pair.value }
        if let password { all["PWD"] = password.reveal() }
        if isDB2, all["HOSTNAME"] != nil {
            if all["PROTOCOL"] == nil { all["PROTOCOL"] = "TCPIP" }
            if all["PORT"] == nil { all["PORT"] = "50000" }
        }
        let unwritable = all.unwritable(quoting)
        guard unwritable.isEmpty else {
            let names = unwritable.joined(separator: ", ")
            let reason =
                isDB2
                ? "IBM's client library takes no semicolon in a value, nor space at its ends"
                : "a connection string takes no NUL"
            throw DatabaseError(.unavailable, "the value of \(names) cannot be passed on: \(reason)")
        }
        return all
    }

    /// The connection string for the library, and the password in it.
    func text() throws(DatabaseError) -> (string: Secret, password: String?) {
        let all = try merged()
        return (all.text(quoting), all["PWD"])
    }

    /// Reads a connection string, or a URL.
    static func parsed(
        _ secret: Secret,
        _ quoting: CLIConnectionString.Quoting
    ) throws(DatabaseError) -> CLIConnectionString {
        let text = secret.reveal()
        if text.contains("://"), let url = CLIConnectionString(url: text) { return url }
        do throws(CLIConnectionString.Fault) {
            return try CLIConnectionString(text, quoting)
        } catch {
            switch error {
            case .noKeyword(let pair):
                throw DatabaseError(.unavailable, "part \(pair) of ConnectionString is no KEYWORD=value; mend it")
            case .brace(let pair):
                throw DatabaseError(
                    .unavailable,
                    "part \(pair) of ConnectionString has a brace that is not closed, or goes on behind it; mend it"
                )
            }
        }
    }
}

extension TransactionIsolation {
    /// The interface's number. Source: ODBC API reference, SQL_ATTR_TXN_ISOLATION.
    var cliNumber: Int {
        switch self {
        case .readCommitted: 2
        case .repeatableRead: 4
        case .serializable: 8
        }
    }
}
