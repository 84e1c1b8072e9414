import Testing

/// One bad request, and what its response must say.
struct BadRequest: Sendable, CustomTestStringConvertible {
    let method: String
    let target: String
    var headers: [(String, String)] = []
    var body: String?
    let status: Int
    let code: String
    let error: String
    /// `nil` where the message is not part of the table.
    let message: String?

    init(
        _ method: String,
        _ target: String,
        headers: [(String, String)] = [],
        body: String? = nil,
        _ status: Int,
        _ code: String,
        _ error: String,
        _ message: String? = nil
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.status = status
        self.code = code
        self.error = error
        self.message = message
    }

    var testDescription: String { "\(method) \(target.prefix(80)) \(body ?? "")" }
}

extension BadRequest {
    private static let query = "/api/query/Kiosk"
    private static let json = [("Content-Type", "application/json")]
    private static let tooMany = (0...100).map { "p\($0)=1" }.joined(separator: "&")

    static let all: [BadRequest] = paths + parameters + methods + bodies + conduit + states

    private static func conduit(
        _ body: String,
        headers: [(String, String)] = json,
        _ status: Int,
        _ code: String,
        _ error: String,
        _ message: String? = nil
    ) -> BadRequest {
        BadRequest("POST", "/api/conduit/query", headers: headers, body: body, status, code, error, message)
    }

