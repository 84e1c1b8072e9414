/// The tables that a query reads, as headers and bootstraps write them: `customers, sales.orders`.
enum TableList {
    /// What a fault says.
    static let expectation = "table names separated by commas, such as customers, sales.orders"

    /// The names in order; `nil` when one is empty, or has white space or quotes in it.
    static func names(in text: String) -> [String]? {
        let names = text.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmingSQLSpace)
        return names.allSatisfy(isName) ? names : nil
    }

    /// Whether a text may be a table's name: neither empty, nor with white space, quotes or semicolons.
    static func isName(_ name: String) -> Bool {
        !name.isEmpty
            && !name.unicodeScalars.contains { $0.properties.isWhitespace || "'\"`;,()".unicodeScalars.contains($0) }
    }
}
