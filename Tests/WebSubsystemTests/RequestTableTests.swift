import FoundationEssentials
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import HydrogenTesting
import NIOCore
import Testing

@testable import WebSubsystem

/// Every documented bad input, through the routes alone and over a socket, where the fast lane answers GET.
@Suite("Bad requests", .timeLimit(.minutes(2)))
struct RequestTableTests {
    /// What an error response has.
    private struct ErrorBody: Decodable {
        let success: Bool
        let error: String
        let message: String
        let code: String
        let request_id: String
    }

    @Test("in memory, each gets its status and body, and no connection is touched")
    func routes() async throws {
        try await WebFixture.fly { fixture in
            let before = fixture.statistics
            let responder = try #require(fixture.web.responder)
            try await Application(responder: responder).test(.router) { client in
                for bad in BadRequest.all {
                    let response = try await client.execute(
                        uri: bad.target,
                        method: try #require(HTTPRequest.Method(bad.method)),
                        headers: Self.fields(bad.headers),
                        body: bad.body.map { ByteBuffer(string: $0) }
                    )
                    let headers = response.headers.map { ($0.name.canonicalName, $0.value) }
                    try Self.check(
                        bad,
                        response.status.code,
                        Dictionary(headers, uniquingKeysWith: { $1 }),
                        String(buffer: response.body)
                    )
                }
            }
            #expect(fixture.statistics == before)
        }
    }

    @Test("over a kept-alive socket, each gets the same, and no connection is touched")
    func socket() async throws {
        try await WebFixture.fly { fixture in
            let before = fixture.statistics
            try await Wire.open(port: fixture.port) { wire in
                for bad in BadRequest.all {
                    let response = try await wire.request(bad.method, bad.target, headers: bad.headers, body: bad.body)
                    try Self.check(bad, response.status, response.headers, response.body)
                    #expect(response.headers["date"]?.hasSuffix(" GMT") == true, "\(bad.testDescription)")
                }
            }
            #expect(fixture.statistics == before)
        }
    }

    private static func check(_ bad: BadRequest, _ status: Int, _ headers: [String: String], _ text: String) throws {
        let what = Comment(rawValue: "\(bad.testDescription): \(text)")
        let body = try JSONDecoder().decode(ErrorBody.self, from: Data(text.utf8))
        #expect(status == bad.status, what)
        #expect(body.code == bad.code, what)
        #expect(body.error == bad.error, what)
        if let message = bad.message { #expect(body.message == message, what) }
        #expect(!body.success, what)
        #expect(!body.request_id.isEmpty && headers["x-request-id"] == body.request_id, what)
        #expect(headers["content-type"] == "application/json", what)
        #expect(headers["cache-control"] == "no-store", what)
        #expect(headers["server"] == "hydrogen", what)
        #expect(headers["content-length"] == String(text.utf8.count), what)
        #expect((headers["allow"] != nil) == (status == 405), what)
        #expect((headers["retry-after"].flatMap { Int($0) } ?? 0 >= 1) == (status == 503), what)
        #expect((headers["www-authenticate"] != nil) == (status == 401), what)
    }

    private static func fields(_ headers: [(String, String)]) -> HTTPFields {
        var fields = HTTPFields()
        for (name, value) in headers { if let name = HTTPField.Name(name) { fields[name] = value } }
        return fields
    }
}
