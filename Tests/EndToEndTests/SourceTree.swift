import FoundationEssentials

/// The files of the repository that these tests are part of.
enum SourceTree {
    /// The repository's folder.
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The absolute path of a file or folder.
    static func path(of path: String) -> String {
        root.appending(path: path).path
    }

    /// The text of a file, by its path from the root.
    static func text(of path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The names of what a folder holds, sorted.
    static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: self.path(of: folder)).sorted()
    }

    /// Whether there is a file or folder.
    static func contains(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: self.path(of: path))
    }
}
