import FoundationEssentials

/// A file of its own for a test.
struct TemporaryFile {
    private let url = FileManager.default.temporaryDirectory.appending(path: "hydrogen-\(UUID().uuidString)")

    var path: String { url.path }

    init(_ text: String) throws {
        try Data(text.utf8).write(to: url)
    }

    func remove() {
        try? FileManager.default.removeItem(at: url)
    }
}
