import HydrogenCore

/// Opens a connection and prepares its session.
struct CLIConnector: Sendable {
    private let settings: CLISettings
    private let logins: CLILogins

    /// - Parameter logins: Those of the same database.
    init(_ settings: CLISettings, _ logins: CLILogins) {
        self.settings = settings
        self.logins = logins
    }

    /// Connects. Blocks the calling thread; the driver is told the limit, and given up when it does not keep to it.
    ///
    /// - Parameters:
    ///   - limit: How long it may take; `nil` for as long as the configuration says.
    ///   - abort: Looked at while the driver connects.
    /// - Throws: `unavailable`, or `libraryMissing` for a driver that is not on this machine.
    func connect(
        within limit: Duration? = nil,
        _ abort: AbortSignal = .never
    ) throws(DatabaseError) -> (session: CLISession, product: CLIProduct) {
        let session = try CLISession(CLILibrary(settings.source))
        let limit = min(limit ?? settings.connectTimeout, settings.connectTimeout)
        _ = session.set(CLINumber.loginTimeout, to: Int(limit.seconds.rounded(.up)))
        let (string, password) = try settings.text()
        if let diagnostics = try logins.connect(session, string, within: limit, abort) {
            throw DatabaseError(connecting: diagnostics, isDB2: settings.isDB2, hiding: password)
        }
        let product = settings.isDB2 ? .db2 : CLIProduct(named: session.text(CLINumber.productName))
        if settings.isDB2 { try prepareDB2(session) }
        if let isolation = settings.isolation { try set(isolation, session) }
        return (session, product)
    }

    private func prepareDB2(_ session: CLISession) throws(DatabaseError) {
        if let page = session.number(CLINumber.applicationCodePage), page != 1208 {
            throw DatabaseError(
                .unavailable,
                "IBM's client library works in code page \(page), not in UTF-8; set DB2CODEPAGE=1208 in the environment"
            )
        }
        _ = session.set(CLINumber.clientLOBBuffering, to: 1)
    }

    /// A driver that takes another isolation in its place says so by a warning.
    private func set(_ isolation: TransactionIsolation, _ session: CLISession) throws(DatabaseError) {
        guard session.set(CLINumber.isolation, to: isolation.cliNumber) == .success else {
            throw DatabaseError(
                .unavailable,
                "the driver has no isolation \(isolation.rawValue); choose another Isolation, or leave it out",
                detail: session.diagnostics.reason
            )
        }
    }

    /// The statements that a new session begins with.
    func setup(_ product: CLIProduct) -> [String] {
        guard let schema = settings.schema else { return product.setup }
        let quoted = schema.unicodeScalars.map { $0 == "'" ? "''" : String($0) }.joined()
        return product.setup + ["SET CURRENT SCHEMA = '\(quoted)'"]
    }
}
