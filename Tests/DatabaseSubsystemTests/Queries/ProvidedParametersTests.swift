import HydrogenCore
import Testing

@testable import DatabaseSubsystem

@Suite("Parameters that a caller provides")
struct ProvidedParametersTests {
    private func provided(
        path: String = "",
        query: String = "",
        body: String = ""
    ) throws(ParameterFault) -> [String: ProvidedValue] {
        var parameters = ProvidedParameters()
        try parameters.add(pathSegment: path[...])
        try parameters.add(queryString: query[...])
        try parameters.add(jsonBody: body.utf8)
        return Dictionary(parameters.entries.map { ($0.name, $0.value) }) { first, _ in first }
    }

    private func fault(path: String = "", query: String = "", body: String = "") -> ParameterFault? {
        do throws(ParameterFault) {
            _ = try provided(path: path, query: query, body: body)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "come from pairs of the path",
        arguments: [
            ("", [:]),
            ("a=1", ["a": "1"]),
            ("a=1&b=x", ["a": "1", "b": "x"]),
            ("&a=1&&b=2&", ["a": "1", "b": "2"]),
            ("a=", ["a": ""]),
            ("a==b=c", ["a": "=b=c"]),
            ("a=1+1", ["a": "1+1"]),
            ("a=%2B%20%26%3D%25", ["a": "+ &=%"]),
            ("%61=%c3%A4", ["a": "ä"]),
            ("a=';DROP TABLE x;--", ["a": "';DROP TABLE x;--"]),
        ]
    )
    func path(segment: String, expected: [String: String]) throws {
        #expect(try provided(path: segment) == expected.mapValues { .text($0) })
    }

    @Test("a plus is a space in the query string and a plus in the path")
    func plus() throws {
        #expect(try provided(query: "a=x+y%2Bz") == ["a": .text("x y+z")])
        #expect(try provided(path: "a=x+y%2Bz") == ["a": .text("x+y+z")])
    }

    @Test(
        "the path takes JSON too",
        arguments: ["{\"a\":5,\"b\":\"x\"}", "%7B%22a%22%3A5%2C%22b%22%3A%22x%22%7D", "%7b\"a\":5,\"b\":\"x\"}"]
    )
    func pathJSON(segment: String) throws {
        #expect(
            try provided(path: segment) == ["a": .json(.number("5"), group: nil), "b": .json(.string("x"), group: nil)]
        )
    }

    @Test("a body is an object of values, of groups, or of both")
    func groups() throws {
        let parameters = try provided(
            body: #"{"INTEGER":{"id":5,"n":null},"city":"Oslo","DATE":"2026-01-31","INT":{}}"#
        )
        #expect(parameters["id"] == .json(.number("5"), group: .integer))
        #expect(parameters["n"] == .json(.null, group: .integer))
        #expect(parameters["city"] == .json(.string("Oslo"), group: nil))
        #expect(parameters["DATE"] == .json(.string("2026-01-31"), group: nil))
        #expect(parameters["INT"] == .json(.object([]), group: nil))
        #expect(parameters.count == 5)
    }

    @Test(
        "broken encoding is a fault",
        arguments: [
            "a=%", "a=%4", "a=%4g", "a=%GG", "a=%00", "a=%ff", "a=%C3", "a=%ED%A0%80", "%=1", "%00=1", "%7B%", "%7B%ff",
        ]
    )
    func encoding(segment: String) {
        #expect(fault(path: segment)?.kind == .malformedEncoding)
        #expect(fault(path: segment)?.error == "Invalid percent-encoding")
    }

    @Test("says where the encoding is broken")
    func encodingMessage() {
        #expect(
            fault(path: "a=1&b=%zz")?.message
                == "the value of b should be UTF-8 without NUL, with %XX for what URLs do not allow"
        )
    }

    @Test(
        "other faults, each with its words",
        arguments: [
            ("flag", "", "", .malformedPair, "\"flag\" should be \"flag\"=value"),
            ("a=1&a=2", "", "", .duplicate, "a is given twice"),
            ("a=1", "a=1", "", .duplicate, "a is given twice"),
            ("a=1", "", "{\"a\":1}", .duplicate, "a is given twice"),
            ("", "", "{\"INTEGER\":{\"a\":1},\"STRING\":{\"a\":\"x\"}}", .duplicate, "a is given twice"),
            (
                "=1", "", "", .invalidName,
                "\"\" should be letters, digits and underscores, not a digit first, at most 63 characters"
            ),
            (
                "a-b=1", "", "", .invalidName,
                "\"a-b\" should be letters, digits and underscores, not a digit first, at most 63 characters"
            ),
            ("", "", "[1]", .invalidJSON, "1:1: expected an object, got an array"),
            ("", "", "{\"a\":\"\\u0000\"}", .invalidJSON, "a should be a text without NUL characters"),
        ] as [(String, String, String, ParameterFault.Kind, String)]
    )
    func faults(path: String, query: String, body: String, kind: ParameterFault.Kind, message: String) {
        #expect(fault(path: path, query: query, body: body) == ParameterFault(kind, message))
    }

    @Test(
        "a body that is no JSON is a fault with a place",
        arguments: ["{", "nul", "{\"a\":1,}", "{a:1}", "{\"a\":01}", "{\"a\":1,\"a\":2}"]
    )
    func invalidJSON(body: String) {
        #expect(fault(body: body)?.kind == .invalidJSON)
        #expect(fault(body: body)?.message.hasPrefix("1:") == true)
    }

    @Test("at most 100 parameters")
    func tooMany() throws {
        let hundred = (1...100).map { "p\($0)=x" }.joined(separator: "&")
        #expect(try provided(path: hundred).count == 100)
        #expect(fault(path: hundred + "&q=x") == ParameterFault(.tooMany, "at most 100 parameters can be given"))
    }

    @Test("every kind of fault has a title of its own")
    func titles() {
        #expect(
            Set(ParameterFault.Kind.allCases.map { ParameterFault($0, "").error }).count
                == ParameterFault.Kind.allCases.count
        )
        #expect("\(ParameterFault(.missing, "missing: a(STRING)"))" == "Missing parameters: missing: a(STRING)")
    }

    @Test("long names are cut in messages")
    func longNames() {
        #expect((fault(path: String(repeating: "x", count: 5000) + "=1")?.message.utf8.count ?? 0) < 200)
    }
}
