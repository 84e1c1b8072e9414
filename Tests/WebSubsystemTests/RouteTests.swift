import Testing

@testable import WebSubsystem

@Suite("Routes")
struct RouteTests {
    @Test(
        "a path belongs to the endpoint whose template it has",
        arguments: [
            ("/", .root),
            ("/metrics", .metrics),
            ("/api/system/health", .health),
            ("/api/query/A/1/fast", .query),
            ("/api/query/A/1/fast/", .query),
            ("/api/query/A/1/fast/id=1", .query),
            ("/api/conduit/query", .conduit),
            ("/api/conduit/query/", nil),
            ("/api/query/A/1", nil),
            ("/api/query//1/fast", nil),
            ("/api/query/A/1/fast/id=1/more", nil),
            ("/system/health", nil),
            ("/api/system/health/", nil),
            ("/Metrics", nil),
        ] as [(String, Route?)]
    )
    func matching(path: String, route: Route?) {
        #expect(Route.matching(RequestTarget(path), prefix: "/api") == route)
    }

    @Test("the prefix may have several segments")
    func prefix() {
        #expect(Route.matching(RequestTarget("/a/b/system/info"), prefix: "/a/b") == .info)
        #expect(Route.matching(RequestTarget("/api/system/info"), prefix: "/a/b") == nil)
    }
}
