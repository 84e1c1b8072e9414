/// What can go wrong with a request: the whole table of stable codes, as `docs/api.md` shows it.
///
/// HYD-1… is HTTP, HYD-2… the call of a query, HYD-3… the database, HYD-4… who asks, HYD-5… the server itself.
enum ErrorCode: String, Sendable, Hashable, CaseIterable {
    case malformedRequest = "HYD-1001"
    case noSuchRoute = "HYD-1002"
    case methodNotAllowed = "HYD-1003"
    case requestTooLarge = "HYD-1004"
    case invalidJSON = "HYD-1005"
    case unsupportedContent = "HYD-1006"
    case requestTooSlow = "HYD-1008"
    case headTooLarge = "HYD-1009"
    case notAcceptable = "HYD-1010"

    case unknownDatabase = "HYD-2001"
    case unknownQuery = "HYD-2002"
    case parameterType = "HYD-2003"
    case missingParameter = "HYD-2004"
    case unusedParameter = "HYD-2005"
    case duplicateParameter = "HYD-2006"
    case unknownQueue = "HYD-2007"
    case authenticationRequired = "HYD-2008"
    case queryNoGo = "HYD-2009"
    case invalidParameters = "HYD-2010"
    case queryWrites = "HYD-2011"
    case parameterRange = "HYD-2012"
    case tooManyQueries = "HYD-2013"
    case parameterBound = "HYD-2014"
    case rolledBack = "HYD-2015"

    case refused = "HYD-3001"
    case queueFull = "HYD-3002"
    case deadlineExceeded = "HYD-3003"
    case unavailable = "HYD-3004"
    case busy = "HYD-3005"
    case resultTooLarge = "HYD-3006"
    case landing = "HYD-3007"
    case readOnlyViolated = "HYD-3008"

    case invalidCredentials = "HYD-4001"
    case forbidden = "HYD-4002"
    case keysUnavailable = "HYD-4003"
    case claimMissing = "HYD-4004"

    case serverError = "HYD-5000"
}

extension ErrorCode {
    /// The status of responses with the code.
    var status: Int {
        switch self {
        case .malformedRequest, .invalidJSON, .parameterType, .parameterRange, .missingParameter, .unusedParameter,
            .duplicateParameter, .invalidParameters, .parameterBound:
            400
        case .authenticationRequired, .invalidCredentials: 401
        case .forbidden, .claimMissing: 403
        case .noSuchRoute, .unknownDatabase, .unknownQuery, .unknownQueue: 404
        case .methodNotAllowed, .queryWrites: 405
        case .notAcceptable: 406
        case .requestTooSlow: 408
        case .rolledBack: 409
        case .requestTooLarge: 413
        case .unsupportedContent: 415
        case .refused, .resultTooLarge: 422
        case .tooManyQueries: 429
        case .headTooLarge: 431
        case .readOnlyViolated, .serverError: 500
        case .queryNoGo, .queueFull, .unavailable, .busy, .landing, .keysUnavailable: 503
        case .deadlineExceeded: 504
        }
    }

    /// The member `error` of these responses.
    var title: String {
        switch self {
        case .malformedRequest: "Malformed request"
        case .noSuchRoute: "Not found"
        case .methodNotAllowed: "Method not allowed"
        case .requestTooLarge: "Request too large"
        case .invalidJSON: "Invalid JSON"
        case .unsupportedContent: "Unsupported content"
        case .requestTooSlow: "Request too slow"
        case .headTooLarge: "Request head too large"
        case .notAcceptable: "Not acceptable"
        case .unknownDatabase: "Unknown database"
        case .unknownQuery: "Unknown query"
        case .parameterType: "Parameter type mismatch"
        case .missingParameter: "Missing parameters"
        case .unusedParameter: "Unused parameters"
        case .duplicateParameter: "Duplicate parameter"
        case .unknownQueue: "Unknown queue"
        case .authenticationRequired: "Authentication required"
        case .queryNoGo: "Query is No-Go"
        case .invalidParameters: "Invalid parameters"
        case .queryWrites: "Query writes"
        case .parameterRange: "Parameter out of range"
        case .tooManyQueries: "Rate limit exceeded"
        case .parameterBound: "Parameter is bound"
        case .rolledBack: "Rolled back"
        case .invalidCredentials: "Invalid credentials"
        case .forbidden: "Forbidden"
        case .keysUnavailable: "Keys unavailable"
        case .claimMissing: "Claim missing"
        case .refused: "Database refused"
        case .queueFull: "Queue full"
        case .deadlineExceeded: "Deadline exceeded"
        case .unavailable: "Database unavailable"
        case .busy: "Database busy"
        case .resultTooLarge: "Result too large"
        case .landing: "Server is landing"
        case .readOnlyViolated: "Read-only query writes"
        case .serverError: "Internal error"
        }
    }

