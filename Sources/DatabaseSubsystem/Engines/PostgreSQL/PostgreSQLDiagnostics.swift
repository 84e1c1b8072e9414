import CDatabaseClients

/// The fields of an error or a notice. It borrows the result that has them, and must not outlive it.
///
/// Source: PostgreSQL 17 manual, section 34.3, `PQresultErrorField`.
struct PostgreSQLDiagnostics {
    private let pointer: OpaquePointer
    private let functions: HydrogenPostgreSQLFunctions

    init(_ pointer: OpaquePointer, _ functions: HydrogenPostgreSQLFunctions) {
        self.pointer = pointer
        self.functions = functions
    }

    /// `PG_DIAG_SQLSTATE`.
    var sqlState: SQLState { self["C"].map { SQLState(rawValue: String(cString: $0)) } ?? .connectionFailure }

    /// Whether the server ends the session with this: `PG_DIAG_SEVERITY_NONLOCALIZED` is `FATAL` or `PANIC`.
    var isFarewell: Bool {
        guard let severity = self["V"] else { return false }
        return [UInt8(ascii: "F"), UInt8(ascii: "P")].contains(UInt8(bitPattern: severity[0]))
    }

    /// Whether the connection is over: the server ends the session, or libpq itself found the fault.
    var isFatal: Bool { self["V"] == nil || isFarewell }

    /// Whether a prepared statement has to be made anew: its result's columns changed, or the server does not know it any more.
    var isStalePlan: Bool {
        switch sqlState {
        case .invalidStatementName: return true
        case .featureNotSupported:
            // PG_DIAG_SOURCE_FUNCTION: the text of the message depends on the server's language.
            guard let function = self["R"] else { return false }
            return String(cString: function) == "RevalidateCachedQuery"
        default: return false
        }
    }

    /// The server's words, message and detail: `relation "x" does not exist; key (id)=(1) already exists`.
    var reason: String {
        let parts = [self["M"], self["D"]].compactMap { $0.map { String(cString: $0) } }
        guard parts.isEmpty else { return parts.joined(separator: "; ") }
        return String(cString: functions.resultErrorMessage(pointer)).trimmingSQLSpace
    }

    /// The error for who asked for something.
    func error(doing what: String) -> DatabaseError {
        DatabaseError(sqlState, reason: reason, doing: what)
    }

    private subscript(_ field: Unicode.Scalar) -> UnsafePointer<CChar>? {
        functions.resultErrorField(pointer, CInt(field.value)).map { UnsafePointer($0) }
    }
}
