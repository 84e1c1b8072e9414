import Testing

@testable import WebSubsystem

@Suite("Request target")
struct RequestTargetTests {
    @Test(
        "path and query come apart, and nothing is decoded",
        arguments: [
            ("/a/b", "/a/b", nil),
            ("/a%2Fb?x=%3F", "/a%2Fb", "x=%3F"),
            ("/a?b?c", "/a", "b?c"),
            ("/?", "/", ""),
            ("http://host:80/a?b", "/a", "b"),
            ("http://host", "/", nil),
            ("http://host?x", "/", nil),
            ("*", "*", nil),
            ("", "", nil),
        ] as [(String, String, String?)]
    )
    func parts(raw: String, path: String, query: String?) {
        let target = RequestTarget(raw)
        #expect(target.path == path)
        #expect(target.query.map(String.init) == query)
    }

    @Test(
        "segments stand between slashes, empty ones too",
        arguments: [("/a/b", ["a", "b"]), ("/", [""]), ("/a//b/", ["a", "", "b", ""]), ("/a%2Fb", ["a%2Fb"])]
    )
    func segments(raw: String, segments: [String]) {
        #expect(RequestTarget(raw).segments.map(String.init) == segments)
    }
}
