import HTTPTypes
import HummingbirdTesting
import HydrogenCore
import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import WebSubsystem

@Suite("HTTPS", .timeLimit(.minutes(2)))
struct TLSTests {
    @Test("both lanes answer over TLS, and the startup report says https")
    func https() async throws {
        let folder = try TLSFolder()
        defer { folder.remove() }
        let web = #"{ "Port": 0, "TLS": { "Certificate": "\#(folder.certificate)", "Key": "\#(folder.key)" } }"#
        try await WebFixture.fly(web: web) { fixture in
            #expect(fixture.web.startupFacts.map(\.value).first == "https://127.0.0.1:\(fixture.port)")
            var client = TLSConfiguration.makeClientConfiguration()
            client.certificateVerification = .none
            try await TestClient.withClient(
                host: "127.0.0.1",
                port: fixture.port,
                configuration: .init(tlsConfiguration: client, serverName: "localhost")
            ) { client in
                func get(_ path: String) async throws -> TestClient.Response {
                    try await client.execute(TestClient.Request(path, method: .get, authority: "localhost"))
                }
                for number in 0..<3 {
                    let query = try await get("/api/query/Kiosk/1/fast/id=\(number)")
                    #expect(query.body.map { String(buffer: $0).contains(#"[{"id":\#(number)}]"#) } == true)
                    let health = try await get("/api/system/health")
                    #expect(health.status == .ok)
                }
            }
        }
    }
}
