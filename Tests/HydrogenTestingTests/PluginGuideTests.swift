import FoundationEssentials
import Testing

@Suite("The plugin guide")
struct PluginGuideTests {
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
    private static let guide = tests.deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "docs/plugin.md")

    /// The folders of the guide's examples: the second needs a real database.
    private static let examples = [
        tests.appending(path: "Examples"),
        tests.deletingLastPathComponent().appending(path: "DatabaseSubsystemTests/Examples"),
    ]

    @Test("Every Swift block is code of the examples, which compile and are tested")
    func blocks() throws {
        let guide = try String(contentsOf: Self.guide, encoding: .utf8)
        let files = try Self.examples.flatMap { folder in
            try FileManager.default.contentsOfDirectory(atPath: folder.path).map { folder.appending(path: $0) }
        }
        let code = try files.map { try String(contentsOf: $0, encoding: .utf8) }.map(Self.words(of:))
        let blocks = Self.swiftBlocks(in: guide)
        #expect(blocks.count >= 5)
        for block in blocks {
            #expect(code.contains { $0.contains(Self.words(of: block)) }, "not in the examples:\n\(block)")
        }
    }

    private static func swiftBlocks(in text: String) -> [String] {
        text.components(separatedBy: "```swift\n").dropFirst().compactMap { $0.components(separatedBy: "```").first }
    }

    private static func words(of code: String) -> String {
        code.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
