/// What drivers' diagnostics mean. Sources: ODBC API reference, appendix A; Db2 Message Reference, SQLSTATE; the manuals of PostgreSQL
/// (appendix A), MariaDB (error codes), SQLite (result codes) and Derby (SQL error messages).
extension CLIDiagnostics {
    /// Whether the session is over.
    var endsSession: Bool {
        decisive.state.endsSession || ["40003", "HYT01"].contains(decisive.state.rawValue)
    }

    /// Whether the server refused to let the user in.
    func refusesLogin(_ numbers: CLIProduct.Numbers) -> Bool {
        decisive.state.family == "28" || (numbers == .db2 && Self.db2LoginNumbers.contains(decisive.native))
    }

    private static let db2LoginNumbers: Set<Int32> = [-30082, -1403]

    /// The kind of failure that callers are told.
    func errorCode(_ numbers: CLIProduct.Numbers) -> DatabaseError.Code {
        let (state, native) = (decisive.state, decisive.native)
        if endsSession || Self.losses(numbers).contains(native) { return .unavailable }
        if state.errorCode == .busy || Self.busyStates.contains(state.rawValue)
            || Self.conflicts(numbers).contains(native)
        {
            return .busy
        }
        if Self.stoppedStates.contains(state.rawValue) || Self.stops(numbers).contains(native) {
            return .deadlineExceeded
        }
        return ["57011", "57013"].contains(state.rawValue) ? .unavailable : state.errorCode
    }

    /// Whether a statement fails because it was prepared before its tables changed: "cached plan must not change result type" and
    /// "invalid SQL statement name" of PostgreSQL and DB2, the numbers that libmaodbc and sqlite3odbc give for another count of columns.
    func speaksOfStalePlan(_ numbers: CLIProduct.Numbers) -> Bool {
        let (state, native) = (decisive.state, decisive.native)
        if [.featureNotSupported, .invalidStatementName].contains(state) { return true }
        return switch numbers {
        case .mariaDB: native == 2057 || native == 1615
        case .sqlite: native == -1
        case .db2: [-514, -518].contains(native)
        case .none: false
        }
    }

    /// Lock timeouts of Derby, and DB2's.
    private static let busyStates: Set<String> = ["40XL1", "40XL2", "57033"]

    /// Stopped by a request, by the server's or the driver's limit.
    private static let stoppedStates: Set<String> = ["57014", "HYT00", "HY008", "HY018", "XCL52"]

    private static func conflicts(_ numbers: CLIProduct.Numbers) -> Set<Int32> {
        switch numbers {
        case .db2: [-911, -913]
        case .mariaDB: [1213, 1205]
        case .sqlite: [5, 6, 261, 517]
        case .none: []
        }
    }

    private static func stops(_ numbers: CLIProduct.Numbers) -> Set<Int32> {
        switch numbers {
        case .db2: [-952]
        case .mariaDB: [1317, 1969, 3024]
        case .sqlite: [9]
        case .none: []
        }
    }

    private static func losses(_ numbers: CLIProduct.Numbers) -> Set<Int32> {
        switch numbers {
        case .db2: [-30081, -30108, -30020, -1224, -4499, -900]
        case .mariaDB: [2006, 2013, 2055, 1053, 1152, 1927]
        case .sqlite, .none: []
        }
    }

    /// What a call's failure means.
    func error(_ numbers: CLIProduct.Numbers, doing what: String) -> DatabaseError {
        DatabaseError(errorCode(numbers), reason: reason, sqlState: decisive.state, doing: what)
    }
}

extension DatabaseError {
    /// A connection that could not be opened.
    ///
    /// - Parameter password: Taken out of what the driver said.
    init(connecting diagnostics: CLIDiagnostics, _ numbers: CLIProduct.Numbers, hiding password: String?) {
        var reason = diagnostics.reason
        if let password, !password.isEmpty { reason = reason.replacing(password, with: "…") }
        let (state, native) = (diagnostics.decisive.state, diagnostics.decisive.native)
        // Drivers over libpq give its words, and no SQLSTATE of the server.
        let refusal = state.family == "08" && numbers != .db2 ? PostgreSQLRefusal(reason) : nil
        if Self.driverStates.contains(state.rawValue) || (state.family == "01" && native == 0) {
            self.init(
                .libraryMissing,
                "the ODBC data source or driver cannot be loaded; mend DSN or Driver, or register it in odbcinst.ini",
                detail: reason,
                sqlState: state.rawValue
            )
        } else if diagnostics.refusesLogin(numbers) || refusal?.state.family == "28" {
            self.init(
                .unavailable,
                "the server refused the login; mend User or Pass",
                detail: reason,
                sqlState: state.family == "28" ? state.rawValue : SQLState.invalidAuthorization.rawValue
            )
        } else {
            self.init(
                .unavailable,
                "the server cannot be reached, or refused the connection",
                detail: reason,
                sqlState: state.rawValue
            )
        }
    }

    /// No such data source, driver not to be loaded, architecture of another machine.
    private static let driverStates: Set<String> = ["IM002", "IM003", "IM004", "IM014"]
}
