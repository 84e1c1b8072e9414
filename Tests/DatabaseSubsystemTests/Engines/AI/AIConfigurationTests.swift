import HydrogenCore
import Testing

@testable import DatabaseSubsystem

/// The keys of an AI endpoint.
struct AIConfigurationTests {
    /// What is wrong with a connection that has these keys besides.
    private func faults(_ keys: String, endpoint: String = "https://api.example.com/v1") -> [String] {
        let text = """
            { "Databases": { "Connections": [{ "Name": "AI", "Engine": "ai", "Endpoint": "\(endpoint)", "Model": "m"\(keys) }] } }
            """
        do throws(ConfigurationFaults) {
            let document = try ConfigurationDocument(
                parsing: Array(text.utf8),
                file: "t.json",
                files: .builtIn([:]),
                environment: [:]
            )
            _ = try document.decode(section: "Databases", DatabasesConfiguration.init)
            return []
        } catch {
            return error.faults.map { "\($0.path): \($0.expected), got \($0.got)" }
        }
    }

    @Test(
        "what an endpoint cannot have is a fault",
        arguments: [
            (#", "Migrations": "m""#, "Migrations: nothing: an AI endpoint has no tables"),
            (#", "Triggers": { "Tables": ["t"] }"#, "Triggers: nothing: an AI endpoint has no tables"),
            (#", "QueryTables": { "PrimaryTable": "t" }"#, "QueryTables: nothing: an AI endpoint has no tables"),
            (#", "Bootstrap": { "SQL": "SELECT 1" }"#, "Bootstrap.SQL: Host and QueryID"),
            (#", "Mode": "embeddings", "Temperature": 1"#, "Temperature: Mode chat with it"),
            (#", "Temperature": 3"#, "Temperature: number 0..2"),
            (#", "Options": { "model": "x" }"#, #"Options: members that no other key gives, got "model""#),
            (#", "ConcurrentRequests": 0"#, "ConcurrentRequests: integer 1..256"),
            (#", "Key": "two words""#, "Key: letters, digits and signs of ASCII, got others (not shown)"),
            (#", "Host": "x""#, "Host: one of"),
        ]
    )
    func faults(keys: String, fault: String) {
        let found = faults(keys)
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.contains("Databases.Connections[0].\(fault)") == true, "\(found)")
    }

    @Test("all keys together are fine")
    func fine() {
        let keys = """
            , "AllowPlainHTTP": true, "Key": "k", "Mode": "chat", "System": "s", "Temperature": 0, "MaxTokens": 5,
            "Options": { "seed": 1 }, "SSLRootCertificate": "c.pem", "ConcurrentRequests": 8, "ConnectTimeoutSeconds": 2,
            "MaxRetryAfterSeconds": 5
            """
        #expect(faults(keys) == [])
    }

    @Test(
        "an address is https, or http on this machine",
        arguments: [
            ("https://api.example.com/v1", nil), ("https://api.example.com", nil), ("http://localhost:8080/v1", nil),
            ("http://127.0.0.5/v1/", nil), ("http://[::1]:11434/v1", nil), ("HTTPS://x", nil),
            ("http://10.0.0.1/v1", "http to another machine"),
            ("http://localhost.example.com/v1", "http to another machine"),
            ("ftp://x", "another text"), ("api.example.com", "another text"), ("https://", "another text"),
            ("https://user:pass@x/v1", "another text"), ("https://x/v1?key=1", "another text"),
            ("https://x:0/v1", "another text"), ("https://x:http/v1", "another text"), ("https://x y", "another text"),
            ("https://[::1/v1", "another text"),
        ] as [(String, String?)]
    )
    func endpoints(text: String, got: String?) {
        let found = faults("", endpoint: text)
        #expect(found.count == (got == nil ? 0 : 1), "\(found)")
        if let got { #expect(found.first?.hasSuffix("got \(got)") == true, "\(found)") }
        #expect(!found.joined().contains("pass"))
    }

    @Test("a path keeps no slash at its end")
    func urls() {
        #expect(AIEndpoint("http://127.0.0.1:1//v1//")?.url("models") == "http://127.0.0.1:1//v1/models")
        #expect(AIEndpoint("https://x")?.url("models") == "https://x/models")
        #expect(AIEndpoint("https://X.example/V1")?.text == "https://X.example/V1")
    }
}
