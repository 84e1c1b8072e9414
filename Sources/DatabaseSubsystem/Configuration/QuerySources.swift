package import HydrogenCore

/// Where the query templates of one database come from. Any combination is fine; a number may come from one source only.
package struct QuerySources: Sendable, Hashable {
    /// What returns one template a row.
    package enum Bootstrap: Sendable, Hashable {
        /// SQL that is run on the database itself.
        case sql(String)
        /// A query of another database.
        case host(HostQuery)
    }

    /// A folder of `.sql` files.
    package let folder: String?
    /// What returns one template a row.
    package let bootstrap: Bootstrap?
    /// The table whose rows the templates are, as far as it is named: `name` or `schema.name`.
    package let table: String?

    /// The host's query, for queries that come from another database.
    package var host: HostQuery? { if case .host(let query) = bootstrap { query } else { nil } }

    /// Reads the sources.
    ///
    /// - `Queries`: a folder, relative to the configuration file's. Default: none.
    /// - `Bootstrap.SQL`: the bootstrap. Default: all of `QueryTables.PrimaryTable`, where that is named, else none.
    /// - `Bootstrap.Host`, `QueryID`, `Params`, in the place of `SQL`: see ``HostQuery``.
    /// - `QueryTables.PrimaryTable`: a table or view, `name` or `schema.name`. Default: none.
    package init(_ reader: ConfigurationReader) {
        folder = reader.optional("Queries", .string(length: 1...4096))
        let table = reader.optionalSection("QueryTables") { reader -> String? in
            let name = reader.required("PrimaryTable", .string(length: 1...130), placeholder: "queries")
            let parts = name.split(separator: ".", omittingEmptySubsequences: false)
            let isName = parts.count <= 2 && parts.allSatisfy(Self.isIdentifier)
            if !isName {
                reader.fault(
                    "PrimaryTable",
                    expected: "a name, or schema.name, of letters, digits and _",
                    got: name.jsonQuoted
                )
            }
            return isName ? name : nil
        }
        self.table = table ?? nil
        let own = reader.optionalSection("Bootstrap", Self.bootstrap)
        bootstrap = own ?? self.table.map { .sql("SELECT * FROM \($0)") }
    }

    private static func bootstrap(_ reader: ConfigurationReader) -> Bootstrap {
        guard reader.isPresent("Host") else {
            reader.accept("Host", "QueryID", "Params")
            let alone = ["QueryID", "Params"].filter(reader.isPresent)
            for key in alone { reader.fault(key, expected: "Host beside it", got: "no Host") }
            guard alone.isEmpty || reader.isPresent("SQL") else { return .sql("") }
            return .sql(reader.required("SQL", .string(length: 1...1 << 20), placeholder: ""))
        }
        if reader.optional("SQL", .string(length: 1...1 << 20)) != nil {
            reader.fault("Host", expected: "either SQL or Host", got: "both")
        }
        return .host(HostQuery(reader))
    }

    private static func isIdentifier(_ part: Substring) -> Bool {
        guard let first = part.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }
}
