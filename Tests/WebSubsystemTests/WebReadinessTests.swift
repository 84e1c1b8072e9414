import HydrogenCore
import HydrogenHost
import HydrogenTesting
import Launch
import Testing

@testable import WebSubsystem

@Suite("Readiness of the web server", .timeLimit(.minutes(2)))
struct WebReadinessTests {
    /// What the checks of a configuration find, each verdict and text.
    private static func findings(
        _ change: (inout WebServerConfiguration, inout APIConfiguration) -> Void
    ) async -> [String: Finding] {
        var (web, api) = (WebServerConfiguration(), APIConfiguration())
        web.port = 0
        change(&web, &api)
        var findings: [String: Finding] = [:]
        for check in WebReadiness(configuration: web, api: api).checks {
            findings[check.name] = await check.findings().first
        }
        return findings
    }

    @Test("the defaults fly, with evidence")
    func go() async {
        let findings = await Self.findings { _, _ in }
        #expect(findings["enabled"] == .go("API prefix: /api"))
        #expect(findings["address"] == .go("Address: 127.0.0.1"))
        #expect(findings["port"] == .go("Port: any free one"))
        #expect(findings["TLS"] == .go("TLS: off, plain HTTP"))
        #expect(findings["audience"] == .go("Audience: this machine only, without authentication"))
    }

    @Test("a taken port is No-Go, with the way to mend it")
    func takenPort() async throws {
        try await WebFixture.fly { fixture in
            let port = fixture.port
            let findings = await Self.findings { web, _ in web.port = port }
            #expect(
                findings["port"]
                    == .noGo(
                        "Port: port \(port) on 127.0.0.1 is taken (Address already in use); "
                            + "change WebServer.Port or end the process that has it"
                    )
            )
            let record = try await WebFixture.preflight(web: #"{ "Port": \#(port) }"#)
            #expect(record.exitCode == .preflightNoGo)
            #expect(record.launch?.readiness["WebServer"]?.decision == .noGo)
        }
    }

    @Test(
        "an address that is not this machine's, or none at all, is No-Go",
        arguments: [
            ("192.0.2.1", "192.0.2.1 is no address of this machine"),
            ("no.such.host.invalid", "no name that can be resolved"),
        ]
    )
    func foreignAddress(host: String, reason: String) async {
        let findings = await Self.findings { web, api in
            web.host = host
            api.auth.allowsAnonymous = true
        }
        #expect(findings["port"]?.verdict == .noGo)
        #expect(findings["port"]?.text.contains(reason) == true, "\(String(describing: findings["port"]))")
    }

    @Test("names and IPv6 resolve", arguments: ["localhost", "::1"])
    func names(host: String) async throws {
        let findings = await Self.findings { web, _ in web.host = host }
        #expect(findings["address"]?.verdict == .go)
        #expect(findings["audience"]?.verdict == .go)
    }

    @Test(
        "other machines are let in without authentication only when the operator says so",
        arguments: [("0.0.0.0", false), ("0.0.0.0", true), ("::", false)]
    )
    func audience(host: String, isAllowed: Bool) async {
        let findings = await Self.findings { web, api in
            web.host = host
            api.auth.allowsAnonymous = isAllowed
        }
        #expect(findings["audience"]?.verdict == (isAllowed ? .go : .noGo))
        #expect(findings["audience"]?.text.contains(isAllowed ? "everybody" : "API.Auth.AllowAnonymous") == true)
    }

    @Test("TLS files that cannot be used are No-Go, and their content is not shown")
    func tlsFiles() async throws {
        let folder = try TLSFolder()
        defer { folder.remove() }
        let good = (folder.certificate, folder.key)
        for (certificate, key, reason) in [
            ("/nowhere.pem", good.1, "WebServer.TLS.Certificate /nowhere.pem cannot be read as PEM"),
            (good.0, "/nowhere.key", "WebServer.TLS.Key /nowhere.key cannot be read as PEM"),
            (good.1, good.1, "WebServer.TLS.Certificate \(good.1) cannot be read as PEM"),
            (good.0, good.0, "WebServer.TLS.Key \(good.0) cannot be read as PEM"),
            (good.0, folder.otherKey, "is not that of certificate"),
        ] {
            let findings = await Self.findings { web, _ in web.tls = .init(certificate: certificate, key: key) }
            #expect(findings["TLS"]?.verdict == .noGo)
            #expect(findings["TLS"]?.text.contains(reason) == true, "\(String(describing: findings["TLS"]))")
        }
        let findings = await Self.findings { web, _ in web.tls = .init(certificate: good.0, key: good.1) }
        #expect(findings["TLS"] == .go("TLS: \(good.0), certificates: 1"))
    }

