import Foundation

/// A folder of its own for one test, with a folder of one query in it; removed when the value ends.
final class EndToEndFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "hydrogen-e2e-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: "\(path)/queries", withIntermediateDirectories: true)
        try write("-- id: 1\n-- name: One\nSELECT 1 AS n", to: "queries/1.sql")
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes a file and returns its path.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
        return "\(path)/\(name)"
    }

    /// A `Databases` section with one in-memory database and the folder's queries.
    var database: String {
        #""Databases": { "Connections": [{ "Name": "Own", "Engine": "sqlite", "Database": ":memory:", "Queries": "queries" }] }"#
    }
}
