import FoundationEssentials
import Testing

/// The rows of the tables in a page of `docs/`, each cell without its marks.
struct DocumentedTable {
    let rows: [[String]]

    /// Reads `docs/<page>` of this package.
    init(page: String) throws {
        let file = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let text = String(decoding: try Data(contentsOf: URL(filePath: "/\(file)/docs/\(page)")), as: UTF8.self)
        rows = text.split(separator: "\n").filter { $0.hasPrefix("|") }.map { line in
            line.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false).map { cell in
                String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()).filter { $0 != "`" }
            }
        }
    }

    /// The rows whose first cell begins so.
    func rows(beginning prefix: String) -> [[String]] {
        rows.filter { $0.first?.hasPrefix(prefix) == true }
    }
}
