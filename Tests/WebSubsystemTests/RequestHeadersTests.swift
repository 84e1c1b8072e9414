import NIOHTTP1
import Testing

@testable import WebSubsystem

@Suite("Request headers")
struct RequestHeadersTests {
    @Test("what decides is found, in any letter case")
    func found() {
        let headers = RequestHeaders([
            "CONTENT-length": "12", "Transfer-Encoding": "chunked", "x-Request-ID": "one", "Expect": "100-Continue",
            "upgrade": "h2c", "Accept": "*/*",
        ])
        #expect(headers.contentLength == 12)
        #expect(headers.isChunked)
        #expect(headers.requestID == "one")
        #expect(headers.expectsContinue)
        #expect(headers.offersUpgrade)
    }

    @Test(
        "a body is there when its length is, or is not known beforehand",
        arguments: [
            ([:], false), (["Content-Length": "0"], false), (["Content-Length": "1"], true),
            (["Transfer-Encoding": "chunked"], true),
        ]
            as [(HTTPHeaders, Bool)]
    )
    func bodies(headers: HTTPHeaders, hasBody: Bool) {
        #expect(RequestHeaders(headers).hasBody == hasBody)
    }

    @Test(
        "a header that may be a list is one, however often it is sent",
        arguments: ["Accept", "Cache-Control", "If-None-Match"]
    )
    func lists(name: String) {
        var headers: HTTPHeaders = [name: "a", "Other": "x"]
        #expect(Self.lists(headers) == ["a"])
        headers.add(name: name.uppercased(), value: "b, c")
        #expect(Self.lists(headers) == ["a,b, c"])
    }

    private static func lists(_ headers: HTTPHeaders) -> [String] {
        let headers = RequestHeaders(headers)
        return [headers.accept, headers.cacheControl, headers.ifNoneMatch].compactMap { $0 }
    }

    @Test("names of the same length are no match", arguments: ["xontent-length", "content_length", "content-lengt@"])
    func others(name: String) {
        #expect(RequestHeaders([name: "12"]).contentLength == nil)
    }
}
