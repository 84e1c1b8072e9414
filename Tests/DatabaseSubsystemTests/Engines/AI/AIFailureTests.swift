import HydrogenCore
import NIOCore
import NIOHTTP1
import Testing

@testable import DatabaseSubsystem

/// What becomes of the statuses of an endpoint.
struct AIFailureTests {
    private func failure(_ status: UInt, _ body: String = "", headers: HTTPHeaders = [:], key: String = "sk-secret")
        -> AIFailure
    {
        let reply = AIReply(
            status: HTTPResponseStatus(statusCode: Int(status)),
            headers: headers,
            body: ByteBuffer(string: body)
        )
        return AIFailure(reply, key: Secret(key))
    }

    @Test(
        "each status has its meaning for callers",
        arguments: [
            (301, DatabaseError.Code.unavailable, 60), (400, .refused, nil), (401, .unavailable, 60),
            (402, .unavailable, 60), (403, .unavailable, 60), (404, .refused, nil), (408, .busy, 1), (409, .busy, 1),
            (413, .refused, nil), (415, .refused, nil), (422, .refused, nil), (425, .busy, 1), (429, .busy, 1),
            (500, .unavailable, 1), (502, .unavailable, 1), (503, .unavailable, 1), (529, .unavailable, 1),
        ] as [(UInt, DatabaseError.Code, Int?)]
    )
    func statuses(status: UInt, code: DatabaseError.Code, retryAfter: Int?) {
        let error = failure(status).error(pause: nil)
        #expect(error.code == code)
        #expect(error.retryAfter == retryAfter.map { .seconds($0) })
        #expect(error.message.contains("HTTP \(status)"))
    }

    @Test("the endpoint's words are for who asked alone, without the key; its code is for everybody")
    func words() {
        let body =
            #"{"error":{"message":"no such model for sk-secret","type":"invalid_request_error","code":"model_not_found"}}"#
        let error = failure(404, body).error(pause: nil)
        #expect(error.message.contains("(HTTP 404, model_not_found)"))
        #expect(error.detail == "no such model for ********")
        #expect(!error.message.contains("sk-secret"))
    }

    @Test(
        "the key is shown nowhere, whichever of its words the endpoint puts it in; nor is what is too long",
        arguments: [
            (#"{"error":{"code":"sk-live-0815"}}"#, "HTTP 400, ********"),
            (#"{"error":{"type":"x-sk-live-0815"}}"#, "HTTP 400, x-********"),
            (#"{"error":{"code":"live-0815"}}"#, "HTTP 400, ********"),
            (#"{"error":{"code":"live"}}"#, "HTTP 400, live"),
            (#"{"code":"sk-live-0815"}"#, "HTTP 400, ********"),
            (#"{"error":{"code":"\#(String(repeating: "x", count: 65))","type":"long"}}"#, "HTTP 400, long"),
            (#"{"error":{"code":5,"message":"\#(String(repeating: "sk-live-0815 ", count: 100))"}}"#, "(HTTP 400)"),
            (#"{"detail":[{"msg":"sk-live-0815"}]}"#, "(HTTP 400)"),
        ]
    )
    func hiddenKey(body: String, words: String) {
        for status in [400, 401, 500] as [UInt] {
            let error = failure(status, body, key: "sk-live-0815").error(pause: nil)
            #expect(error.message.contains(words.replacing("400", with: "\(status)")), "\(error)")
            #expect(!error.debugDescription.contains("sk-live") && !error.debugDescription.contains("0815"))
            #expect(error.debugDescription.utf8.count < 700)
        }
    }

    @Test("a key is not shown as JSON writes it")
    func escapedKey() {
        let error = failure(400, #"{"detail":[{"msg":"a\"b\\c"}]}"#, key: #"a"b\c"#).error(pause: nil)
        #expect(error.detail == #"[{"msg":"********"}]"#)
    }

    @Test(
        "what stands in a result beside the answer shows no key either",
        arguments: [
            (.string("gpt sk-live-0815"), .string("gpt ********")), (.string("stop"), .string("stop")),
            (.string(String(repeating: "m", count: 9000)), .string(String(repeating: "m", count: 256))),
            (.number("5"), .null), (.null, .null), (nil, .null),
        ] as [(JSONValue?, JSONValue)]
    )
    func names(value: JSONValue?, shown: JSONValue) {
        #expect(EndpointWords(hiding: Secret("sk-live-0815")).name(value) == shown)
    }

    @Test(
        "words are found where servers put them",
        arguments: [
            (#"{"error":"plain"}"#, "plain"), (#"{"detail":"of FastAPI"}"#, "of FastAPI"),
            (#"{"message":"top"}"#, "top"), (#"{"detail":[{"msg":"a list"}]}"#, #"[{"msg":"a list"}]"#),
            ("<html>", nil), ("", nil), (#"{"error":{"message":null}}"#, nil),
        ] as [(String, String?)]
    )
    func places(body: String, detail: String?) {
        #expect(failure(400, body).error(pause: nil).detail == detail)
    }

    private static let now = WallTime(nanosecondsSinceEpoch: 784_111_777_000_000_000)  // Sun, 06 Nov 1994 08:49:37 GMT

    @Test(
        "Retry-After is seconds or a date",
        arguments: [
            ("0", 0), ("7", 7), (" 30 ", 30), ("99999999999999999999", 1 << 30), ("Sun, 06 Nov 1994 08:49:47 GMT", 10),
            ("Sun, 06 Nov 1994 08:49:00 GMT", 0), ("Mon, 07 Nov 1994 08:49:37 GMT", 86_400),
            ("Tue, 29 Feb 2000 00:00:00 GMT", 951_782_400 - 784_111_777), ("-1", nil), ("soon", nil), ("", nil),
            ("Sun, 06 Nov 1994 08:49 GMT", nil), (nil, nil),
            // Behind what 64 bits of nanoseconds can say.
            ("Sat, 12 Apr 2262 00:00:00 GMT", 1 << 30), ("Fri, 31 Dec 9999 23:59:59 GMT", 1 << 30),
        ] as [(String?, Int?)]
    )
    func retryAfter(field: String?, seconds: Int?) {
        #expect(RetryAfter.duration(field, now: Self.now) == seconds.map { .seconds($0) })
    }

    @Test("a pause is what 429 and 503 ask for, bounded")
    func pauses() {
        let headers: HTTPHeaders = ["Retry-After": "90"]
        #expect(failure(429, headers: headers).pause(atMost: .seconds(120)) == .seconds(90))
        #expect(failure(503, headers: headers).pause(atMost: .seconds(60)) == .seconds(60))
        #expect(failure(500, headers: headers).pause(atMost: .seconds(60)) == nil)
        #expect(failure(429).pause(atMost: .seconds(60)) == nil)
        #expect(failure(429, headers: headers).error(pause: .seconds(60)).retryAfter == .seconds(60))
    }
}
