/// The number of an error: of the server, or from 2000 to 2999 and from 5000 to 5999 of the client library.
///
/// Source: https://mariadb.com/kb/en/mariadb-error-codes/, https://dev.mysql.com/doc/mysql-errors/8.0/en/, errmsg.h.
struct MySQLErrorNumber: RawRepresentable, Hashable, Sendable {
    let rawValue: UInt32

    static let changedRecord = MySQLErrorNumber(rawValue: 1020)
    static let tooManyConnections = MySQLErrorNumber(rawValue: 1040)
    static let databaseDenied = MySQLErrorNumber(rawValue: 1044)
    static let accessDenied = MySQLErrorNumber(rawValue: 1045)
    static let noSuchDatabase = MySQLErrorNumber(rawValue: 1049)
    static let serverShutdown = MySQLErrorNumber(rawValue: 1053)
    static let hostDenied = MySQLErrorNumber(rawValue: 1130)
    static let packetTooLarge = MySQLErrorNumber(rawValue: 1153)
    static let tooManyOfUser = MySQLErrorNumber(rawValue: 1203)
    static let lockWaitTimeout = MySQLErrorNumber(rawValue: 1205)
    static let deadlock = MySQLErrorNumber(rawValue: 1213)
    static let resourceLimit = MySQLErrorNumber(rawValue: 1226)
    static let unknownStatement = MySQLErrorNumber(rawValue: 1243)
    static let optionPrevents = MySQLErrorNumber(rawValue: 1290)
    static let interrupted = MySQLErrorNumber(rawValue: 1317)
    static let changedDefinition = MySQLErrorNumber(rawValue: 1412)
    static let needsPreparing = MySQLErrorNumber(rawValue: 1615)
    static let readOnlyTransaction = MySQLErrorNumber(rawValue: 1792)
    static let statementTimeout = MySQLErrorNumber(rawValue: 1969)
    static let cannotConnectLocally = MySQLErrorNumber(rawValue: 2002)
    static let cannotConnect = MySQLErrorNumber(rawValue: 2003)
    static let unknownHost = MySQLErrorNumber(rawValue: 2005)
    static let tls = MySQLErrorNumber(rawValue: 2026)
    static let otherColumns = MySQLErrorNumber(rawValue: 2057)
    static let loginPluginMissing = MySQLErrorNumber(rawValue: 2058)
    static let loginPluginFails = MySQLErrorNumber(rawValue: 2059)
    static let queryTimeout = MySQLErrorNumber(rawValue: 3024)
    static let lockNotWaitedFor = MySQLErrorNumber(rawValue: 3572)

    /// Whether the client library found the fault, and not the server. For some of what it cannot read it has no number.
    var isOfClient: Bool { rawValue == 0 || (2000..<3000).contains(rawValue) || (5000..<6000).contains(rawValue) }

    /// The number with the words that came along.
    func text(_ reason: String) -> String { "\(rawValue): \(reason.isEmpty ? "no reason was given" : reason)" }

    /// Whether the connection is over, or not to be relied on.
    var endsSession: Bool { isOfClient || Self.farewells.contains(rawValue) }

    /// Shutdown, network errors that the server noticed, packets it did not take, a session that was killed or idle for too long.
    private static let farewells: Set<UInt32> = [
        1042, 1043, 1047, 1053, 1077, 1078, 1079, 1080, 1152, 1153, 1154, 1155, 1156, 1157, 1158, 1159, 1160, 1161,
        1184, 1189, 1190, 1927, 3169, 4031,
    ]

    /// Whether the server refused to let this user in: password, account, host, database, plugin.
    var refusesLogin: Bool {
        [1044, 1045, 1130, 1524, 1698, 1820, 1862, 2058, 2059, 3118, 3955, 4151].contains(rawValue)
    }

    /// Whether the server does not know a prepared statement any more, and has not run it.
    var isStalePlan: Bool { self == .needsPreparing || self == .unknownStatement }

    /// The kind of failure that callers are told.
    var errorCode: DatabaseError.Code {
        switch self {
        case .readOnlyTransaction: .readOnly
        case .deadlock, .lockWaitTimeout, .changedRecord, .changedDefinition, .lockNotWaitedFor: .busy
        case .statementTimeout, .queryTimeout, .interrupted: .deadlineExceeded
        case .tooManyConnections, .tooManyOfUser, .resourceLimit: .unavailable
        case _ where endsSession || Self.shortages.contains(rawValue): .unavailable
        default: .refused
        }
    }

    /// The server has no memory, no disk or no thread left.
    private static let shortages: Set<UInt32> = [1021, 1037, 1038, 1041, 1114, 1135, 3019]
}

extension DatabaseError {
    /// What a server answered to a statement.
    ///
    /// - Parameter reason: The server's message, which may quote the statement and its data.
    init(_ number: MySQLErrorNumber, state: SQLState, reason: String, doing what: String) {
        if number == .optionPrevents, reason.contains("read-only") {
            self = .noWrites
            return
        }
        let state = number.isOfClient ? SQLState.connectionFailure : state
        self.init(number.errorCode, reason: number.text(reason), sqlState: state, doing: what)
    }

    /// The connection is over, as the server or the library said.
    static func lost(_ number: MySQLErrorNumber, reason: String) -> DatabaseError {
        .connectionFailure(
            number.isOfClient
                ? "the connection to the database server was lost" : "the database server ended the session",
            detail: number.text(reason)
        )
    }
}

extension DatabaseError {
    /// The server said something that was the answer to nothing.
    static let unaskedAnswer = connectionFailure(
        "the database server sent an answer that nothing had asked for"
    )

    /// A result has more columns than can be prepared.
    static let tooManyColumns = connectionFailure(
        "the database server sent more columns than a result can have"
    )

    /// A row said of a value that it is longer than the row.
    static let brokenRow = connectionFailure(
        "the database server sent a row that does not keep to the protocol"
    )
}

/// Why a connection could not be opened, in words that are safe to show: the library's own name users and hosts.
struct MySQLRefusal: Equatable {
    /// The reason.
    let message: String
    /// The SQLSTATE.
    let state: SQLState

    /// What an error of a connection attempt means.
    init(_ number: MySQLErrorNumber) {
        (message, state) =
            switch number {
            case .accessDenied: ("the server refused the login; mend User or Pass", .invalidAuthorization)
            case .databaseDenied:
                ("the user has no rights in the database; mend Database, or grant them", .invalidAuthorization)
            case .hostDenied: ("the server does not let anybody in from here; mend its users", .invalidAuthorization)
            case .loginPluginMissing, .loginPluginFails:
                (
                    "the login needs a plugin that libmariadb does not have here; change the user's",
                    .invalidAuthorization
                )
            case _ where number.refusesLogin: ("the server refused the login; mend the user", .invalidAuthorization)
            case .noSuchDatabase: ("the server has no such database; mend Database", .noSuchDatabase)
            case .tooManyConnections: ("the server has no connection left", .tooManyConnections)
            case .tooManyOfUser, .resourceLimit:
                ("the server has no connection left for this user", .tooManyConnections)
            case .serverShutdown: ("the server is shutting down", .cannotConnectNow)
            case .cannotConnectLocally, .cannotConnect: ("the server cannot be reached", .connectionFailure)
            case .unknownHost: ("the server's name cannot be resolved; mend Host", .connectionFailure)
            case .tls: ("TLS failed; mend SSLMode or SSLRootCertificate", .connectionFailure)
            default: ("the server cannot be reached, or refused the connection", .connectionFailure)
            }
    }
}
