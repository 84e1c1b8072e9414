import HydrogenCore

extension Answer {
    /// The response to a request that is not answered as it wished.
    init(_ error: WebError, requestID: String) {
        var json =
            #"{"success":false,"error":\#(error.title.jsonQuoted),"message":\#(error.message.jsonQuoted),"#
            + #""code":"\#(error.code.rawValue)","request_id":"\#(requestID)""#
        if let state = error.sqlState { json += #","sqlstate":\#(state.jsonQuoted)"# }
        self.init(status: error.code.status, json: json + "}")
        tableVersion = error.tableVersion
        if let seconds = error.retryAfterSeconds { headers.append(("Retry-After", String(seconds))) }
        if !error.allow.isEmpty { headers.append(("Allow", error.allow.joined(separator: ", "))) }
        // RFC 9110, section 15.5.2: a 401 names a scheme.
        if error.code == .authenticationRequired { headers.append(("WWW-Authenticate", #"Bearer realm="hydrogen""#)) }
    }
}
