/// A request that is not answered as it wished: everything that its response says, of no HTTP library.
struct WebError: Error, Sendable, Hashable {
    /// What is wrong, by the table.
    let code: ErrorCode
    /// The member `error`: the code's title, or a more exact one.
    var title: String
    /// The member `message`: what failed, on what, what to do.
    let message: String
    /// The SQLSTATE, where the engine has one.
    var sqlState: String?
    /// The version of the query table that was looked into, if one was.
    var tableVersion: String?
    /// How long to wait before a retry, where one makes sense.
    var retryAfter: Duration?
    /// The methods that the header `Allow` lists.
    var allow: [String] = []
    /// The status of the response: the code's, but where the conduit has one of its own.
    var status: Int
    /// The member `success` as JSON.
    var success = "false"
    /// More members of the body as JSON text, each with a comma before it.
    var members = ""

    /// An error of the table.
    init(_ code: ErrorCode, title: String? = nil, _ message: String) {
        self.code = code
        self.title = title ?? code.title
        self.message = message
        self.status = code.status
    }

    /// The header `Retry-After`: whole seconds, at least 1.
    ///
    /// Source: RFC 9110, section 10.2.3.
    var retryAfterSeconds: Int? {
        retryAfter?.retryAfterSeconds
    }
}

extension Duration {
    /// The duration as the header `Retry-After` has it: whole seconds, rounded up, at least 1.
    var retryAfterSeconds: Int {
        max(1, Int(clamping: components.seconds) + (components.attoseconds > 0 ? 1 : 0))
    }
}

extension WebError {
    /// The same error of a request for which a query table was looked into.
    func of(tableVersion: String?) -> WebError {
        var error = self
        error.tableVersion = error.tableVersion ?? tableVersion
        return error
    }

    /// The same error, of what may go well after a while.
    func retrying(after wait: Duration) -> WebError {
        var error = self
        error.retryAfter = wait
        return error
    }

    /// The same error, with the methods that would do.
    func allowing(_ methods: [String]) -> WebError {
        var error = self
        error.allow = methods
        return error
    }

    /// The same error with another status than its code's.
    func with(status: Int) -> WebError {
        var error = self
        error.status = status
        return error
    }

    /// A method that the endpoint of a path does not take.
    static func methodNotAllowed(_ method: String, allow: [String]) -> WebError {
        WebError(
            .methodNotAllowed,
            "\(method.prefix(20)) is not a method of this path; it takes \(allow.joined(separator: ", "))"
        )
        .allowing(allow)
    }

    /// A body beyond the limit.
    static func requestTooLarge(limit: Int) -> WebError {
        WebError(.requestTooLarge, "a request body has at most \(limit) bytes here (WebServer.MaxRequestBytes)")
    }

    /// A client that takes none of the formats of rows.
    static let notAcceptable = WebError(
        .notAcceptable,
        "rows come as application/json, application/x-ndjson or text/csv: Accept one of them"
    )

    /// A POST from a page of another site.
    static let otherSite = WebError(
        .forbidden,
        "a page of another site sent this (Sec-Fetch-Site), and callers prove nothing here (API.Auth.Mode)"
    )

    /// A path that no endpoint has.
    static let noSuchRoute = WebError(.noSuchRoute, "no endpoint has this path; GET / lists them")

    /// A request that came after the landing had begun, or was stopped by it.
    static let landing = WebError(.landing, "the server is landing; send the request to another server")
        .retrying(after: .seconds(1))

    /// The same for a request that may have changed something: another server must not simply do it again.
    static let landingMidway = WebError(
        .landing,
        "the server is landing and waits no longer; whether the request took effect is not known: look before a retry"
    )
    .retrying(after: .seconds(1))

    /// An error that the code did not foresee.
    ///
    /// Nothing of it is shown: the log has it.
    static let internalError = WebError(.serverError, "the server failed; its log tells more under this request_id")
}