    /// When it happens and what to do, for the documentation.
    var meaning: String {
        switch self {
        case .malformedRequest:
            "Not HTTP/1.0 or 1.1, not with one `Host`, or in other codings than `chunked`; or in the URL a `%` without two digits, a NUL, or what is not UTF-8."
        case .noSuchRoute: "No endpoint has this path."
        case .methodNotAllowed: "The endpoint takes the methods that `Allow` lists."
        case .requestTooLarge: "The body is larger than `WebServer.MaxRequestBytes`."
        case .invalidJSON: "The body, or the JSON in the path, is not one JSON object."
        case .unsupportedContent: "A body is `application/json`, and not compressed."
        case .requestTooSlow: "The body took longer than `WebServer.RequestTimeoutSeconds`."
        case .headTooLarge: "The headers are too long, or too many."
        case .notAcceptable:
            "`Accept` allows none of `application/json`, `application/x-ndjson` and `text/csv`."
        case .unknownDatabase: "No database has this name; letter case counts."
        case .unknownQuery: "The database has no query of this number."
        case .parameterType: "Values are not of the declared types."
        case .missingParameter: "Required parameters were not given."
        case .unusedParameter: "The query does not have these parameters."
        case .duplicateParameter: "A name stands twice, in one place or in two."
        case .unknownQueue: "The queue of a path is `slow`, `medium`, `fast` or `cache`."
        case .authenticationRequired: "The endpoint or the query is not for everybody: send a token or a key."
        case .queryNoGo: "The engine did not accept the query; an operator must mend it."
        case .invalidParameters: "Not `name=value`, a name that none can have, or too many."
        case .queryWrites: "The query may write: call it with POST."
        case .tooManyQueries:
            "A batch has more queries than `MaxQueriesPerRequest`; the first were run, of an atomic one none."
        case .rolledBack: "Another query of an atomic batch failed, so this one has no effect."
        case .parameterBound: "Parameters are bound to who asks; leave them out."
        case .invalidCredentials:
            "The token or key proves nothing: malformed, expired, revoked, unknown, or not for this server."
        case .forbidden: "The scopes of the token or key do not cover this, or a page of another site asked."
        case .keysUnavailable: "The keys of tokens are being fetched; retry after `Retry-After` seconds."
        case .claimMissing: "The query is bound to a claim that the token or key does not have."
        case .parameterRange: "Values break the rules of their parameters: range, length, or list."
        case .refused: "A constraint, a type, a permission; `message` says what the database said."
        case .queueFull: "As many queries wait as may; retry after `Retry-After` seconds."
        case .deadlineExceeded: "The query's time was up: it was stopped, or never ran."
        case .unavailable: "The database starts, reconnects or is No-Go; retry after `Retry-After` seconds."
        case .busy: "Others hold what the query needs; retry after `Retry-After` seconds."
        case .resultTooLarge: "The result exceeds `MaxResultBytes`; ask for less."
        case .landing:
            "The server shuts down; send the request to another, unless `message` says that it may have taken effect."
        case .readOnlyViolated: "A query that may only read tried to write; an operator must mend it."
        case .serverError: "A fault of the server; its log has the `request_id`."
        }
    }
}
