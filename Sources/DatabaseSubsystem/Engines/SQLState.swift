/// A SQLSTATE, matched whole or by its class: those of ISO/IEC 9075-2, section 24, and those that engines add.
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

    /// Whether a statement fails so whose tables, columns or functions are not what they were: undefined column, table, function or
    /// name, or a cached plan of another result. Of PostgreSQL, DB2, MySQL and ODBC, and Derby.
    var speaksOfSchema: Bool {
        ["42703", "42P01", "42883", "0A000", "42704", "42S02", "42S22", "42X05", "42X04"].contains(rawValue)
    }

    /// The first two characters: the family it belongs to.
    var family: Substring { rawValue.prefix(2) }
}

extension DatabaseError {
    /// What a server answered to a statement.
    ///
    /// - Parameters:
    ///   - code: What the engine takes the answer for.
    ///   - reason: The server's message, which may quote the statement and its data: it goes into ``detail``.
    ///   - what: `running`, `preparing`.
    init(_ code: Code, reason: String, sqlState: SQLState?, doing what: String) {
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
            sqlState: sqlState?.rawValue,
            retryAfter: code == .busy || code == .unavailable ? .seconds(1) : nil
        )
    }
}
