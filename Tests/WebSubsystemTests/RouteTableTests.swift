import Hummingbird
import HummingbirdTesting
import HydrogenCore
import Testing

@testable import WebSubsystem

@Suite("Routes")
struct RouteTableTests {
    private static let alone = RouteTable(Endpoint.all(prefix: "/api", messageQueue: nil))
    private static let unshared = RouteTable(Endpoint.all(prefix: "/api", messageQueue: OriginSharing(origin: nil)))
    private static let shared = RouteTable(Endpoint.all(prefix: "/api", messageQueue: OriginSharing(origin: "*")))

    @Test(
        "a path belongs to the endpoint whose template it has, with the message queue or without",
        arguments: [
            ("/", .root),
            ("/?a=1", .root),
            ("/metrics", .metrics),
            ("/api/system/health", .health),
            ("/api/query/A/1/fast", .query),
            ("/api/query/A/1/fast?a=1", .query),
            ("/api/query/A/1/fast/", .query),
            ("/api/query/A/1/fast/id=1", .query),
            ("/api/query/:database/1/fast", .query),
            ("/api/conduit/query", .conduit),
            ("http://host/api/conduit/query", .conduit),
            ("/api/query/A/1", nil),
            ("/api/query//1/fast", nil),
            ("/api/query/A/1/fast/id=1/more", nil),
            ("/api", nil),
            ("/api/", nil),
            ("/system/health", nil),
            ("/api/system/health/more", nil),
            ("/api/system/healt", nil),
            ("/api/system/healthy", nil),
            ("/api/system%2Fhealth", nil),
            ("/Metrics", nil),
        ] as [(String, Route?)]
    )
    func matching(path: String, route: Route?) {
        for table in [Self.alone, Self.shared] {
            #expect(table.match(RequestTarget(path))?.template == route?.template(prefix: "/api"))
        }
    }

    @Test("slashes at the end or one after the other are no segments, as the router serves such paths")
    func slashes() {
        #expect(Self.alone.match(RequestTarget("/api/system/health/"))?.template == "/api/system/health")
        #expect(Self.alone.match(RequestTarget("//api///conduit/query//"))?.template == "/api/conduit/query")
        #expect(Self.shared.match(RequestTarget("//api/v1/push"))?.template == "/api/v1/push")
    }

    @Test(
        "a segment that is spelled out goes before one that varies",
        arguments: [
            ("/health", "/health", "GET"),
            ("/api/v1/push", "/api/v1/push", "POST"),
            ("/api/v1/pop", "/api/v1/pop", "GET"),
            ("/api/v1/pop/queue/a%2Fb", "/api/v1/pop/queue/:queue", "GET"),
            ("/api/v1/pop/queue/queue/partition/p", "/api/v1/pop/queue/:queue/partition/:partition", "GET"),
            ("/api/v1/pop/queue/q/partition", nil, ""),
            ("/api/v1/system/maintenance", "/api/v1/system/maintenance", "GET, POST"),
            ("/api/v1/system/maintenance/pop", "/api/v1/system/maintenance/pop", "GET, POST"),
            ("/api/v1/resources/queues", "/api/v1/resources/queues", "GET"),
            ("/api/v1/resources/queues/q", "/api/v1/resources/queues/:queue", "DELETE, GET"),
            ("/api/v1/consumer-groups/lagging", "/api/v1/consumer-groups/lagging", "GET"),
            ("/api/v1/consumer-groups/laggin", "/api/v1/consumer-groups/:group", "DELETE, GET"),
            ("/api/v1/consumer-groups/lagging/subscription", "/api/v1/consumer-groups/:group/subscription", "POST"),
            ("/api/v1/traces/names", "/api/v1/traces/names", "GET"),
            ("/api/v1/traces/names/t", "/api/v1/traces/:partition/:transaction", "GET"),
            ("/api/v1/traces/by-name/t", "/api/v1/traces/by-name/:name", "GET"),
            ("/api/v1/traces/by-name", nil, ""),
            ("/api/v1/messages/p/t", "/api/v1/messages/:partition/:transaction", "DELETE, GET"),
            ("/api/v1/messages/p/retry", "/api/v1/messages/:partition/:transaction", "DELETE, GET"),
            ("/api/v1/messages/p/t/retry", "/api/v1/messages/:partition/:transaction/retry", "POST"),
            ("/api/v1/messages/p/t/other", nil, ""),
            ("/api/v1", nil, ""),
        ] as [(String, String?, String)]
    )
    func messageQueue(path: String, template: String?, methods: String) {
        let target = RequestTarget(path)
        #expect(Self.alone.match(target) == nil)
        let match = Self.unshared.match(target)
        #expect(match?.template == template)
        #expect(match?.methods.joined(separator: ", ") ?? "" == methods)
        let shared = Self.shared.match(target)
        #expect(shared?.template == template)
        #expect(shared?.methods.filter { $0 != "OPTIONS" } == match?.methods)
        #expect(shared?.methods.count { $0 == "OPTIONS" } == match.map { _ in 1 })
    }

