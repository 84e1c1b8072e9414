import Testing

@testable import HydrogenCore

@Suite("The nearest name")
struct NearestNameTests {
    private static let keys = ["Host", "Port", "Database", "User", "Pass", "SSLMode", "MaxQueueDepth", "Min", "Max"]

    @Test(
        "is what was probably meant",
        arguments: [
            ("Prot", "Port"), ("port", "Port"), ("Hosts", "Host"), ("Databse", "Database"), ("SslMode", "SSLMode"),
            ("MaxQueDepth", "MaxQueueDepth"), ("Mni", "Min"), ("DATABASE", "Database"),
        ]
    )
    func finds(name: String, meant: String) {
        #expect(NearestName.find(name, among: Self.keys) == meant)
    }

    @Test(
        "is nothing when every name is far off",
        arguments: ["Zebra", "", "X", String(repeating: "Port", count: 100)]
    )
    func findsNothing(name: String) {
        #expect(NearestName.find(name, among: Self.keys) == nil)
    }

    @Test(
        "counts insertions, deletions, replacements and swaps of neighbours",
        arguments: [
            ("", "", 0), ("abc", "abc", 0), ("", "ab", 2), ("abc", "ac", 1), ("abc", "axc", 1), ("abcd", "abdc", 1),
            ("ab", "ba", 1), ("ca", "abc", 3),
        ]
    )
    func measures(left: String, right: String, distance: Int) {
        #expect(NearestName.distance(Array(left), Array(right)) == distance)
        #expect(NearestName.distance(Array(right), Array(left)) == distance)
    }
}