    @Test("a server that is switched off is No-Go")
    func disabled() async {
        let findings = await Self.findings { web, _ in web.isEnabled = false }
        #expect(findings["enabled"]?.verdict == .noGo)
    }

    @Test(
        "addresses are shown as clients write them",
        arguments: [("127.0.0.1", "http://127.0.0.1:80"), ("::1", "http://[::1]:80")]
    )
    func urls(host: String, url: String) async throws {
        let address = try await ListeningAddress.resolve(host: host, port: 0)
        #expect(address.url(port: 80, isSecure: false) == url)
    }

    @Test("a port that was taken after the check fails the launch in the same words, and nothing stays behind")
    func takenAtLaunch() async throws {
        try await WebFixture.fly { fixture in
            let port = fixture.port
            var configuration = WebServerConfiguration()
            configuration.port = port
            let web = fixture.another(configuration)
            await withTaskGroup(of: Void.self) { group in
                let (works, sender) = AsyncStream<@Sendable () async -> Void>.makeStream()
                let context = LaunchContext(logger: fixture.captured.logger, clock: ContinuousClock()) { _, work in
                    sender.yield(work)
                    sender.finish()
                }
                group.addTask { for await work in works { await work() } }
                let fault = await #expect(throws: ListeningFault.self) { try await web.launch(context) }
                #expect(
                    fault?.description.hasPrefix("port \(port) on 127.0.0.1 is taken (Address already in use)") == true
                )
                await group.waitForAll()
            }
            #expect(web.port == nil && web.startupFacts.isEmpty)
        }
    }

    /// The finding about authentication in mode `required` with a part of the section.
    private static func authentication(_ json: String) async throws -> Finding? {
        let document = try ConfigurationDocument(
            parsing: Array(#"{ "Auth": { "Mode": "required"\#(json) } }"#.utf8),
            file: "test.json",
            files: .folder(""),
            environment: [:]
        )
        let api = try document.decode(APIConfiguration.init).value
        return await findings { $1 = api }["authentication"]
    }

    @Test(
        "authentication that is switched on and incomplete is No-Go, with what is missing",
        arguments: [
            ("", "neither API.Auth.JWT nor API.Auth.APIKeys is there"),
            (#", "JWT": { "Algorithms": ["HS256"], "Secret": "${env.NOT_SET}" }"#, "HS256 needs API.Auth.JWT.Secret"),
            (#", "JWT": { "Algorithms": ["HS256"], "Secret": "" }"#, "fewer than 32 bytes"),
            (#", "JWT": { "Algorithms": ["RS256"] }"#, "RS256 and ES256 need API.Auth.JWT.PublicKey or JWKS"),
            (#", "JWT": { "Algorithms": ["RS256"], "PublicKey": "/nowhere.pem" }"#, "/nowhere.pem"),
            (#", "JWT": { "Algorithms": ["RS256"], "JWKS": "/nowhere.json" }"#, "/nowhere.json"),
        ]
    )
    func incompleteAuthentication(json: String, words: String) async throws {
        let finding = try await Self.authentication(json)
        #expect(finding?.verdict == .noGo && finding?.text.contains(words) == true)
    }

    @Test("complete authentication flies, and its evidence gives no secret away; keys of a URL may come later")
    func completeAuthentication() async throws {
        let finding = try await Self.authentication(
            #", "JWT": { "Algorithms": ["HS256"], "Secret": "\#(TokenIssuer.secret)" }"#
        )
        #expect(finding == .go("Authentication: required; tokens: HS256, keys: 1"))
        let later = try await Self.authentication(
            #", "JWT": { "Algorithms": ["RS256"], "JWKS": "http://127.0.0.1:1/keys", "Audience": "a" }"#
        )
        #expect(later?.verdict == .go && later?.text.contains("refused until their keys are there") == true)
    }
}
