import HydrogenCore
import Testing

@testable import WebSubsystem

@Suite("WebServer and API sections")
struct WebConfigurationTests {
    private static func web(_ section: String) throws(ConfigurationFaults) -> WebServerConfiguration {
        try document("WebServer", section).decode(section: "WebServer", WebServerConfiguration.init).value
    }

    private static func api(_ section: String) throws(ConfigurationFaults) -> APIConfiguration {
        try document("API", section).decode(section: "API", APIConfiguration.init).value
    }

    private static func document(_ name: String, _ section: String) throws(ConfigurationFaults) -> ConfigurationDocument
    {
        let text = #"{ "\#(name)": \#(section) }"#
        return try ConfigurationDocument(
            parsing: Array(text.utf8),
            file: "test.json",
            files: .folder("/etc/hydrogen"),
            environment: [:]
        )
    }

    @Test("an empty section has the documented defaults")
    func defaults() throws {
        let web = try Self.web("{}")
        #expect(web == WebServerConfiguration())
        #expect(web.isEnabled && web.host == "127.0.0.1" && web.port == 5000 && web.tls == nil)
        #expect(web.maximumRequestBytes == 2_097_152 && web.requestTimeout == .seconds(30))
        let api = try Self.api("{}")
        #expect(api == APIConfiguration() && api.prefix == "/api" && !api.auth.allowsAnonymous)
    }

    @Test("every key is read")
    func keys() throws {
        let web = try Self.web(
            """
            { "Enabled": false, "Host": "::1", "Port": 0, "MaxRequestBytes": 1024, "RequestTimeoutSeconds": 5,
              "TLS": { "Certificate": "tls/server.pem", "Key": "/run/server.key" } }
            """
        )
        #expect(!web.isEnabled && web.host == "::1" && web.port == 0 && web.maximumRequestBytes == 1024)
        #expect(web.requestTimeout == .seconds(5))
        #expect(web.tls == .init(certificate: "/etc/hydrogen/tls/server.pem", key: "/run/server.key"))
        let api = try Self.api(#"{ "Prefix": "/v1/api", "Auth": { "Mode": "None", "AllowAnonymous": true } }"#)
        #expect(api.prefix == "/v1/api" && api.auth.allowsAnonymous)
    }

    @Test(
        "what cannot be is a fault of its key",
        arguments: [
            (#"{ "Port": 65536 }"#, "WebServer.Port"),
            (#"{ "Port": -1 }"#, "WebServer.Port"),
            (#"{ "Host": "" }"#, "WebServer.Host"),
            (#"{ "MaxRequestBytes": 1023 }"#, "WebServer.MaxRequestBytes"),
            (#"{ "MaxRequestBytes": 1073741825 }"#, "WebServer.MaxRequestBytes"),
            (#"{ "RequestTimeoutSeconds": 0 }"#, "WebServer.RequestTimeoutSeconds"),
            (#"{ "TLS": { "Certificate": "a" } }"#, "WebServer.TLS.Key"),
            (#"{ "Ports": 1 }"#, "WebServer.Ports"),
        ]
    )
    func webFaults(section: String, path: String) throws {
        let faults = try #require(throws: ConfigurationFaults.self) { try Self.web(section) }
        #expect(faults.faults.map(\.path) == [path])
    }

    @Test(
        "the prefix is a clean path",
        arguments: ["api", "/", "", "/api/", "//api", "/a b", "/é", "/a/../b", "/./a", "/a?b", "/a%20"]
    )
    func prefixes(prefix: String) throws {
        let faults = try #require(throws: ConfigurationFaults.self) { try Self.api(#"{ "Prefix": "\#(prefix)" }"#) }
        #expect(faults.faults.map(\.path) == ["API.Prefix"])
    }

    @Test(
        "what authentication cannot mean is a fault at its place",
        arguments: [
            (#"{ "Mode": "basic" }"#, ["Mode"]), (#"{ "JWT": {} }"#, ["JWT.Algorithms"]),
            (#"{ "APIKeys": [ { "Name": "a", "SHA256": "x", "Scopes": ["query:*"] } ] }"#, ["APIKeys[0].SHA256"]),
            (
                #"{ "APIKeys": [ { "Name": "a", "SHA256": "\#(digest)", "Scopes": ["everything"] } ] }"#,
                ["APIKeys[0].Scopes"]
            ),
            (#"{ "APIKeys": [ { "Name": "a", "SHA256": "\#(digest)" } ] }"#, ["APIKeys[0].Scopes"]),
            (#"{ "APIKeys": [ \#(key("a")), \#(key("b")) ] }"#, ["APIKeys"]),
        ]
    )
    func authentication(json: String, paths: [String]) throws {
        let faults = try #require(throws: ConfigurationFaults.self) { try Self.api(#"{ "Auth": \#(json) }"#) }
        #expect(faults.faults.map(\.path) == paths.map { "API.Auth.\($0)" })
    }

    private static let digest = String(repeating: "0f", count: 32)

    private static func key(_ name: String) -> String {
        #"{ "Name": "\#(name)", "SHA256": "\#(digest)", "Scopes": ["admin"] }"#
    }
}
