/// What drivers' diagnostics mean. Sources: ODBC API reference, appendix A; Db2 Message Reference, SQLSTATE; the manuals of PostgreSQL
/// (appendix A), SQLite (result codes) and Derby (SQL error messages); of MariaDB's numbers ``MySQLErrorNumber`` knows the meaning.
extension CLIDiagnostics {
    /// Whether the session is over.
    func endsSession(_ numbers: CLIProduct.Numbers) -> Bool {
        DatabaseError.endsCLISession(decisive.state) || Self.losses(numbers).contains(decisive.native)
            || mySQLNumber(numbers)?.endsSession == true
    }

    /// The number that a server of MariaDB or MySQL, or its client library, gave. Not that of other columns: the session goes on.
    private func mySQLNumber(_ numbers: CLIProduct.Numbers) -> MySQLErrorNumber? {
        guard numbers == .mariaDB, decisive.native > 0 else { return nil }
        let number = MySQLErrorNumber(rawValue: UInt32(bitPattern: decisive.native))
        return number == .otherColumns ? nil : number
    }

    /// Whether the server refused to let the user in.
    func refusesLogin(_ numbers: CLIProduct.Numbers) -> Bool {
        decisive.state.family == "28" || (numbers == .db2 && Self.db2LoginNumbers.contains(decisive.native))
    }

    private static let db2LoginNumbers: Set<Int32> = [-30082, -1403]

    /// The kind of failure that callers are told.
    func errorCode(_ numbers: CLIProduct.Numbers) -> DatabaseError.Code {
        let (state, native) = (decisive.state, decisive.native)
        if endsSession(numbers) { return .unavailable }
        if let code = mySQLNumber(numbers)?.errorCode, code != .refused { return code }
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

    /// Why a statement is to be prepared anew, and what it has done: it was prepared before its tables changed, or is not known any more.
    enum StalePlan: Hashable, Sendable {
        /// It did nothing, and may run again.
        case untouched
        /// It may be that; or a failure that only has the same SQLSTATE.
        case suspected
        /// It has run: the driver alone does not know what to do with the columns that came.
        case hasRun
    }

    /// Whether a statement fails because its plan is stale: "cached plan must not change result type" and "invalid SQL statement name"
    /// of PostgreSQL and DB2, what libmaodbc and sqlite3odbc say of another count of columns.
    func stalePlan(_ numbers: CLIProduct.Numbers) -> StalePlan? {
        let (state, native) = (decisive.state, decisive.native)
        switch numbers {
        case .mariaDB where native == Int32(MySQLErrorNumber.otherColumns.rawValue): return .hasRun
        case .mariaDB where mySQLNumber(numbers)?.isStalePlan == true: return .untouched
        // Of many faults of the driver's own, which all have this number.
        case .sqlite where native == -1 && decisive.message.contains("broken result set"): return .hasRun
        case .db2 where [-514, -518].contains(native): return .untouched
        case .none where state == .invalidStatementName: return .untouched
        // The words depend on the server's language, and there is nothing better.
        case .none where state == .featureNotSupported && decisive.message.contains("cached plan"): return .untouched
        case .mariaDB, .sqlite, .db2, .none:
            return [.featureNotSupported, .invalidStatementName].contains(state) ? .suspected : nil
        }
    }

    /// Lock timeouts of Derby, and DB2's.
    private static let busyStates: Set<String> = ["40XL1", "40XL2", "57033"]

    /// Stopped by a request, by the server's or the driver's limit.
    private static let stoppedStates: Set<String> = ["57014", "HYT00", "HY008", "HY018", "XCL52"]

    private static func conflicts(_ numbers: CLIProduct.Numbers) -> Set<Int32> {
        switch numbers {
        case .db2: [-911, -913]
        case .sqlite: [5, 6, 261, 517]
        case .mariaDB, .none: []
        }
    }

    private static func stops(_ numbers: CLIProduct.Numbers) -> Set<Int32> {
        switch numbers {
        case .db2: [-952]
        case .sqlite: [9]
        case .mariaDB, .none: []
        }
    }

    private static func losses(_ numbers: CLIProduct.Numbers) -> Set<Int32> {
        switch numbers {
        case .db2: [-30081, -30108, -30020, -1224, -4499, -900]
        case .mariaDB, .sqlite, .none: []
        }
    }

    /// What a call's failure means.
    func error(_ numbers: CLIProduct.Numbers, doing what: String) -> DatabaseError {
        let number = mySQLNumber(numbers)
        if number == .optionPrevents, reason.contains("read-only") { return .noWrites }
        // A session that ended is told by its SQLSTATE from a server that lacks something.
        let isTold = !endsSession(numbers) || DatabaseError.endsCLISession(decisive.state)
        let state = isTold ? decisive.state : SQLState.connectionFailure
        return DatabaseError(errorCode(numbers), reason: reason, sqlState: state, doing: what)
    }
}

extension DatabaseError {
    /// Whether a SQLSTATE says that the session is over: also that of an outcome unknown, and of a connection's time limit.
    static func endsCLISession(_ state: SQLState) -> Bool {
        state.endsSession || ["40003", "HYT01"].contains(state.rawValue)
    }

    /// Whether the connection is over with this failure, and not only the statement.
    var endsCLISession: Bool {
        code == .unavailable && sqlState.map { Self.endsCLISession(SQLState(rawValue: $0)) } ?? true
    }

    /// A connection that could not be opened.
    ///
    /// - Parameters:
    ///   - isDB2: Whether the library is to be IBM's.
    ///   - password: Taken out of what the driver said.
    init(connecting diagnostics: CLIDiagnostics, isDB2: Bool, hiding password: String?) {
        let numbers: CLIProduct.Numbers = isDB2 ? .db2 : .none
        var reason = diagnostics.reason
        if let password, !password.isEmpty { reason = reason.replacing(password, with: "…") }
        let (state, native) = (diagnostics.decisive.state, diagnostics.decisive.native)
        // Drivers over libpq give its words, and no SQLSTATE of the server.
        let refusal = state.family == "08" && numbers != .db2 ? PostgreSQLRefusal(reason) : nil
        if Self.driverStates.contains(state.rawValue) || (state.family == "01" && native == 0) {
            self.init(
                .libraryMissing,
                isDB2
                    ? "the library is a driver manager, not IBM's client for DB2; set Library to IBM's libdb2.so"
                    : "the ODBC data source or driver cannot be loaded; mend DSN or Driver, or register it in odbcinst.ini",
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
                "the server cannot be reached, or refused the connection; look whether it runs, at "
                    + (isDB2 ? "Host, Port and Database" : "server and port of DSN or ConnectionString")
                    + ", and at firewalls",
                detail: reason,
                sqlState: state.rawValue
            )
        }
    }

    /// No such data source, driver not to be loaded, architecture of another machine.
    private static let driverStates: Set<String> = ["IM002", "IM003", "IM004", "IM014"]
}
