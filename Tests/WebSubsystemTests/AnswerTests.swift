import HydrogenCore
import NIOCore
import Testing

@testable import DatabaseSubsystem
@testable import WebSubsystem

@Suite("Answers")
struct AnswerTests {
    @Test(
        "milliseconds have at most three decimals and no zeros at their end",
        arguments: [
            (0, "0"), (1, "0.001"), (10, "0.01"), (410, "0.41"), (999, "0.999"), (1000, "1"), (1001, "1.001"),
            (12_500, "12.5"), (60_000_050, "60000.05"), (-5, "0"),
        ]
    )
    func milliseconds(microseconds: Int, text: String) {
        var buffer = ByteBuffer()
        Answer.writeMilliseconds(.microseconds(microseconds), to: &buffer)
        #expect(String(buffer: buffer) == text)
    }

    @Test("an error says all it knows, and quotes what it must")
    func error() {
        var error = WebError(.refused, "say \"no\"\n")
        error.sqlState = "23505"
        let answer = Answer(error, requestID: "r-1")
        #expect(
            String(buffer: answer.body[0]) == #"""
                {"success":false,"error":"Database refused","message":"say \"no\"\n","code":"HYD-3001",\#
                "request_id":"r-1","sqlstate":"23505"}
                """#
        )
        #expect(answer.status == 422)
    }

    @Test(
        "Retry-After is whole seconds, at least one",
        arguments: [
            (Duration.zero, 1), (.milliseconds(1), 1), (.seconds(1), 1), (.milliseconds(1001), 2), (.seconds(90), 90),
        ]
    )
    func retryAfter(wait: Duration, seconds: Int) {
        var error = WebError(.queueFull, "full")
        error.retryAfter = wait
        let header = Answer(error, requestID: "").headers.first { $0.0 == "Retry-After" }
        #expect(header?.1 == String(seconds))
    }

    @Test("a response in one piece says what the encoder would")
    func onePiece() {
        let answer = Answer(json: #"{"a":"ü"}"#)
        let text = String(buffer: answer.inOnePiece(requestID: "r-1", date: "Sun, 06 Nov 1994 08:49:37 GMT"))
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1)
        let lines = parts[0].split(separator: "\r\n").map(String.init)
        #expect(lines.first == "HTTP/1.1 200 OK")
        let headers = answer.allHeaders(requestID: "r-1") + [("Date", "Sun, 06 Nov 1994 08:49:37 GMT")]
        #expect(Set(lines.dropFirst()) == Set(headers.map { "\($0): \($1)" }))
        #expect(parts[1] == #"{"a":"ü"}"#)
    }

    @Test("every error of the database has its code, and 503 always tells when to come back")
    func databaseErrors() {
        let expected: [DatabaseError.Code: ErrorCode] = [
            .libraryMissing: .unavailable, .unavailable: .unavailable, .refused: .refused, .busy: .busy,
            .readOnly: .readOnlyViolated, .resultTooLarge: .resultTooLarge, .deadlineExceeded: .deadlineExceeded,
            .outgrown: .deadlineExceeded,
            .cancelled: .landing, .queueFull: .queueFull, .landing: .landing, .starting: .unavailable,
            .migration: .unavailable,
        ]
        for code in DatabaseError.Code.allCases {
            let error = WebError(DatabaseError(code, "message", detail: "secret row", sqlState: "12345"))
            #expect(error.code == expected[code])
            #expect((error.retryAfter != nil) == (error.code.status == 503))
            #expect(error.message == (code == .refused ? "message: secret row" : "message"))
            #expect(error.sqlState == "12345")
        }
    }

    @Test("every parameter fault has its code and keeps its title")
    func parameterFaults() {
        let expected: [ParameterFault.Kind: ErrorCode] = [
            .malformedEncoding: .malformedRequest, .malformedPair: .invalidParameters, .invalidJSON: .invalidJSON,
            .invalidName: .invalidParameters, .duplicate: .duplicateParameter, .tooMany: .invalidParameters,
            .typeMismatch: .parameterType, .missing: .missingParameter, .outOfRange: .parameterRange,
            .unused: .unusedParameter, .bound: .parameterBound, .claimMissing: .claimMissing,
        ]
        for kind in ParameterFault.Kind.allCases {
            let fault = ParameterFault(kind, "message")
            let error = WebError(fault)
            #expect(error.code == expected[kind])
            #expect(error.title == fault.error)
            #expect(error.code.status == (kind == .claimMissing ? 403 : 400))
            let isInTable = error.title == error.code.title
            #expect(isInTable || [.malformedRequest, .invalidParameters].contains(error.code), "\(error.title)")
        }
    }

    @Test(
        "the date is that of HTTP",
        arguments: [(784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT")]
    )
    func date(seconds: Int, text: String) {
        #expect(HTTPDate.text(secondsSinceEpoch: seconds) == text)
    }
}
