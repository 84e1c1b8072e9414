package import HydrogenCore

/// Where the query templates of one database come from. Any combination is fine; a number may come from one source only.
package struct QuerySources: Sendable, Hashable {
    /// A folder of `.sql` files.
    package let folder: String?
    /// SQL that is run on the database itself and returns one template a row.
    package let bootstrapSQL: String?

    /// Reads the sources.
    ///
    /// - `Queries`: a folder, relative to the configuration file's. Default: none.
    /// - `Bootstrap.SQL`: the bootstrap. Default: all of `QueryTables.PrimaryTable`, where that is named, else none.
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
        let sql = reader.optionalSection("Bootstrap") { reader in
            reader.required("SQL", .string(length: 1...1 << 20), placeholder: "")
        }
        bootstrapSQL = sql ?? table?.map { "SELECT * FROM \($0)" }
    }

    private static func isIdentifier(_ part: Substring) -> Bool {
        guard let first = part.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }
}
