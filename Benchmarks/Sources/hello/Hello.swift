import Hummingbird

/// The baseline of the benchmarks: the HTTP library as its own guide sets it up, one route, one short string.
///
/// `hello PORT` listens on 127.0.0.1 until SIGTERM. It answers `GET /hello` and nothing else.
@main
struct Hello {
    static func main() async throws {
        let port = CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 5999
        let router = Router()
        router.get("hello") { _, _ in "Hello, world!" }
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: port), serverName: nil)
        )
        try await application.runService()
    }
}