    @Test("the prefix may have several segments, and be that of the message queue")
    func prefix() {
        let deep = RouteTable(Endpoint.all(prefix: "/a/b", messageQueue: nil))
        #expect(deep.match(RequestTarget("/a/b/system/info"))?.template == "/a/b/system/info")
        #expect(deep.match(RequestTarget("/api/system/info")) == nil)
        let same = RouteTable(Endpoint.all(prefix: "/api/v1", messageQueue: OriginSharing(origin: nil)))
        #expect(same.match(RequestTarget("/api/v1/system/info"))?.family == .server)
        let maintenance = same.match(RequestTarget("/api/v1/system/maintenance"))
        #expect(maintenance?.family == .messageQueue(OriginSharing(origin: nil)))
    }

    @Test("every path belongs to the template that the router finds for it", arguments: ["/api", "/api/v1", "/a/b"])
    func router(prefix: String) async throws {
        let endpoints = Endpoint.all(prefix: prefix, messageQueue: OriginSharing(origin: "*"))
        let table = RouteTable(endpoints)
        let templates = Set(endpoints.map(\.template)).sorted()
        let router = Router()
        for template in templates {
            router.get(RouterPath(template)) { _, _ in template }
            if template.hasSuffix("/:params") {
                router.get(RouterPath(String(template.dropLast(8)))) { _, _ in template }
            }
        }
        var generator = PathGenerator(templates: templates)
        let paths = (0..<3000).map { _ in generator.next() }
        try await Application(router: router).test(.router) { client in
            for path in paths {
                let found = try await client.execute(uri: path, method: .get) { response in
                    response.status == .ok ? String(buffer: response.body) : nil
                }
                #expect(table.match(RequestTarget(path))?.template == found, "\(path)")
            }
        }
    }
}

/// Makes paths that are nearly those of templates: their segments stand in each other's places, and some are too many or too few.
private struct PathGenerator {
    private let templates: [[Substring]]
    private let words: [Substring]
    private var random = SeededGenerator(seed: 17)

    init(templates: [String]) {
        self.templates = templates.map { $0.split(separator: "/") }
        words = Set(self.templates.joined().filter { $0.first != ":" }).sorted() + ["x", "a%2Fb", ":queue", ""]
    }

    mutating func next() -> String {
        var segments = templates.randomElement(using: &random) ?? []
        for index in segments.indices where segments[index].first == ":" || Int.random(in: 0..<12, using: &random) == 0
        {
            segments[index] = words.randomElement(using: &random) ?? ""
        }
        switch Int.random(in: 0..<8, using: &random) {
        case 0: segments = segments.dropLast()
        case 1: segments.append(words.randomElement(using: &random) ?? "")
        default: break
        }
        return "/" + segments.joined(separator: "/")
    }
}
