import HydrogenCore

extension Answer {
    /// The response to a request that is not answered as it wished.
    init(_ error: WebError, requestID: String) {
        var json =
            #"{"success":\#(error.success),"error":\#(error.title.jsonQuoted),"message":\#(error.message.jsonQuoted),"#
            + #""code":"\#(error.code.rawValue)","request_id":"\#(requestID)""#
        if let state = error.sqlState { json += #","sqlstate":\#(state.jsonQuoted)"# }
        self.init(status: error.status, json: json + error.members + "}")
        tableVersion = error.tableVersion
        addHeaders(of: error)
    }

    /// The same in the form that clients of the message queue expect: `error` is the one member.
    init(ofMessageQueue error: WebError, saying text: String) {
        self.init(status: error.status, json: "{\"error\":\(text.jsonQuoted)}")
        addHeaders(of: error)
    }

    private mutating func addHeaders(of error: WebError) {
        // RFC 9110, section 12.5.5.
        if error.code == .notAcceptable { headers = Self.negotiated }
        if let seconds = error.retryAfterSeconds { headers.append(("Retry-After", String(seconds))) }
        if !error.allow.isEmpty { headers.append(("Allow", error.allow.joined(separator: ", "))) }
        // RFC 9110, section 15.5.2: a 401 names a scheme.
        switch error.code {
        case .authenticationRequired: headers.append(("WWW-Authenticate", #"Bearer realm="hydrogen""#))
        case .invalidCredentials:
            headers.append(("WWW-Authenticate", #"Bearer realm="hydrogen", error="invalid_token""#))
        default: break
        }
    }
}
