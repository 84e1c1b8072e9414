/// A SQLSTATE of PostgreSQL, matched whole or by its class. Source: PostgreSQL manual, appendix A.
struct SQLState: RawRepresentable, Hashable, Sendable {
    let rawValue: String

    static let readOnlyTransaction = SQLState(rawValue: "25006")
    static let invalidStatementName = SQLState(rawValue: "26000")
    static let invalidPassword = SQLState(rawValue: "28P01")
    static let invalidAuthorization = SQLState(rawValue: "28000")
    static let noSuchDatabase = SQLState(rawValue: "3D000")
    static let serializationFailure = SQLState(rawValue: "40001")
    static let deadlock = SQLState(rawValue: "40P01")
    static let untranslatableCharacter = SQLState(rawValue: "22021")
    static let featureNotSupported = SQLState(rawValue: "0A000")
    static let tooManyConnections = SQLState(rawValue: "53300")
    static let lockNotAvailable = SQLState(rawValue: "55P03")
    static let queryCancelled = SQLState(rawValue: "57014")
    static let cannotConnectNow = SQLState(rawValue: "57P03")
    static let connectionFailure = SQLState(rawValue: "08006")

    /// Whether a statement fails so whose tables, columns or functions are not what they were: undefined column, table,
    /// function, or a cached plan of another result.
    var speaksOfSchema: Bool { ["42703", "42P01", "42883", "0A000"].contains(rawValue) }

    /// The first two characters: the family it belongs to.
    var family: Substring { rawValue.prefix(2) }

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
    /// What a server answered to a statement.
    ///
    /// - Parameter reason: The server's message, which may quote the statement and its data: it goes into ``detail``.
    init(_ state: SQLState, reason: String, doing what: String) {
        let code = state.errorCode
        let message =
            switch code {
            case .busy: "\(what): others hold or changed what the query needs; retry it"
            case .readOnly: "\(what): the query may only read, and tried to write; declare it with writes: true"
            case .deadlineExceeded: "\(what): the server's time limit for the query was reached"
            case .unavailable: "\(what): the server ended the session or lacks resources; retry soon"
            case .refused, .libraryMissing, .resultTooLarge, .cancelled, .outgrown, .queueFull, .landing, .starting,
                .migration:
                "\(what): the database refused the statement"
            }
        self.init(
            code,
            message,
            detail: reason,
            sqlState: state.rawValue,
            retryAfter: code == .busy || code == .unavailable ? .seconds(1) : nil
        )
    }
}
