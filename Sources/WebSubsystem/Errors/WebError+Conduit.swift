import DatabaseSubsystem
import HydrogenCore

extension WebError {
    /// What the response to a failed query says, in the form of the endpoint that it was asked of.
    init(_ error: DatabaseError, of call: QueryCall) {
        self.init(error)
        tableVersion = call.tableVersion
        guard case .conduit = call.shape else { return }
        let isWordless = error.code == .refused && error.detail?.isEmpty == true
        self = isWordless ? titled("Query execution failed", status: 400) : inConduit(timeLimit: call.timeout)
    }

    /// The same error in the form of the original server's conduit, whose clients know it.
    ///
    /// What says more than the original did stays: code, request id, `Retry-After`. Where the original answered 500 for a queue that takes
    /// nothing, the status stays 503: that is when another try makes sense.
    ///
    /// - Parameter timeLimit: How long the query could have taken.
    func inConduit(timeLimit: Duration? = nil) -> WebError {
        switch code {
        case .unknownDatabase: return titled("Database not found", members: #","error_code":1002"#)
        case .unknownQuery: return .noSuchReference.of(tableVersion: tableVersion)
        case .deadlineExceeded:
            let seconds = timeLimit.map { #","timeout_seconds":\#(Self.plain($0.seconds))"# } ?? ""
            return titled("Query execution timeout", status: 408, members: seconds)
        case .refused: return titled("Database error")
        case .unavailable: return titled("No suitable queue available")
        case .queueFull: return titled("Failed to submit query")
        default: return self
        }
    }

    private func titled(_ title: String, status: Int? = nil, members: String = "") -> WebError {
        var error = with(status: status ?? self.status)
        error.title = title
        error.members = members
        return error
    }

    /// A number that the endpoint does not find, or does not give to everybody: the two cannot be told apart.
    static let noSuchReference: WebError = {
        var error = WebError(.unknownQuery, "queryref not found or not public")
            .titled("Query not found", status: 200, members: #","rows":[]"#)
        error.success = #""fail""#
        return error
    }()

    /// Seconds without a fraction that says nothing: `30`, `0.25`.
    private static func plain(_ seconds: Double) -> String {
        seconds == seconds.rounded() ? String(Int(seconds)) : String(seconds)
    }
}
