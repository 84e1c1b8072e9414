import FoundationEssentials
import Hummingbird
import HummingbirdTesting
import HydrogenCore
import HydrogenTesting
import JWTKit
import NIOCore
import Synchronization
import Testing

@testable import WebSubsystem

@Suite("The keys of tokens", .timeLimit(.minutes(1)))
struct KeySourceTests {
    /// What an issuer answers at each request for its keys, and how often it was asked.
    private final class Issuer: Sendable {
        struct Down: Error {}
        let answer = Mutex<String?>(nil)
        let asked = Mutex(0)

        @Sendable func fetch(_ url: String) async throws -> [UInt8] {
            asked.withLock { $0 += 1 }
            guard let text = answer.withLock({ $0 }) else { throw Down() }
            return Array(text.utf8)
        }
    }

    private static let remote = """
        { "Algorithms": ["RS256", "ES256"], "JWKS": "https://issuer/keys", "Audience": "a", "JWKSRefreshSeconds": 60 }
        """

    @Test("the last good keys stay in use while the issuer is down or talks nonsense")
    func lastGood() async throws {
        let (issuer, clock, log) = (Issuer(), ManualClock(), CapturedLog())
        let source = KeySource(try TokenSettings.reading(Self.remote), clock: clock, fetch: issuer.fetch)
        await source.refresh(log.logger)
        #expect(source.current == nil)
        let keys = try TokenIssuer().keySet()
        issuer.answer.withLock { $0 = keys }
        await source.refresh(log.logger)
        #expect(source.current?.keys.keys.map(\.id) == ["r1", "e1"] && source.current?.generation == 1)
        for answer in [nil, "", "[]", #"{"keys":[]}"#, #"{"keys":[{"kty":"oct","k":"AAAA"}]}"#] {
            issuer.answer.withLock { $0 = answer }
            await source.refresh(log.logger)
            await source.refresh(log.logger)
        }
        #expect(source.current?.generation == 1)
        #expect(
            log.lines().count { $0.hasPrefix("Keys of tokens not fetched") } == 6,
            "a failure that goes on alike is told once"
        )
    }

    @Test("keys are fetched at each interval, soon after a failure, and when a token names an unknown one")
    func intervals() async throws {
        let (issuer, clock, log) = (Issuer(), ManualClock(), CapturedLog())
        let source = KeySource(try TokenSettings.reading(Self.remote), clock: clock, fetch: issuer.fetch)
        await source.refresh(log.logger)
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { await source.run(log.logger) }
            let keys = try TokenIssuer().keySet()
            issuer.answer.withLock { $0 = keys }
            await clock.sleepers()
            clock.advance(by: KeySource.shortestInterval)
            await eventually { source.current != nil }
            #expect(issuer.asked.withLock { $0 } == 2)
            #expect(!source.missed(), "they were fetched just now")
            await clock.sleepers()
            clock.advance(by: KeySource.shortestInterval)
            #expect(source.missed())
            await eventually { source.current?.generation == 2 }
            for _ in 0..<6 {
                await clock.sleepers()
                clock.advance(by: KeySource.shortestInterval)
            }
            await eventually { source.current?.generation == 3 }
            group.cancelAll()
        }
    }

    @Test("files are read; what is wrong with one is told with its name")
    func files() async throws {
        let issuer = try TokenIssuer()
        let folder = FileManager.default.temporaryDirectory.appending(path: "hydrogen-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func file(_ name: String, _ text: String) throws -> String {
            let path = folder.appending(path: name)
            try Data(text.utf8).write(to: path)
            return path.path
        }
        let rsa = try file("rsa.pem", issuer.rsa.publicKey.pemRepresentation)
        let ecdsa = try file("ecdsa.pem", issuer.ecdsa.publicKey.pemRepresentation)
        let (keys, revoked) = (
            try file("keys.json", issuer.keySet()), try file("revoked", "\u{FEFF}t1 \r\n# none\n\n\tt2\n")
        )
        let junk = try file("junk", "junk")
        func read(_ json: String) async throws -> (Int, Set<String>) {
            let source = KeySource(try TokenSettings.reading("{ \(json) }"), clock: ManualClock())
            let read = try await source.read()
            return (read.keys.keys.count, read.revoked)
        }
        #expect(try await read(#""Algorithms": ["RS256"], "PublicKey": "\#(rsa)""#) == (1, []))
        #expect(try await read(#""Algorithms": ["ES256"], "PublicKey": "\#(ecdsa)""#) == (1, []))
        #expect(
            try await read(#""Algorithms": ["RS256"], "JWKS": "\#(keys)", "RevocationFile": "\#(revoked)""#)
                == (1, ["t1", "t2"])
        )
        for (json, path) in [
            (#""Algorithms": ["RS256"], "PublicKey": "\#(junk)""#, junk),
            (#""Algorithms": ["RS256"], "PublicKey": "\#(ecdsa)""#, ecdsa),
            (#""Algorithms": ["ES256"], "PublicKey": "\#(rsa)""#, rsa),
            (#""Algorithms": ["ES256"], "JWKS": "\#(junk)""#, junk),
            (#""Algorithms": ["ES256"], "JWKS": "/nowhere""#, "/nowhere"),
            (#""Algorithms": ["RS256"], "JWKS": "\#(keys)", "RevocationFile": "/nowhere""#, "/nowhere"),
        ] {
            let fault = await #expect(throws: KeyFault.self) { _ = try await read(json) }
            #expect(fault?.description.contains(path) == true)
        }
    }

    @Test("a URL is fetched over HTTP; what is no set of keys, too long, or somewhere else is told")
    func overHTTP() async throws {
        let keys = try TokenIssuer().keySet()
        let router = Router()
        router.get("keys") { _, _ in keys }
        router.get("long") { _, _ in String(repeating: " ", count: 2 << 20) }
        router.get("moved") { _, _ in Response.redirect(to: "/keys") }
        try await Application(router: router).test(.live) { client in
            let port = try #require(client.port)
            func read(_ path: String) async throws -> Int {
                let json = """
                    { "Algorithms": ["RS256", "ES256"], "JWKS": "http://127.0.0.1:\(port)/\(path)", "Audience": "a" }
                    """
                return try await KeySource(TokenSettings.reading(json), clock: ManualClock()).read().keys.keys.count
            }
            #expect(try await read("keys") == 2)
            for (path, words) in [
                ("none", "HTTP status 404"), ("moved", "HTTP status 303"), ("long", "cannot be fetched"),
            ] {
                let fault = await #expect(throws: KeyFault.self) { _ = try await read(path) }
                #expect(fault?.description.contains(words) == true, "\(String(describing: fault))")
            }
        }
    }

    @Test("a server that never comes to the end of its keys does not hold up the fetch")
    func drips() async throws {
        let router = Router()
        router.get("drip") { _, _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    while true {
                        try await writer.write(ByteBuffer(string: " "))
                        try await Task.sleep(for: .milliseconds(5))
                    }
                }
            )
        }
        try await Application(router: router).test(.live) { client in
            let port = try #require(client.port)
            let fetch = KeySource.overHTTP(limit: .milliseconds(50))
            let fault = await #expect(throws: KeyFault.self) { _ = try await fetch("http://127.0.0.1:\(port)/drip") }
            #expect(fault?.description.contains("it took longer than 0.050s") == true)
        }
    }
}