    /// What the conduit is asked wrongly.
    private static let conduit = [
        conduit("", 400, "HYD-1005", "Missing request body"),
        conduit("{", 400, "HYD-1005", "Invalid JSON"),
        conduit("[]", 400, "HYD-1005", "Invalid JSON", "the body should be a JSON object"),
        conduit(#"{"database":"Kiosk"}"#, 400, "HYD-2010", "Missing or invalid query_ref"),
        conduit(#"{"query_ref":"1","database":"Kiosk"}"#, 400, "HYD-2010", "Missing or invalid query_ref"),
        conduit(#"{"query_ref":-1,"database":"Kiosk"}"#, 400, "HYD-2010", "Missing or invalid query_ref"),
        conduit(#"{"query_ref":1.5,"database":"Kiosk"}"#, 400, "HYD-2010", "Missing or invalid query_ref"),
        conduit(#"{"query_ref":1}"#, 400, "HYD-2010", "Missing or invalid database"),
        conduit(#"{"query_ref":1,"database":7}"#, 400, "HYD-2010", "Missing or invalid database"),
        conduit(#"{"query_ref":1,"database":"Nope"}"#, 404, "HYD-2001", "Database not found"),
        conduit(#"{"query_ref":1,"database":"Kiosk"}"#, 400, "HYD-2004", "Missing parameters", "missing: id(INTEGER)"),
        conduit(
            #"{"query_ref":1,"database":"Kiosk","params":{"STRING":{"id":"x"}}}"#,
            400,
            "HYD-2003",
            "Parameter type mismatch"
        ),
        conduit(#"{"query_ref":1,"database":"Kiosk","params":[]}"#, 400, "HYD-1005", "Invalid JSON"),
        conduit("{}", headers: [("Content-Type", "text/plain")], 415, "HYD-1006", "Unsupported content"),
        BadRequest("GET", "/api/conduit/query", 405, "HYD-1003", "Method not allowed"),
    ]

    /// Paths that lead nowhere.
    private static let paths = [
        BadRequest("GET", "/nothing", 404, "HYD-1002", "Not found", "no endpoint has this path; GET / lists them"),
        BadRequest("GET", "/api", 404, "HYD-1002", "Not found"),
        BadRequest("GET", "/api/system/nothing", 404, "HYD-1002", "Not found"),
        BadRequest("GET", "/API/system/health", 404, "HYD-1002", "Not found"),
        BadRequest("GET", "/api/query", 404, "HYD-1002", "Not found"),
        BadRequest("GET", "/api/query/", 404, "HYD-1002", "Not found"),
        BadRequest("GET", "\(query)/1", 404, "HYD-1002", "Not found"),
        BadRequest("GET", "/api/query//1/fast", 404, "HYD-1002", "Not found"),
        BadRequest("GET", "\(query)/1/fast/id=1/more", 404, "HYD-1002", "Not found"),
        BadRequest(
            "GET",
            "/api/query/Nope/1/fast",
            404,
            "HYD-2001",
            "Unknown database",
            "no database is named Nope; letter case counts"
        ),
        BadRequest("GET", "/api/query/kiosk/1/fast/id=1", 404, "HYD-2001", "Unknown database"),
        BadRequest("GET", "/api/query/Kiosk%20/1/fast/id=1", 404, "HYD-2001", "Unknown database"),
        BadRequest("GET", "/api/query/Kiosk%2F1/1/fast/id=1", 404, "HYD-2001", "Unknown database"),
        // The Kelvin sign is canonically a K.
        BadRequest("GET", "/api/query/%E2%84%AAiosk/1/fast/id=1", 404, "HYD-2001", "Unknown database"),
        BadRequest("GET", "/api/query/%ZZ/1/fast", 400, "HYD-1001", "Malformed request"),
        BadRequest("GET", "/api/query/Kiosk%0/1/fast", 400, "HYD-1001", "Malformed request"),
        BadRequest("GET", "/api/query/%+1/1/fast", 400, "HYD-1001", "Malformed request"),
        BadRequest("GET", "/api/query/Kiosk%00/1/fast", 400, "HYD-1001", "Malformed request"),
        BadRequest("GET", "/api/query/%FF/1/fast", 400, "HYD-1001", "Malformed request"),
        BadRequest("GET", "\(query)/999/fast", 404, "HYD-2002", "Unknown query", "Kiosk has no query 999"),
        BadRequest("GET", "\(query)/one/fast", 404, "HYD-2002", "Unknown query", "a query is named by its number"),
        BadRequest("GET", "\(query)/-1/fast", 404, "HYD-2002", "Unknown query"),
        BadRequest("GET", "\(query)/1.0/fast", 404, "HYD-2002", "Unknown query"),
        BadRequest("GET", "\(query)/99999999999999999999/fast", 404, "HYD-2002", "Unknown query"),
        BadRequest(
            "GET",
            "\(query)/1/turbo/id=1",
            404,
            "HYD-2007",
            "Unknown queue",
            "the queue of a path is slow, medium, fast or cache"
        ),
        BadRequest("GET", "\(query)/1/FAST/id=1", 404, "HYD-2007", "Unknown queue"),
        BadRequest("GET", "\(query)/1/lead/id=1", 404, "HYD-2007", "Unknown queue"),
    ]

    /// Parameters in the path and the query string.
    private static let parameters = [
        BadRequest("GET", "\(query)/1/fast", 400, "HYD-2004", "Missing parameters", "missing: id(INTEGER)"),
        BadRequest("GET", "\(query)/1/fast/", 400, "HYD-2004", "Missing parameters"),
        BadRequest(
            "GET",
            "\(query)/1/fast/id=abc",
            400,
            "HYD-2003",
            "Parameter type mismatch",
            "id(string) should be id(INTEGER)"
        ),
        BadRequest("GET", "\(query)/1/fast/id=", 400, "HYD-2003", "Parameter type mismatch"),
        BadRequest("GET", "\(query)/1/fast?id=1.5", 400, "HYD-2003", "Parameter type mismatch"),
        BadRequest("GET", "\(query)/1/fast/id=9223372036854775808", 400, "HYD-2003", "Parameter type mismatch"),
        BadRequest("GET", "\(query)/1/fast/%7B%22id%22%3A%221%22%7D", 400, "HYD-2003", "Parameter type mismatch"),
        BadRequest(
            "GET",
            "\(query)/1/fast/id=1&x=2",
            400,
            "HYD-2005",
            "Unused parameters",
            "unused: x; query 1 takes id(INTEGER)"
        ),
        BadRequest("GET", "\(query)/9/fast/x=2", 400, "HYD-2005", "Unused parameters", "unused: x; query 9 takes none"),
        BadRequest("GET", "\(query)/1/fast/id=1&id=2", 400, "HYD-2006", "Duplicate parameter", "id is given twice"),
        BadRequest("GET", "\(query)/1/fast/id=1?id=1", 400, "HYD-2006", "Duplicate parameter"),
        BadRequest("GET", "\(query)/1/fast?id=1&%69d=1", 400, "HYD-2006", "Duplicate parameter"),
        BadRequest("GET", "\(query)/1/fast/id", 400, "HYD-2010", "Malformed parameters"),
        BadRequest("GET", "\(query)/1/fast/1d=5", 400, "HYD-2010", "Invalid parameter name"),
        BadRequest("GET", "\(query)/1/fast?\(tooMany)", 400, "HYD-2010", "Too many parameters"),
        BadRequest("GET", "\(query)/1/fast/id=%zz", 400, "HYD-1001", "Invalid percent-encoding"),
        BadRequest("GET", "\(query)/1/fast/id=%", 400, "HYD-1001", "Invalid percent-encoding"),
        BadRequest("GET", "\(query)/2/fast/word=a%00b", 400, "HYD-1001", "Invalid percent-encoding"),
        BadRequest("GET", "\(query)/2/fast?word=%C3%28", 400, "HYD-1001", "Invalid percent-encoding"),
        BadRequest("GET", "\(query)/2/fast/%FF=1", 400, "HYD-1001", "Invalid percent-encoding"),
        BadRequest("GET", "\(query)/1/fast/%7B%22id%22%3A", 400, "HYD-1005", "Invalid JSON"),
        BadRequest("GET", "\(query)/1/fast/%7B%22id%22%3A1%2C%22id%22%3A1%7D", 400, "HYD-1005", "Invalid JSON"),
    ]

    /// Methods that an endpoint does not take.
    private static let methods = [
        BadRequest(
            "PUT",
            "\(query)/1/fast/id=1",
            405,
            "HYD-1003",
            "Method not allowed",
            "PUT is not a method of this path; it takes GET, HEAD, POST"
        ),
        BadRequest("DELETE", "\(query)/1/fast", 405, "HYD-1003", "Method not allowed"),
        BadRequest("PATCH", "\(query)/1/fast/id=1", 405, "HYD-1003", "Method not allowed"),
        BadRequest("OPTIONS", "\(query)/1/fast/id=1", 405, "HYD-1003", "Method not allowed"),
        BadRequest("POST", "/api/system/health", 405, "HYD-1003", "Method not allowed"),
        BadRequest("POST", "/", 405, "HYD-1003", "Method not allowed"),
        BadRequest("DELETE", "/metrics", 405, "HYD-1003", "Method not allowed"),
        BadRequest("PUT", "/nothing", 404, "HYD-1002", "Not found"),
        BadRequest(
            "GET",
            "\(query)/3/medium/id=1&text=a",
            405,
            "HYD-2011",
            "Query writes",
            "query 3 may write: call it with POST"
        ),
    ]

    /// Bodies.
    private static let bodies = [
        BadRequest("POST", "\(query)/1/fast", headers: json, body: "{", 400, "HYD-1005", "Invalid JSON"),
        BadRequest("POST", "\(query)/1/fast", headers: json, body: "[1]", 400, "HYD-1005", "Invalid JSON"),
        BadRequest("POST", "\(query)/1/fast", headers: json, body: #"{"id":1}x"#, 400, "HYD-1005", "Invalid JSON"),
        BadRequest("POST", "\(query)/1/fast", body: "id=1", 400, "HYD-1005", "Invalid JSON"),
        BadRequest(
            "POST",
            "\(query)/1/fast",
            headers: [("Content-Type", "text/plain")],
            body: #"{"id":1}"#,
            415,
            "HYD-1006",
            "Unsupported content",
            "a body should be a JSON object with Content-Type: application/json"
        ),
        BadRequest(
            "POST",
            "\(query)/1/fast",
            headers: [("Content-Type", "application/x-www-form-urlencoded")],
            body: "id=1",
            415,
            "HYD-1006",
            "Unsupported content"
        ),
        BadRequest(
            "POST",
            "\(query)/1/fast",
            headers: json + [("Content-Encoding", "gzip")],
            body: #"{"id":1}"#,
            415,
            "HYD-1006",
            "Unsupported content"
        ),
        BadRequest(
            "POST",
            "\(query)/1/fast",
            headers: json,
            body: #"{"id":"1"}"#,
            400,
            "HYD-2003",
            "Parameter type mismatch",
            "id(string) should be id(INTEGER)"
        ),
        BadRequest(
            "POST",
            "\(query)/1/fast",
            headers: json,
            body: #"{"id":1.5}"#,
            400,
            "HYD-2003",
            "Parameter type mismatch",
            "id(real) should be id(INTEGER)"
        ),
        BadRequest(
            "POST",
            "\(query)/1/fast",
            headers: json,
            body: #"{"id":[1]}"#,
            400,
            "HYD-2003",
            "Parameter type mismatch"
        ),
        BadRequest("POST", "\(query)/1/fast", headers: json, body: "{}", 400, "HYD-2004", "Missing parameters"),
        BadRequest(
            "POST",
            "\(query)/1/fast/id=1",
            headers: json,
            body: #"{"id":1}"#,
            400,
            "HYD-2006",
            "Duplicate parameter"
        ),
        BadRequest(
            "POST",
            "\(query)/1/fast?id=1",
            headers: json,
            body: #"{"INTEGER":{"id":1}}"#,
            400,
            "HYD-2006",
            "Duplicate parameter"
        ),
        BadRequest(
            "POST",
            "\(query)/1/fast",
            headers: json,
            body: #"{"id":1,"more":2}"#,
            400,
            "HYD-2005",
            "Unused parameters"
        ),
    ]

    /// Queries and databases that do not serve.
    private static let states = [
        BadRequest(
            "GET",
            "\(query)/6/fast",
            401,
            "HYD-2008",
            "Authentication required",
            "query 6 is protected, and this server has no authentication (API.Auth.Mode)"
        ),
        BadRequest("GET", "\(query)/5/fast", 503, "HYD-2009", "Query is No-Go"),
        BadRequest(
            "GET",
            "/api/query/Broken/1/fast",
            503,
            "HYD-3004",
            "Database unavailable",
            "database Broken is No-Go; the readiness endpoint has the reason"
        ),
    ]
}
