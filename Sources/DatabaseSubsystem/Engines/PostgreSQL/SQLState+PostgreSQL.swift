/// What the SQLSTATEs of PostgreSQL mean. Source: PostgreSQL manual, appendix A.
extension SQLState {
    /// Whether the session is over, or the server will not talk now.
    var endsSession: Bool {
        switch self {
        case _ where family == "08": true
        case _ where rawValue.hasPrefix("57P"): true
        case SQLState(rawValue: "25P03"), .tooManyConnections: true
        default: false
        }
    }

    /// Whether a statement's types do not fit its place, so that others may: no such function or operator, no such cast.
    var isTypeMismatch: Bool {
        ["42883", "42804", "42846", "42725", "42P08", "42P18"].contains(rawValue)
    }

    /// The kind of failure that callers are told.
    var errorCode: DatabaseError.Code {
        switch self {
        case .readOnlyTransaction: .readOnly
        case .serializationFailure, .deadlock, .lockNotAvailable: .busy
        case .queryCancelled: .deadlineExceeded
        case _ where endsSession || family == "53" || family == "58": .unavailable
        default: .refused
        }
    }
}

extension DatabaseError {
    /// What a PostgreSQL server answered to a statement.
    ///
    /// - Parameter reason: The server's message, which may quote the statement and its data.
    init(_ state: SQLState, reason: String, doing what: String) {
        self.init(state.errorCode, reason: reason, sqlState: state, doing: what)
    }
}
