/// A result code of SQLite, primary or extended. Source: https://sqlite.org/rescode.html
struct SQLiteResultCode: RawRepresentable, Hashable, Sendable {
    let rawValue: CInt

    static let ok = SQLiteResultCode(rawValue: 0)
    static let busy = SQLiteResultCode(rawValue: 5)
    static let locked = SQLiteResultCode(rawValue: 6)
    static let outOfMemory = SQLiteResultCode(rawValue: 7)
    static let readOnly = SQLiteResultCode(rawValue: 8)
    static let interrupt = SQLiteResultCode(rawValue: 9)
    static let inputOutput = SQLiteResultCode(rawValue: 10)
    static let corrupt = SQLiteResultCode(rawValue: 11)
    static let full = SQLiteResultCode(rawValue: 13)
    static let cannotOpen = SQLiteResultCode(rawValue: 14)
    static let notADatabase = SQLiteResultCode(rawValue: 26)
    static let row = SQLiteResultCode(rawValue: 100)
    static let done = SQLiteResultCode(rawValue: 101)

    /// The code without its extension: the family it belongs to.
    var primary: SQLiteResultCode { SQLiteResultCode(rawValue: rawValue & 0xff) }

    /// Whether the connection is in doubt after this code, and must be replaced.
    var breaksConnection: Bool {
        switch primary {
        case .outOfMemory, .inputOutput, .corrupt, .cannotOpen, .notADatabase: true
        default: false
        }
    }

    /// The kind of failure that callers are told.
    var errorCode: DatabaseError.Code {
        switch primary {
        case .busy, .locked: .busy
        case .interrupt: .cancelled
        case .readOnly: .readOnly
        case _ where breaksConnection: .unavailable
        default: .refused
        }
    }
}

extension DatabaseError {
    /// What SQLite answered.
    ///
    /// - Parameter reason: `sqlite3_errmsg`: it may quote the statement, so it goes into ``detail``.
    init(_ code: SQLiteResultCode, reason: String, doing what: String) {
        let message =
            switch code.primary {
            case .busy, .locked:
                "\(what): another connection holds the database's lock; retry later, or raise BusyTimeoutMilliseconds"
            case .interrupt: "\(what): interrupted"
            case .readOnly: "\(what): the query may only read, and tried to write"
            case .full: "\(what): the disk is full; free space"
            case _ where code.breaksConnection: "\(what): the database file cannot be used; see the log"
            default: "\(what): the database refused the statement"
            }
        // A trigger may refuse without a word.
        let detail = reason.isEmpty ? "" : "SQLite \(code.rawValue): \(reason)"
        self.init(code.errorCode, message, detail: detail, retryAfter: code.errorCode == .busy ? .seconds(1) : nil)
    }
}
